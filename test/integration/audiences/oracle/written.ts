// What the oracle reads: JSON as it was written, and lengths and instants in it.

export type Value = string | number | boolean | null | readonly Value[] | Fields;
export interface Fields {
  readonly [key: string]: Value;
}

export function isFields(value: Value | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fieldsOf(value: Value | undefined): Fields {
  if (!isFields(value)) throw new Error(`not an object: ${JSON.stringify(value)}`);
  return value;
}

export function listOf(value: Value | undefined): readonly Value[] {
  if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(value)}`);
  return value;
}

/** A list as it is, and one value as a list of it. */
export function oneOrMore(value: Value | undefined): readonly Value[] {
  if (value === undefined) throw new Error('nothing is written');
  return Array.isArray(value) ? value : [value];
}

export function numberOf(value: Value | undefined): number {
  if (typeof value !== 'number') throw new Error(`not a number: ${JSON.stringify(value)}`);
  return value;
}

export function textOf(value: Value | undefined): string {
  if (typeof value !== 'string') throw new Error(`not a text: ${JSON.stringify(value)}`);
  return value;
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['second', 1_000],
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
  ['week', 604_800_000],
]);

/** Milliseconds of a length such as "2 weeks"; each unit has the same length always (SG-01). */
export function lengthOf(value: Value | undefined): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) (\w+?)s?$/.exec(textOf(value)) ?? [];
  const size = UNITS.get(unit ?? '');
  if (amount === undefined || size === undefined) throw new Error(`not a length: ${JSON.stringify(value)}`);
  return Number(amount) * size;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/**
 * The instant that a text names as ISO 8601 writes dates, and null where it names none. Without a zone it is UTC, without a
 * time midnight (UT-09). Open question: the other spellings that events may have (`MM/dd/yyyy`, …) are no dates here.
 */
export function instantIn(value: Value): number | null {
  const parts = typeof value === 'string' ? DATE.exec(value) : null;
  if (parts === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = parts;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  // A day that the month has not.
  if (date.getUTCMonth() !== Number(month) - 1) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || Number(year) > 3000) return null;
  const offset = offsetOf(zone);
  if (offset === null) return null;
  const time = (Number(hour) * 60 + Number(minute) - offset) * 60_000 + Number(second) * 1_000;
  return date.getTime() + time + Math.floor(Number(`0.${fraction}`) * 1_000);
}

/** Minutes that a zone is before UTC. */
function offsetOf(zone: string): number | null {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (minutes > 59 || hours > 23) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
