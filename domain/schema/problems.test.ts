import { z } from 'zod';
import { fields, text, withAllowed } from './fields.js';
import { keyText } from './key.js';
import { formatPath, toProblems } from './problems.js';

function problemsOf(schema: z.ZodType, input: unknown, prefix: readonly PropertyKey[] = []) {
  const parsed = schema.safeParse(input);
  return parsed.success ? [] : toProblems(parsed.error.issues, input, prefix);
}

const form = fields({ kind: z.literal('a'), size: z.number().min(1).max(5) });

describe('a problem of an input', () => {
  it.each<[string, z.ZodType, unknown, string, string | undefined]>([
    ['a missing value', z.number(), undefined, 'is missing', 'a number'],
    ['null', z.boolean(), null, 'is empty (null)', 'true or false'],
    ['a number for a text', z.string(), 7, 'is a number', 'a text'],
    ['a truth for a list', z.array(z.string()), true, 'is true or false', 'a list'],
    ['a list for an object', z.record(z.string(), z.string()), [], 'is a list', 'an object'],
    ['a fraction', z.int(), 0.5, 'is a number', 'a whole number'],
    ['a type that has no words of its own', z.date(), 'x', 'is a text', 'date'],
    ['a text that is none of some', z.enum(['a', 'b']), 'c', 'is "c"', 'a, b'],
    [
      'a text of 60 characters that is none of some',
      z.enum(['a', 'b']),
      'c'.repeat(60),
      `is "${'c'.repeat(60)}"`,
      'a, b',
    ],
    ['a long text that is none of some', z.enum(['a', 'b']), 'c'.repeat(61), 'is a text', 'a, b'],
    ['a number that is none of some', z.literal([1, 2]), 3, 'is 3', '1, 2'],
    ['false where true is meant', z.literal(true), false, 'is false', 'true'],
    ['an object that is none of some', z.enum(['a']), {}, 'is an object', 'a'],
    ['a small number', z.number().min(3), 2, 'is too small', 'at least 3'],
    ['a large number', z.number().max(3), 4, 'is too large', 'at most 3'],
    ['a short text', z.string().min(3), 'ab', 'is too small', 'at least 3 characters'],
    ['a long text', z.string().max(3), 'abcd', 'is too large', 'at most 3 characters'],
    ['a short list', z.array(z.int()).min(2), [1], 'is too small', 'at least 2 entries'],
    ['a long list', z.array(z.int()).max(1), [1, 2], 'is too large', 'at most 1 entries'],
    ['a text too long by our own rule', text(3), 'abcd', 'is too long', 'at most 3 characters'],
    ['a blank text', text(3), ' ', 'is empty', '1 to 3 characters'],
    [
      'a text that is no key',
      keyText,
      'A b',
      'is not a key',
      '1 to 100 of a–z, 0–9, - and _, beginning with a letter or digit',
    ],
    ['a rule of our own', z.string().refine(() => false, { error: 'is wrong' }), 'x', 'is wrong', undefined],
    [
      'a rule of our own that says what is allowed',
      z.string().refine(() => false, { error: () => withAllowed('is wrong', 'right ones') }),
      'x',
      'is wrong',
      'right ones',
    ],
    ['one of several types', z.union([z.string(), z.number()]), true, 'is true', 'a text or a number'],
    ['one of several types, missing', z.union([z.string(), z.number()]), undefined, 'is missing', 'a text or a number'],
    ['a word or a type', z.union([z.literal(['no', 'yes']), z.number()]), 'x', 'is "x"', '"no", "yes" or a number'],
    ['several of one type', z.union([z.array(z.int()), z.array(z.string())]), 7, 'is 7', 'a list'],
  ])('tells of %s what it is and what is allowed', (_what, schema, input, message, allowed) => {
    expect(problemsOf(schema, input)).toEqual([{ path: [], message, ...(allowed === undefined ? {} : { allowed }) }]);
  });

  it('tells where it is, below where the input is', () => {
    expect(problemsOf(fields({ list: z.array(form) }), { list: [{ kind: 'a', size: 9 }] }, ['body'])).toEqual([
      { path: ['body', 'list', 0, 'size'], message: 'is too large', allowed: 'at most 5' },
    ]);
  });

  it('names each unknown field, and the one it probably means', () => {
    expect(problemsOf(form, { kind: 'a', size: 2, sise: 3, other: 4 })).toEqual([
      { path: ['sise'], message: 'is an unknown field; did you mean "size"?', allowed: 'kind, size' },
      { path: ['other'], message: 'is an unknown field', allowed: 'kind, size' },
    ]);
  });

  it('tells what is wrong with the name of a field', () => {
    const names = z.string().regex(/^x/, { error: () => withAllowed('is no header', 'x…') });
    expect(problemsOf(z.record(names, z.string()), { x: '1', y: '2' })).toEqual([
      { path: ['y'], message: 'is no header', allowed: 'x…' },
    ]);
  });
});

describe('a problem of an input that may have several forms', () => {
  const after = fields({ after: z.string() });
  const inDays = fields({ inDays: z.int(), at: z.string() });
  const weekday = fields({ weekday: z.enum(['monday', 'friday']), at: z.string() });
  const delay = fields({ delay: z.union([after, inDays, weekday]) });
  const of = (written: unknown) => problemsOf(delay, { delay: written });

  it('is told of the form that the fields are of', () => {
    expect(of({ weekday: 'mon', at: '09:00' })).toEqual([
      { path: ['delay', 'weekday'], message: 'is "mon"', allowed: 'monday, friday' },
    ]);
    expect(of({ inDays: 1, at: 9 })).toEqual([{ path: ['delay', 'at'], message: 'is a number', allowed: 'a text' }]);
  });

  it('is told of the form that has the fewest unknown fields', () => {
    expect(of({ after: '1 hour', inDays: 1, at: 'x' })).toEqual([
      { path: ['delay', 'after'], message: 'is an unknown field', allowed: 'inDays, at' },
    ]);
    expect(of({ after: '1 hour', x: 1 })).toEqual([
      { path: ['delay', 'x'], message: 'is an unknown field', allowed: 'after' },
    ]);
  });

  it('is told of the one form that was begun', () => {
    expect(of({ inDays: 1 })).toEqual([{ path: ['delay', 'at'], message: 'is missing', allowed: 'a text' }]);
  });

  it('names every form where none, or more than one, was begun', () => {
    const allowed = 'one of after, inDays, at, weekday';
    expect(of({})).toEqual([{ path: ['delay'], message: 'is empty', allowed }]);
    expect(of({ at: '09:00' })).toEqual([
      { path: ['delay'], message: 'has none of the fields expected here', allowed: 'one of after, inDays, weekday' },
    ]);
    expect(of({ zzzzz: 1 })).toEqual([{ path: ['delay'], message: 'has none of the fields expected here', allowed }]);
  });

  it('names the field that was probably meant', () => {
    expect(of({ zzzzz: 1, aftr: '1 hour' })).toEqual([
      {
        path: ['delay', 'aftr'],
        message: 'is an unknown field; did you mean "after"?',
        allowed: 'one of after, inDays, at, weekday',
      },
    ]);
  });

  it('is told of the type where it is of none of them', () => {
    expect(of('1 hour')).toEqual([{ path: ['delay'], message: 'is "1 hour"', allowed: 'an object' }]);
  });

  it('goes down through forms within forms', () => {
    const tree: z.ZodType = z.lazy(() => z.union([fields({ all: z.array(tree) }), fields({ not: tree }), form]));
    expect(problemsOf(tree, { all: [{ not: { kind: 'a', size: 0 } }] })).toEqual([
      { path: ['all', 0, 'not', 'size'], message: 'is too small', allowed: 'at least 1' },
    ]);
  });

  it('is told in our own words where a discriminator is wrong', () => {
    const one = z.discriminatedUnion('kind', [form, fields({ kind: z.literal('b') })], { error: 'is no kind' });
    expect(problemsOf(one, { kind: 'c' })).toEqual([{ path: ['kind'], message: 'is no kind' }]);
  });
});

describe('a path', () => {
  it.each<[readonly PropertyKey[], string]>([
    [[], ''],
    [['trigger'], 'trigger'],
    [['trigger', 'where', 0, 'atLeast'], 'trigger.where[0].atLeast'],
    [[3, 'a'], '[3].a'],
  ])('%j reads %s', (path, words) => {
    expect(formatPath(path)).toBe(words);
  });
});
