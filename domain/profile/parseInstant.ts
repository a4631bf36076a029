/**
 * Reads dates and times as callers write them. Never guesses from the process's own zone: what has no zone is UTC, what
 * has no time is midnight (UT-09). Dates that do not exist are refused.
 */
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|z|[+-]\d{2}(?::?\d{2})?))?)?$/;

/** Where PostgreSQL and JavaScript both still write four-digit years: 0001-01-01 to 9999-12-31, UTC. */
export const EARLIEST_INSTANT = -62_135_596_800_000;
export const LATEST_INSTANT = 253_402_300_799_999;

/** The forms of an event's time besides: `yyyy-MM-ddTHH:mm:ss:SSSZ`, ISO 8601 basic, `MM/dd/yyyy`. */
const FRACTION_BY_COLON = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2}):(\d{3})(?: ?(Z|z|[+-]\d{2}(?::?\d{2})?))?$/;
const BASIC = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(?:(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|z|[+-]\d{2}(?::?\d{2})?))?$/;
const MONTH_FIRST = /^(?<month>\d{2})\/(?<day>\d{2})\/(?<year>\d{4})$/;

export interface ReadTime {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Whether the text has no fraction of a second: then it means some time within that second (AB-18). */
  readonly isWholeSecond: boolean;
}

/** Epoch milliseconds of an ISO 8601 date or date and time; null when the text is not one. */
export function parseInstant(text: string): number | null {
  return read(ISO.exec(text))?.at ?? null;
}

/** The time of an event, in any form that callers are told of; null when the text is in none. */
export function parseTime(text: string): ReadTime | null {
  const iso = ISO.exec(text) ?? FRACTION_BY_COLON.exec(text) ?? BASIC.exec(text);
  if (iso !== null) return read(iso);
  const { month, day, year } = MONTH_FIRST.exec(text)?.groups ?? {};
  return year === undefined ? null : read(ISO.exec(`${year}-${month}-${day}`));
}

function read(match: RegExpExecArray | null): ReadTime | null {
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const date = utcDate(Number(year), Number(month), Number(day));
  const time = timeOfDay(Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0));
  const offset = zoneOffset(zone ?? 'Z');
  if (date === null || time === null || offset === null) return null;
  const at = date + time + Number(fraction?.slice(0, 3).padEnd(3, '0') ?? 0) - offset;
  return at >= EARLIEST_INSTANT && at <= LATEST_INSTANT ? { at, isWholeSecond: fraction === undefined } : null;
}

function utcDate(year: number, month: number, day: number): number | null {
  // Every month has these days, and `Date.UTC` reads the years 0 to 99 as 1900 to 1999.
  if (year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= 28) return Date.UTC(year, month - 1, day);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A month or day that does not exist lands in another month.
  return date.getUTCMonth() === month - 1 ? date.getTime() : null;
}

function timeOfDay(hour: number, minute: number, second: number): number | null {
  return hour <= 23 && minute <= 59 && second <= 59 ? ((hour * 60 + minute) * 60 + second) * 1000 : null;
}

function zoneOffset(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || 0);
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
