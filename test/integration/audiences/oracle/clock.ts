// Clocks of zones: the instants that dates of definitions name, and days that come again every year (SG-03).
import { instantIn, textOf, type Value } from './written.js';

/** When a filter is asked, and by whose clocks. */
export interface Asked {
  readonly now: number;
  /** By which dates without an offset are read. */
  readonly zone: string;
  /** By which it is today. */
  readonly zoneOfDays: string;
}

const DAY = 86_400_000;
const QUARTER = 900_000;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const clock = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...parts, second: 'numeric' });
  clocks.set(zone, clock);
  return clock;
}

/** What the clock of a zone shows at an instant, as if it were one of UTC. */
function shown(at: number, zone: string): number {
  const parts = new Map(
    clockOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? Number.NaN;
  const date = new Date(0);
  date.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  date.setUTCHours(part('hour'), part('minute'), part('second'));
  return date.getTime() + (((at % 1_000) + 1_000) % 1_000);
}

const first = new Map<string, number>();

/** When the clock first shows this, or what comes after it where it is skipped: clocks change at quarters of hours (AB-56). */
function firstShown(wall: number, zone: string): number {
  const key = `${wall} ${zone}`;
  const known = first.get(key);
  if (known !== undefined) return known;
  for (let at = Math.floor(wall / QUARTER) * QUARTER - DAY; ; at += QUARTER) {
    const ahead = wall - shown(at, zone);
    if (ahead >= QUARTER) continue;
    const found = at + Math.max(ahead, 0);
    first.set(key, found);
    return found;
  }
}

/** The instant of a definition, which always names one: with an offset, or by the clock of the zone. */
export function instantOf(value: Value | undefined, { zone }: Asked): number {
  const text = textOf(value);
  const instant = instantIn(text);
  if (instant === null) throw new Error(`not an instant: ${text}`);
  return /T.*(Z|[+-]\d\d:?\d\d)$/.test(text) ? instant : firstShown(instant, zone);
}

const dayOf = (wall: number) => new Date(wall).toISOString().slice(0, 10);

/** Today, as `2025-03-06`. */
export const today = ({ now, zoneOfDays }: Asked): string => dayOf(shown(now, zoneOfDays));

/** The day of the year that is kept for one: 29 February counts as 1 March (SG-03). */
export const keptDay = (date: string): string => (date.endsWith('02-29') ? '03-01' : date.slice(-5));

/** The day of the year, as `03-06`, of what `today`, `in 7 days`, `7 days ago` or `03-06` says. */
export function dayAsked(value: Value | undefined, asked: Asked): string {
  const text = textOf(value);
  if (/^\d\d-\d\d$/.test(text)) return keptDay(text);
  const [, ahead, back] = /^(?:today|in (\d+) days?|(\d+) days? ago)$/.exec(text) ?? [];
  const days = Number(ahead ?? 0) - Number(back ?? 0);
  return dayOf(Date.parse(`${today(asked)}T00:00:00Z`) + days * DAY).slice(5);
}

/** The day of the year of a value: a date alone is its day, an instant that of the clock; null where it is neither. */
export function dayOfValue(value: Value, asked: Asked): string | null {
  const instant = instantIn(value);
  if (instant === null) return null;
  const isDate = typeof value === 'string' && value.length === 10;
  return keptDay(isDate ? value : dayOf(shown(instant, asked.zoneOfDays)));
}
