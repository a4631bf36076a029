/**
 * Which top-level properties matchers can look at: a person's stored history is read with these alone, as the whole of it
 * may be larger than memory.
 */
import type { EventMatcher } from './matcher.js';
import { parsePropertyPath } from './propertyPath.js';
import type { PropertyTest } from './propertyTest.js';

/** Of an event that is compared with them. Of a change of the profile these are fields. */
export function askedOfEvents(matchers: readonly EventMatcher[]): readonly string[] {
  const fields = matchers.flatMap(({ kind, name }) => (kind === 'attributes' && name !== null ? [name] : []));
  return distinct([...fields, ...matchers.flatMap(({ where }) => askedByTests(where))]);
}

export function askedByTests(tests: readonly PropertyTest[]): readonly string[] {
  return distinct(tests.map(({ path }) => path[0]));
}

/** Of a trigger that events are compared with (AB-39). */
export function askedOfTriggers(matchers: readonly EventMatcher[]): readonly string[] {
  return distinct(
    matchers.flatMap(({ where }) =>
      where.map(({ op, value }) =>
        op === 'equalsTrigger' && typeof value === 'string' ? parsePropertyPath(value)?.[0] : undefined,
      ),
    ),
  );
}

function distinct(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}
