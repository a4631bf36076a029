// Filters at random as they are written: every kind, operator and place where one may stand.
import fc from 'fast-check';
import { filterSchema } from '../../../../domain/audience/filter.js';
import { EVENTS } from '../randomAudiences.js';
import { compare, length, type Operators, offset, recency, type Written, withSome } from './randomOperators.js';
import { NUMBERS, TEXTS } from './randomPeople.js';
import { dayOfYear, devicePaths, locations, profile } from './randomProfileFilters.js';
import type { Fields, Value } from './written.js';

const text = fc.constantFrom(...TEXTS);
const part = fc.constantFrom(...TEXTS.filter((each) => each.trim() !== ''));
const number = fc.constantFrom(...NUMBERS);
const scalar: fc.Arbitrary<Value> = fc.oneof(text, number, fc.boolean());
const some = <T extends Value>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 1, maxLength: 3 });
const values = some(fc.oneof(text, number));
const parts: fc.Arbitrary<Value> = fc.oneof(part, some(part));
const pattern = fc.constantFrom('^f', 'a|b', '(?i)FR', '.', 'b$', '^$', 'ü', '\\d', '[A-Z]');
const common: Operators = {
  equals: scalar,
  isAnyOf: values,
  isNoneOf: values,
  atLeast: number,
  atMost: number,
  moreThan: number,
  lessThan: number,
  contains: parts,
  doesNotContain: parts,
  isBlank: fc.boolean(),
};
/** Of attributes, those that SQL answers and those that it only bounds. */
const exactOperators: Operators = {
  ...common,
  includesAnyOf: values,
  includesNoneOf: values,
  includesAllOf: values,
  doesNotIncludeAllOf: values,
  isEmpty: fc.boolean(),
};
const allOperators: Operators = {
  ...exactOperators,
  doesNotEqual: scalar,
  matchesRegex: pattern,
  doesNotMatchRegex: pattern,
  before: recency.before,
  after: recency.after,
  moreThanAgo: length,
  lessThanAgo: length,
  moreThanFromNow: length,
  lessThanFromNow: length,
  dayOfYear,
};
/** Of properties. */
const exactTests: Operators = {
  ...common,
  isAnyOf: some(scalar),
  isNoneOf: some(scalar),
  doesNotEqual: scalar,
  contains: part,
  doesNotContain: part,
};
const allTests: Operators = { ...exactTests, matchesRegex: pattern, before: offset, after: offset };

const NAMES = [
  ...['country', 'n', 'flag', 'date', 'list', 'cart', 'items', '"a.b"', '"list[]"', "'; --", 'constructor', 'missing'],
  ...['email', 'phone', 'external_id', 'time_zone', 'email_subscribe', 'push_subscribe', 'random_bucket'],
];
const BELOW = ['cart.a', 'cart.b', 'cart."a.b"', 'cart.a.a', '"a.b".a', 'country.a', 'email.a', 'missing.a', 'n[]'];
const EACH = ['list[]', 'items[]', 'items[].a', 'items[].b', 'items[]."a.b"', 'cart.items[].a', 'cart.a[]', 'date[]'];
const path = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 2, arbitrary: fc.constantFrom(...BELOW) },
  { weight: 4, arbitrary: fc.constantFrom(...EACH) },
);

/** Attributes: by themselves, or a blank one allowed as well. */
function attributes(operators: Operators): Written {
  const orBlank = fc.constant(true);
  const criterion = fc
    .constantFrom('a', 'b', '"a.b"', 'a.a', 'missing')
    .chain((field) => withSome({ field: fc.constant(field) }, operators));
  const base = {
    attribute: fc.constantFrom('items[]', 'list[]', 'cart.items[]', 'missing[]'),
    where: fc.array(criterion, { minLength: 1, maxLength: 2 }),
  };
  return fc.oneof(
    devicePaths,
    { weight: 8, arbitrary: withSome({ attribute: path }, operators) },
    { weight: 2, arbitrary: withSome({ attribute: path, orBlank }, operators) },
    { weight: 4, arbitrary: fc.record(base) },
    fc.record({ ...base, orBlank }),
    withSome(base, operators),
  );
}

const count = fc.integer({ min: 0, max: 4 });
const counts = compare(count);
const money = compare(
  fc.constantFrom(-1, 0, 0.1, 0.2, 0.3, 0.4, 1, 2, 59.95, 119.9, 0.0001, 0.0002, 5.0813, 5.0814, -0.0001),
);
const inLast = fc.constantFrom('1 day', '2 days', '1 week', '7 days', '29 days', '30 days');

const event = fc.constantFrom(...EVENTS.slice(0, 3));
const product = fc.constantFrom('any', ...EVENTS.slice(0, 3));

/** Counted ever, or in the last days. */
const everOrLately = (base: Operators, operators: Operators): Written =>
  fc.oneof(withSome(base, operators), withSome({ ...base, inLast }, operators));
const under = (tag: string, inside: Written): Written => inside.map((written) => ({ [tag]: written }));

function matching(tests: Operators): Written {
  const property = fc.constantFrom(
    ...[
      'a',
      'flag',
      'date',
      'list',
      'cart',
      'cart.a',
      'cart."a.b"',
      'list[]',
      'items[].a',
      'cart.a[]',
      'cart.items[].a',
    ],
    ...['price', 'quantity', 'missing'],
  );
  const where = fc.array(
    property.chain((each) => withSome({ property: fc.constant(each) }, tests)),
    { minLength: 1, maxLength: 2 },
  );
  return fc.oneof(
    withSome({ eventCount: event, inLast, where }, counts),
    withSome({ purchaseCount: product, inLast, where }, counts),
  );
}

const counters: Written = fc.oneof(
  everOrLately({ eventCount: event }, counts),
  everOrLately({ purchaseCount: product }, counts),
  under('sessionCount', everOrLately({}, counts)),
  under('moneySpent', everOrLately({}, money)),
  under('firstUsed', withSome({}, recency)),
  under('lastUsed', withSome({}, recency)),
  withSome({ firstDid: event }, recency),
  withSome({ lastDid: event }, recency),
  withSome({ firstPurchased: product }, recency),
  withSome({ lastPurchased: product }, recency),
);

const messages: fc.Arbitrary<Value> = fc.oneof(
  fc.constant('any'),
  fc.record(
    {
      campaign: fc.constantFrom('one', 'two', 'three', 'missing'),
      variant: fc.constantFrom('a', 'b'),
      channel: fc.constantFrom('email', 'webhook'),
      tag: fc.constantFrom('a', 'b', 'none'),
    },
    { requiredKeys: [] },
  ),
);
const received: Written = fc.oneof(
  fc.record({ received: messages }),
  withSome({ received: messages }, counts),
  withSome({ lastReceived: messages }, recency),
);

const isWritable = (written: Fields) => filterSchema.safeParse(written).success;

/** Only what a definition may hold. */
const leaves = (operators: Operators, tests: Operators, more: readonly Written[] = []): Written =>
  fc
    .oneof(
      { weight: 5, arbitrary: fc.oneof({ weight: 12, arbitrary: profile }, ...more) },
      { weight: 5, arbitrary: attributes(operators) },
      { weight: 3, arbitrary: counters },
      { weight: 2, arbitrary: matching(tests) },
      received,
    )
    .filter(isWritable);

/** Answered by SQL alone. */
export const exactLeaf = leaves(exactOperators, exactTests);
export const anyLeaf = leaves(allOperators, allTests, [locations]);

/** A tree of them, with segments of these keys in it. */
export function written(leaf: Written, segments: readonly string[]): Written {
  const named: readonly Written[] = segments.length === 0 ? [] : [fc.record({ segment: fc.constantFrom(...segments) })];
  const { node } = fc.letrec<{ node: Fields }>((tie) => {
    const nodes = fc.array(tie('node'), { minLength: 1, maxLength: 2 });
    return {
      node: fc.oneof(
        { maxDepth: 3 },
        { weight: 4, arbitrary: fc.oneof({ weight: 6, arbitrary: leaf }, ...named) },
        fc.record({ all: nodes }),
        fc.record({ any: nodes }),
        fc.record({ none: nodes }),
        fc.record({ not: tie('node') }),
      ),
    };
  });
  return node;
}

/** An audience and its two segments, of which the first may name the second. */
export const audiences = (leaf: Written) =>
  fc.record({ tree: written(leaf, ['one', 'two']), one: written(leaf, ['two']), two: written(leaf, []) });
export type Audience = ReturnType<typeof audiences> extends fc.Arbitrary<infer A> ? A : never;
