// What filters count: events of a kind and name, ever or "in the last days". SG-02: those are 1 to 30 UTC calendar days,
// today being day 0, so that "1 day" spans 24 to 48 hours.

import { z } from 'zod';
import { propertyFilters, testsOf } from '../campaign/definition/propertyFilters.js';
import { formatPropertyPath } from '../event/propertyPath.js';
import type { PropertyTest } from '../event/propertyTest.js';
import { type Counter, type Tally, totalKey } from '../facts/counters.js';
import { type Matched, matchingKey } from '../facts/matching.js';
import { utcDay } from '../facts/recentDays.js';
import type { FactNeed, UserFacts } from '../facts/userFacts.js';
import type { Json } from '../json.js';
import { withAllowed } from '../schema/fields.js';
import { parseDurationText } from '../timing/durationText.js';
import type { AskedAt } from './askedAt.js';

const DAY_MS = 86_400_000;
const MOST_DAYS = 30;

export interface Counted extends Counter {
  /** Absent: ever. */
  readonly inLast?: string | undefined;
  /** What their properties must pass; absent: anything. Only with `inLast`. */
  readonly where?: readonly PropertyTest[];
}

function daysOf(text: string): number | null {
  const days = (parseDurationText(text) ?? Number.NaN) / DAY_MS;
  return Number.isInteger(days) && days >= 1 && days <= MOST_DAYS ? days : null;
}

/** Said in days, as they are calendar days and "1 week" would not say so. */
export const inLastText = z
  .string()
  .max(100)
  .refine((text) => daysOf(text) !== null, {
    error: () => withAllowed('is not a number of days', `1 to ${MOST_DAYS} whole days, such as "7 days"`),
  })
  .overwrite((text) => (daysOf(text) === 1 ? '1 day' : `${daysOf(text)} days`));

export function lastDays(inLast: string): number {
  const days = daysOf(inLast);
  if (days === null) throw new RangeError(`Not a number of days: ${JSON.stringify(inLast)}.`);
  return days;
}

export function needOf({ eventKind, name, inLast, where = [] }: Counted): FactNeed {
  if (inLast === undefined) return { kind: 'total', eventKind, name };
  if (where.length > 0) return { kind: 'matching', eventKind, name, where, days: lastDays(inLast) };
  return { kind: 'recent', eventKind, name, days: lastDays(inLast) };
}

/** What is recorded by now, from the first day that counts on. */
export function tallyOf(
  { eventKind, name, inLast, where = [] }: Counted,
  facts: UserFacts,
  { now }: Pick<AskedAt, 'now'>,
): Tally {
  const key = totalKey(eventKind, name);
  if (inLast === undefined) return facts.totals.get(key) ?? { count: 0, amount: 0 };
  const first = utcDay(now) - lastDays(inLast);
  let count = 0;
  let amount = 0;
  const days = where.length === 0 ? facts.recent.get(key) : matchingDays({ eventKind, name, where }, facts);
  for (const [day, tally] of days ?? []) {
    if (day < first) continue;
    count += tally.count;
    amount += tally.amount;
  }
  return { count, amount };
}

/** Throws where the person did it too often to be looked through. */
function matchingDays(matched: Matched, { matching }: UserFacts): ReadonlyMap<number, Tally> | undefined {
  const counter = matching.get(matchingKey(matched));
  if (counter?.isCut === true)
    throw new RangeError(
      `the person did ${matched.name} too often in that time for its properties to be looked through`,
    );
  return counter?.days;
}

/** `where` of a filter that counts. */
export const countedWhere = propertyFilters;

type Where = z.output<typeof countedWhere>;
const compiled = new WeakMap<object, readonly PropertyTest[]>();

/** What `where` stands for: asked for every trigger of every person, and always the same. */
export function testsOfWhere(where: Where): readonly PropertyTest[] {
  if (where === undefined) return [];
  const known = compiled.get(where) ?? testsOf(where);
  compiled.set(where, known);
  return known;
}

/** A filter with `where` says in which days: all of a person's history is not looked through. */
export function withDays<S extends z.ZodType<{ readonly where?: unknown; readonly inLast?: unknown }>>(schema: S): S {
  return schema.refine(({ where, inLast }) => where === undefined || inLast !== undefined, {
    error: () => withAllowed('has `where` and no `inLast`', 'a number of days, such as inLast: 30 days'),
  });
}

export function describeWhere(where: readonly PropertyTest[]): string {
  const tests = where.map(({ path, op, value }) => `${formatPropertyPath(path)} ${describeOperator(op, value)}`);
  return tests.length === 0 ? '' : ` with ${tests.join(' and ')}`;
}

function describeOperator(op: PropertyTest['op'], value: Json): string {
  if (op === 'isBlank') return value === true ? 'blank' : 'not blank';
  return `${op.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

export function describeInLast(inLast: string | undefined): string {
  return inLast === undefined ? '' : ` in the last ${inLast}`;
}
