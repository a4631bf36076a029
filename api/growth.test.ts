// M2: what reading a body may cost, of every route that takes one and of every field of its schema: unknown fields, long
// lists, long texts and deep nesting, each as large as it is let in. Definitions in YAML too.
import { stringify } from 'yaml';
import { z } from 'zod';
import { MAX_VALUES } from '../domain/campaign/definition/definitionBounds.js';
import { definitionSchema } from '../domain/campaign/definition/definitionSchema.js';
import { parseDefinition, parseDefinitionText } from '../domain/campaign/definition/parseDefinition.js';
import { growth, LONGEST_PAUSE_MS, MOST_GROWTH, pauseMs, type Subject, subject } from '../test/setup/growth.js';
import { allRoutes } from './allRoutes.js';
import type { ApiDeps } from './deps.js';
import { MAX_BYTES } from './middleware/readBody.js';
import { parseBody } from './route.js';

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);
const fieldsOf = (n: number, value: unknown) => Object.fromEntries(numbers(n).map((i) => [`unknown${i}`, value]));

/** Values of `n` parts that no schema wants, and one that many do. */
const WORST: Readonly<Record<string, (n: number) => unknown>> = {
  'unknown fields': (n) => fieldsOf(n, 1),
  'a list of numbers': numbers,
  'a list of texts': (n) => numbers(n).map(String),
  'a list of empty objects': (n) => numbers(n).map(() => ({})),
  'a list of objects with unknown fields': (n) => numbers(n / 10).map(() => fieldsOf(10, 'x')),
  'a long text': (n) => 'x'.repeat(n * 100),
  'one name that is long': (n) => ({ ['x'.repeat(n * 100)]: 1 }),
};

const LARGEST = MAX_VALUES - 10;
const whole = { name: 'x', trigger: { customEvent: 'x' }, message: { channel: 'email', subject: 'x', text: 'x' } };

/** Of each field that a definition may have: the values above, and below what it does want. */
const definitionsOf = (field: string): Readonly<Record<string, (n: number) => object>> => ({
  ...Object.fromEntries(
    Object.entries(WORST).map(([name, worst]) => [name, (n: number) => ({ ...whole, [field]: worst(n) })]),
  ),
  'a wide tree of filters': (n) => ({
    ...whole,
    [field]: { any: numbers(n / 3).map((i) => ({ attribute: `a${i}`, equals: i })) },
  }),
  'a tree of unknown filters': (n) => ({
    ...whole,
    [field]: { all: numbers(n / 3).map((i) => ({ any: [{ [`k${i}`]: 1 }] })) },
  }),
  'many events': (n) => ({
    ...whole,
    [field]: numbers(n / 4).map((i) => ({ customEvent: 'x', where: [{ property: `p${i}`, equals: 1 }] })),
  }),
  'filters of an event': (n) => ({
    ...whole,
    [field]: { customEvent: 'x', where: numbers(n / 3).map((i) => ({ property: `p.${i}`, atMost: i })) },
  }),
});

const DEFINITIONS: readonly Subject[] = Object.keys(definitionSchema.shape).flatMap((field) =>
  Object.entries(definitionsOf(field)).map(([name, definition]) =>
    subject(`a definition's ${field}: ${name}`, LARGEST, { make: definition, run: parseDefinition }),
  ),
);

const manyPatterns = (n: number, pattern: (i: number) => string) => ({
  ...whole,
  audience: { any: numbers(n).map((i) => ({ attribute: 'a', matchesRegex: pattern(i) })) },
});
/** Each pattern is new to the cache of compiled ones. */
let fresh = 0;
const PATTERNS: readonly Subject[] = [
  subject('a definition of long patterns', 9, {
    make: (n: number) => manyPatterns(n, () => `${'a?'.repeat(480)}${(fresh += 1)}`),
    run: parseDefinition,
  }),
  subject('a definition of patterns of properties', 90, {
    make: (n: number) => manyPatterns(n, () => `[\\pL${(fresh += 1)}]`),
    run: parseDefinition,
  }),
  subject('a definition of patterns that are too large', 5, {
    make: (n: number) => manyPatterns(n, () => 'a{1000}'.repeat(4_000)),
    run: parseDefinition,
  }),
];

const TEXTS: Readonly<Record<string, (n: number) => string>> = {
  'blank lines': (n) => `a: 1${'\n'.repeat(n)}`,
  comments: (n) => `a: 1\n${'# c\n'.repeat(n / 2)}`,
  'keys in lines': (n) =>
    numbers(n / 7)
      .map((i) => `k${i}: 1`)
      .join('\n'),
  'keys in braces': (n) =>
    `{${numbers(n / 8)
      .map((i) => `k${i}: 1`)
      .join(', ')}}`,
  'equal keys': (n) => 'k: 1\n'.repeat(n / 7),
  'marks that are errors': (n) => '}\n'.repeat(n / 2),
  'empty keys': (n) => ': '.repeat(n / 2),
  anchors: (n) =>
    numbers(n / 7)
      .map((i) => `- &a${i} x`)
      .join('\n'),
  'a text in lines': (n) => `a: |\n${'  <p>hello</p>\n'.repeat(n)}`,
};
const YAML: readonly Subject[] = [
  ...Object.entries(TEXTS).map(([name, text]) =>
    subject(`YAML of ${name}`, 15_000, { make: text, run: parseDefinitionText }),
  ),
  ...Object.entries(definitionsOf('audience')).map(([name, definition]) =>
    subject(`a definition's audience in YAML: ${name}`, 1_500, {
      make: (n: number) => stringify(definition(n)),
      run: parseDefinitionText,
    }),
  ),
];

const routes = allRoutes({ links: { inboxUrl: null, temporalUiUrl: null }, stream: {}, devAccess: null } as ApiDeps);
const BODIES: readonly Subject[] = routes.flatMap(({ method, path, body }) => {
  // Items and definitions are read by their own readers, above and in `stream/growth.test.ts`.
  if (body === null || body.yaml || body.itemwise === true || !(body.schema instanceof z.ZodObject)) return [];
  const { schema } = body;
  const read = (value: unknown) => {
    try {
      return parseBody(schema, { kind: 'json', value, sha256: () => Buffer.alloc(0) });
    } catch (error) {
      return error;
    }
  };
  return Object.keys(schema.shape).flatMap((field) =>
    Object.entries(WORST).map(([name, worst]) =>
      subject(`${method} ${path}, ${field}: ${name}`, 10_000, {
        make: (n: number) => ({ [field]: worst(n) }),
        run: read,
      }),
    ),
  );
});

test('every route that takes a body is looked at', () => {
  const withBody = routes.filter(({ body }) => body !== null);
  expect(withBody.length).toBeGreaterThan(5);
  expect(withBody.filter(({ body }) => !(body?.schema instanceof z.ZodObject) && body?.itemwise !== true)).toEqual([]);
});

test.each([...PATTERNS, ...YAML, ...DEFINITIONS, ...BODIES].map((each) => [each.name, each] as const))(
  '%s: holds nobody up, and costs no more than its bytes',
  (_name, each) => {
    expect(pauseMs(each)).toBeLessThan(LONGEST_PAUSE_MS);
    expect(growth(each)).toBeLessThan(MOST_GROWTH);
  },
);

test('an answer stays small, however much is wrong', () => {
  for (const field of Object.keys(definitionSchema.shape))
    for (const [name, definition] of Object.entries(definitionsOf(field))) {
      const parsed = parseDefinition(definition(LARGEST));
      const size = parsed.ok ? 0 : JSON.stringify(parsed.problems).length;
      expect([field, name, size < 100_000]).toEqual([field, name, true]);
    }
  expect(MAX_BYTES).toBeLessThanOrEqual(1_048_576);
});
