// From a stored definition to the rules that decide: lengths in milliseconds, minutes of the day, uniform matchers.

import { type SegmentFilters, withSegments } from '../audience/segmentsOf.js';
import { lengthMs } from '../audience/timeOperands.js';
import type { Json, JsonObject } from '../json.js';
import { parseAbsolute } from '../timing/instant.js';
import type { CampaignDuration, CampaignRules, Moment, QuietHours, TimeWindow, Variant } from './campaign.js';
import type { CampaignDefinition, VariantDefinition } from './definition/definition.js';
import { compileEvent } from './definition/eventSpec.js';
import {
  type DelaySpec,
  type DurationSpec,
  type QuietHoursSpec,
  WEEKDAYS,
  type WindowSpec,
} from './definition/timingSpec.js';
import type { Delay, ZoneRule } from './entry.js';

/** With what the segments stand for that its audience names; those that are missing let nobody pass. */
export function compileCampaign(definition: CampaignDefinition, segments: SegmentFilters = {}): CampaignRules {
  const { trigger, delay, exceptions = [] } = definition.entry.event;
  const { audience, duration, window, quietHours, reEligibility } = definition;
  return {
    entry: {
      kind: 'event',
      trigger: compileEvent(trigger),
      delay: delay === undefined ? { kind: 'none' } : compileDelay(delay),
      exceptions: exceptions.map(compileEvent),
    },
    audience: audience === undefined ? null : withSegments(audience, segments),
    duration: duration === undefined ? null : compileDuration(duration),
    window: window === undefined ? null : compileWindow(window),
    quietHours: quietHours === undefined ? null : compileQuietHours(quietHours),
    recheckAudience: definition.recheckAudience,
    reEligibility: reEligibility === 'never' ? { kind: 'never' } : { kind: 'after', ms: lengthMs(reEligibility.after) },
    variants: definition.variants.map(compileVariant),
  };
}

function compileDelay(delay: DelaySpec): Delay {
  if ('after' in delay) return { kind: 'after', ms: lengthMs(delay.after) };
  const at = { minute: minuteOf(delay.at), zone: compileZone(delay.zone) };
  if ('inDays' in delay) return { kind: 'inDays', days: delay.inDays, ...at };
  return { kind: 'nextWeekday', weekday: WEEKDAYS.indexOf(delay.nextWeekday) + 1, ...at };
}

function compileDuration({ start, end, zone }: DurationSpec): CampaignDuration {
  return { start: compileMoment(start), end: compileMoment(end), zone: compileZone(zone) };
}

function compileMoment(text: string | undefined): Moment | null {
  if (text === undefined) return null;
  const at = parseAbsolute(text);
  return at === null ? { kind: 'local', iso: text } : { kind: 'instant', at };
}

export function compileWindow({ from, to, missed, zone }: WindowSpec): TimeWindow {
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to), zone: compileZone(zone), missed };
}

export function compileQuietHours({ from, to, policy, zone }: QuietHoursSpec): QuietHours {
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to), zone: compileZone(zone), policy };
}

/** Minutes after midnight of "09:30". */
export function minuteOf(timeOfDay: string): number {
  return Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3));
}

function compileZone(zone: string): ZoneRule {
  return zone === 'user' || zone === 'workspace' ? { kind: zone } : { kind: 'iana', zone };
}

function compileVariant({ key, share, messages }: VariantDefinition): Variant {
  const given = Object.entries(messages).flatMap(([channel, content]) =>
    content === undefined ? [] : [[channel, contentOf(content)] as const],
  );
  return { key, share, messages: Object.fromEntries(given) };
}

function contentOf(content: { readonly [field: string]: Json | undefined }): JsonObject {
  const json: Record<string, Json> = {};
  for (const [field, value] of Object.entries(content)) {
    if (value !== undefined) json[field] = value;
  }
  return json;
}
