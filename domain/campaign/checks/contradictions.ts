// Conditions that hold together for hardly anybody: two values for one attribute or property, or bounds that exclude each
// other. They are told, not refused, as a value may be a list.

import type { Filter } from '../../audience/filter.js';
import { attributeTests } from '../../audience/kinds/attribute.js';
import type { Problem } from '../../errors.js';
import { formatPropertyPath } from '../../event/propertyPath.js';
import type { Json } from '../../json.js';
import type { CampaignRules } from '../campaign.js';

interface Test {
  /** What is tested: the name of an attribute, the path of a property. */
  readonly of: string;
  readonly op: string;
  readonly operand: Json;
}

export function contradictions({ audience, entry }: Pick<CampaignRules, 'audience' | 'entry'>): readonly Problem[] {
  const where = entry.trigger.where.map(({ path, op, value }) => ({
    of: formatPropertyPath(path),
    op,
    operand: value,
  }));
  return [
    ...inAudience(audience).map((of) => told('audience', of)),
    ...impossible(where).map((of) => told('entry.event.trigger.where', of)),
  ];
}

function told(path: string, of: string): Problem {
  return {
    path,
    message: `asks of '${of}' what no single value fulfils, so nobody can match`,
    allowed: 'any instead of all, or conditions that one value can fulfil',
  };
}

/** Of each group of ANDed filters, nested groups of the same kind included. */
function inAudience(filter: Filter | null): readonly string[] {
  if (filter === null) return [];
  if ('any' in filter) return filter.any.flatMap(inAudience);
  if ('none' in filter || 'not' in filter) return [];
  const anded = flat(filter);
  const tests = anded.flatMap((leaf): readonly Test[] =>
    'attribute' in leaf && leaf.orBlank !== true
      ? attributeTests(leaf).map(({ op, operand }) => ({ of: leaf.attribute, op, operand }))
      : [],
  );
  return [...impossible(tests), ...anded.flatMap((each) => ('any' in each ? inAudience(each) : []))];
}

/** What a segment asks holds beside it; one that is not known asks nothing. */
function flat(filter: Filter): readonly Filter[] {
  if ('segment' in filter) return filter.filter === undefined ? [] : flat(filter.filter);
  return 'all' in filter ? filter.all.flatMap(flat) : [filter];
}

/** The names of those that no single value can pass; names with a list in them are left alone. */
function impossible(tests: readonly Test[]): readonly string[] {
  const names = [...new Set(tests.map(({ of }) => of))].filter((of) => !of.includes('[]'));
  return names.filter((of) => !isPossible(tests.filter((test) => test.of === of)));
}

function isPossible(tests: readonly Test[]): boolean {
  const blank = tests.find(({ op }) => op === 'isBlank')?.operand;
  const allowed = tests.flatMap(({ op, operand }): readonly (readonly Json[])[] =>
    op === 'equals' ? [[operand]] : op === 'isAnyOf' && Array.isArray(operand) ? [operand] : [],
  );
  if (blank === true && allowed.some((values) => !values.includes(0))) return false;
  const [first, ...others] = allowed;
  const candidates = first?.filter((value) => others.every((values) => values.includes(value)));
  if (candidates !== undefined) return candidates.some((value) => tests.every((test) => passesBound(test, value)));
  return isAnyNumberBetween(tests);
}

function passesBound({ op, operand }: Test, value: Json): boolean {
  if (typeof value !== 'number' || typeof operand !== 'number') return !BOUNDS.has(op);
  switch (op) {
    case 'atLeast':
      return value >= operand;
    case 'moreThan':
      return value > operand;
    case 'atMost':
      return value <= operand;
    case 'lessThan':
      return value < operand;
    default:
      return true;
  }
}

const BOUNDS: ReadonlySet<string> = new Set(['atLeast', 'moreThan', 'atMost', 'lessThan']);

function isAnyNumberBetween(tests: readonly Test[]): boolean {
  const bounds = (...ops: readonly string[]) =>
    tests.flatMap(({ op, operand }) => (ops.includes(op) && typeof operand === 'number' ? [operand] : []));
  const least = Math.max(...bounds('atLeast', 'moreThan'), Number.NEGATIVE_INFINITY);
  const most = Math.min(...bounds('atMost', 'lessThan'), Number.POSITIVE_INFINITY);
  if (least < most) return true;
  return least === most && !bounds('moreThan', 'lessThan').includes(least);
}
