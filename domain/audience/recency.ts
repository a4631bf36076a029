/**
 * What filters ask of an instant: how long ago it was (SG-01), or on which side of a date. SG-04: "more than 2 weeks" is an
 * age of 1,209,600 s or more, and "less than" its exact complement; where nothing happened, neither holds.
 */

import { type Counter, totalKey } from '../facts/counters.js';
import type { FactNeed } from '../facts/userFacts.js';
import { type AskedAt, instantOf } from './askedAt.js';
import type { FilterKind } from './filterKind.js';
import { dateText, lengthMs, lengthText } from './timeOperands.js';

export const recencyShape = {
  moreThan: lengthText.optional(),
  lessThan: lengthText.optional(),
  before: dateText.optional(),
  after: dateText.optional(),
};

export const RECENCY_OPERATORS = Object.keys(recencyShape);

export type Recency = { readonly [Op in keyof typeof recencyShape]?: string | undefined };

/** The first or the last time that something counted was done, and what is asked of it. */
export interface RecencyAsked extends Counter {
  readonly which: 'first' | 'last';
  readonly recency: Recency;
}

/** Limits on an instant; SQL and `evaluate` read the same ones. */
export interface InstantBounds {
  /** At this instant or earlier. */
  readonly atOrBefore: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

export function boundsOf({ moreThan, lessThan, before, after }: Recency, askedAt: AskedAt): InstantBounds {
  const { now } = askedAt;
  return {
    atOrBefore: moreThan === undefined ? [] : [now - lengthMs(moreThan)],
    before: before === undefined ? [] : [instantOf(before, askedAt)],
    after: [
      ...(lessThan === undefined ? [] : [now - lengthMs(lessThan)]),
      ...(after === undefined ? [] : [instantOf(after, askedAt)]),
    ],
  };
}

export function passesRecency(recency: Recency, at: number, askedAt: AskedAt): boolean {
  const { atOrBefore, before, after } = boundsOf(recency, askedAt);
  return (
    atOrBefore.every((limit) => at <= limit) &&
    before.every((limit) => at < limit) &&
    after.every((limit) => at > limit)
  );
}

interface RecencyKind<Tag extends string, F extends object> extends Pick<FilterKind<Tag, F>, 'tag' | 'schema'> {
  asked(filter: F): RecencyAsked;
  /** What happened then: "last used". */
  words(filter: F): string;
}

/** A kind of filter over the first or last time of something that is counted. */
export function recencyKind<Tag extends string, F extends object>(kind: RecencyKind<Tag, F>): FilterKind<Tag, F> {
  const { tag, schema, asked, words } = kind;
  return {
    tag,
    schema,
    needs: (filter) => [needOf(asked(filter))],
    evaluate: (filter, facts, askedAt) => {
      const { eventKind, name, which, recency } = asked(filter);
      const total = facts.totals.get(totalKey(eventKind, name));
      if (total === undefined) return { pass: false, value: null };
      const at = which === 'first' ? total.firstAt : total.lastAt;
      return { pass: passesRecency(recency, at, askedAt), value: new Date(at).toISOString() };
    },
    describe: (filter) => `${words(filter)} ${describeRecency(asked(filter).recency)}`,
  };
}

function needOf({ eventKind, name }: Counter): FactNeed {
  return { kind: 'total', eventKind, name };
}

export function describeRecency({ moreThan, lessThan, before, after }: Recency): string {
  const parts: string[] = [];
  if (moreThan !== undefined) parts.push(`more than ${moreThan} ago`);
  if (lessThan !== undefined) parts.push(`less than ${lessThan} ago`);
  if (before !== undefined) parts.push(`before ${before}`);
  if (after !== undefined) parts.push(`after ${after}`);
  return parts.join(' and ');
}
