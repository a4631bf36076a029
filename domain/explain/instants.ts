/** Instants as explanations show them: on the clock of a zone and in UTC, so that nobody has to convert. */
import { DateTime } from 'luxon';
import type { Json } from '../json.js';

/**
 * "2026-12-01 11:00 (Europe/Paris; 10:00 UTC)"; the date in UTC stands there where it is another. `value` is an ISO 8601
 * text or epoch milliseconds. Seconds are shown where there are any.
 */
export function showInstant(value: Json | undefined, zone: string): string {
  const at = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) return 'an unknown time';
  const local = wallClock(at, zone);
  if (zone === 'UTC') return `${local.date} ${local.time} (UTC)`;
  const utc = wallClock(at, 'UTC');
  const inUtc = utc.date === local.date ? utc.time : `${utc.date} ${utc.time}`;
  return `${local.date} ${local.time} (${zone}; ${inUtc} UTC)`;
}

function wallClock(at: number, zone: string): { readonly date: string; readonly time: string } {
  const time = DateTime.fromMillis(at, { zone });
  return { date: time.toFormat('yyyy-MM-dd'), time: time.toFormat(at % 60_000 === 0 ? 'HH:mm' : 'HH:mm:ss') };
}

const UNITS = [
  { ms: 86_400_000, name: 'day' },
  { ms: 3_600_000, name: 'hour' },
  { ms: 60_000, name: 'minute' },
  { ms: 1_000, name: 'second' },
] as const;

/** "2 hours 5 minutes": the two largest units that are not 0, rounded down; "0 seconds" below one. */
export function showSpan(ms: number): string {
  const parts: string[] = [];
  let left = ms;
  for (const unit of UNITS) {
    const count = Math.floor(left / unit.ms);
    left -= count * unit.ms;
    if (count > 0) parts.push(`${count} ${unit.name}${count === 1 ? '' : 's'}`);
  }
  return parts.length === 0 ? '0 seconds' : parts.slice(0, 2).join(' ');
}
