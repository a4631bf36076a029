/** Instants as explanations show them: on the clock of a zone and in UTC, so that nobody has to convert. */
import { DateTime } from 'luxon';
import type { Json } from '../json.js';

/**
 * "2026-12-01 11:00 (Europe/Paris; 10:00 UTC)"; the date in UTC stands there where it is another. `value` is an ISO 8601
 * text or epoch milliseconds. Seconds are shown where there are any, or, where a part of one decides, exactly.
 */
export function showInstant(value: Json | undefined, zone: string, exactness: 'seconds' | 'exact' = 'seconds'): string {
  const at = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) return 'an unknown time';
  if (exactness === 'exact') return onBothClocks(at, zone, { format: at % 1_000 === 0 ? 'HH:mm:ss' : 'HH:mm:ss.SSS' });
  return onBothClocks(at, zone, { format: at % 60_000 === 0 ? 'HH:mm' : 'HH:mm:ss' });
}

/** When an event happened, where a part of a second decides: exactly, or that it was given as a whole second (AB-18). */
export function showHappened(event: { readonly time: number; readonly isWholeSecond?: boolean }, zone: string): string {
  if (event.isWholeSecond !== true) return showInstant(event.time, zone, 'exact');
  return onBothClocks(event.time, zone, { format: 'HH:mm:ss', note: 'some time within that second' });
}

/** Whether two instants are so close together that parts of a second may decide between them. */
export function areClose(a: number, b: number): boolean {
  return Math.abs(a - b) < 60_000;
}

function onBothClocks(at: number, zone: string, shown: { readonly format: string; readonly note?: string }): string {
  const local = wallClock(at, zone, shown.format);
  const note = shown.note === undefined ? '' : `; ${shown.note}`;
  if (zone === 'UTC') return `${local.date} ${local.time} (UTC${note})`;
  const utc = wallClock(at, 'UTC', shown.format);
  const inUtc = utc.date === local.date ? utc.time : `${utc.date} ${utc.time}`;
  return `${local.date} ${local.time} (${zone}; ${inUtc} UTC${note})`;
}

function wallClock(at: number, zone: string, format: string): { readonly date: string; readonly time: string } {
  const time = DateTime.fromMillis(at, { zone });
  return { date: time.toFormat('yyyy-MM-dd'), time: time.toFormat(format) };
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
