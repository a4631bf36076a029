// Lengths of time and instants as filters carry them. They stay text, as the operator reads them.
import { z } from 'zod';
import { withAllowed } from '../schema/fields.js';
import { DURATION_TEXT_ALLOWED, formatDurationText, parseDurationText } from '../timing/durationText.js';
import { parseAbsolute, parseLocal } from '../timing/instant.js';

export const lengthText = z
  .string()
  .max(100)
  .refine((value) => parseDurationText(value) !== null, {
    error: () => withAllowed('is not a length of time', DURATION_TEXT_ALLOWED),
  })
  .overwrite((value) => formatDurationText(parseDurationText(value) ?? 0));

/** Of events, whose filters know no zone: an absolute date names its offset. */
export const absoluteText = z
  .string()
  .max(100)
  .refine((value) => parseAbsolute(value) !== null, {
    error: () =>
      withAllowed('is not a date-time with its offset', 'such as 2026-12-01T00:00Z or 2026-12-01T00:00+01:00'),
  });

/** SG-03: read by the workspace's clock, unless it names an offset. */
export const dateText = z
  .string()
  .max(100)
  .refine((value) => (parseAbsolute(value) ?? parseLocal(value)) !== null, {
    error: () =>
      withAllowed(
        'is not a date',
        "such as 2026-12-01 or 2026-12-01T09:00 by the workspace's clock, or with an offset: 2026-12-01T09:00+01:00",
      ),
  });

export function lengthMs(text: string): number {
  const ms = parseDurationText(text);
  if (ms === null) throw new RangeError(`Not a length of time: ${JSON.stringify(text)}.`);
  return ms;
}
