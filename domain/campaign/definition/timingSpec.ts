// How delay, duration, window, quiet hours and re-eligibility are written.
import { z } from 'zod';
import { lengthMs, lengthText } from '../../audience/timeOperands.js';
import { fields, withAllowed } from '../../schema/fields.js';
import { parseAbsolute, parseLocal } from '../../timing/instant.js';
import { DAY_MS } from '../../timing/localTime.js';
import { isKnownZone } from '../../timing/zone.js';

const MAX_DELAY_DAYS = 730;
/** In the order of ISO 8601. */
export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
/** RE-04. */
const MAX_RE_ELIGIBILITY_DAYS = 720;

function lengthUpTo(days: number): typeof lengthText {
  return lengthText.refine((text) => lengthMs(text) <= days * DAY_MS, {
    error: () => withAllowed('is too long', `at most ${days} days`),
  });
}

export const reEligibilitySchema = z.union([
  z.literal('never'),
  fields({ after: lengthUpTo(MAX_RE_ELIGIBILITY_DAYS) }),
]);

const zone = z
  .string()
  .max(100)
  .refine((name) => name === 'user' || name === 'workspace' || isKnownZone(name), {
    error: () => withAllowed('is an unknown time zone', 'user, workspace, or an IANA name such as Europe/Paris'),
  });

function timeOfDay(pattern: RegExp, allowed: string): z.ZodString {
  return z.string().regex(pattern, { error: () => withAllowed('is not a time of day', allowed) });
}

const minuteOfDay = timeOfDay(/^(?:[01]\d|2[0-3]):[0-5]\d$/, '"00:00" to "23:59"');

/** AB-20…22: `{ after: 1 hour }`, `{ nextWeekday: monday, at: "09:00" }`, `{ inDays: 1, at: "09:00" }`. */
export const delaySchema = z.union([
  fields({ after: lengthUpTo(MAX_DELAY_DAYS) }),
  fields({ nextWeekday: z.enum(WEEKDAYS), at: minuteOfDay, zone: zone.default('user') }),
  fields({ inDays: z.int().min(0).max(MAX_DELAY_DAYS), at: minuteOfDay, zone: zone.default('user') }),
]);

const moment = z
  .string()
  .max(100)
  .refine((text) => parseAbsolute(text) !== null || parseLocal(text) !== null, {
    error: () => withAllowed('is not a date-time', '2026-12-01T00:00, or with an offset 2026-12-01T00:00+01:00'),
  });

export const durationSchema = fields({
  start: moment.optional(),
  end: moment.optional(),
  zone: zone.default('workspace'),
}).refine((duration) => duration.start !== undefined || duration.end !== undefined, {
  error: () => withAllowed('is empty', 'start, end or both'),
});

const minuteOrMidnight = timeOfDay(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, '"00:00" to "24:00"');

export const windowSchema = fields({
  from: minuteOfDay,
  to: minuteOrMidnight,
  missed: z.enum(['drop', 'nextAvailable']).default('drop'),
  zone: zone.default('user'),
}).refine((window) => window.from !== window.to, {
  path: ['to'],
  error: () => withAllowed('is the same as from, so the window never opens', 'another time of day'),
});

export const quietHoursSchema = fields({
  from: minuteOfDay,
  to: minuteOrMidnight,
  policy: z.enum(['hold', 'abort']).default('hold'),
  zone: zone.default('user'),
}).refine((quiet) => quiet.from !== quiet.to, {
  path: ['to'],
  error: () => withAllowed('is the same as from', 'another time of day'),
});

export type DelaySpec = z.output<typeof delaySchema>;
export type DurationSpec = z.output<typeof durationSchema>;
export type WindowSpec = z.output<typeof windowSchema>;
export type QuietHoursSpec = z.output<typeof quietHoursSchema>;

/** Whether anything can happen between trigger and send (AB-30). A length of 0 is no delay; "in 0 days at T" is one. */
export function isDelay(delay: DelaySpec | undefined): delay is DelaySpec {
  return delay !== undefined && (!('after' in delay) || lengthMs(delay.after) > 0);
}
