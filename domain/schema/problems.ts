// Turns zod's issues into problems an operator can act on: where, what is wrong, what is allowed. Of the branches of a
// union only the one the writer meant is reported, told by the fields the value has.
import type { z } from 'zod';
import { MAX_PROBLEMS } from '../errors.js';
import { ALLOWED_SEPARATOR } from './fields.js';
import { nearestName } from './nearestName.js';

export interface RawProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly allowed?: string;
}

const LONGEST_NAME = 100;

type Issue = z.core.$ZodIssue;
type UnionIssue = z.core.$ZodIssueInvalidUnion;

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** The first 20 at most. */
export function toProblems(
  issues: readonly Issue[],
  input: unknown,
  prefix: readonly PropertyKey[] = [],
): RawProblem[] {
  return issues
    .slice(0, MAX_PROBLEMS)
    .flatMap((issue) => problemsOf(issue, valueAt(input, issue.path), [...prefix, ...issue.path]))
    .slice(0, MAX_PROBLEMS);
}

function problemsOf(issue: Issue, value: unknown, path: readonly PropertyKey[]): RawProblem[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, MAX_PROBLEMS).map((key) => unknownField(key, allowedOf(issue.message), path));
    case 'invalid_type':
      if (value === undefined) return [{ path, message: 'is missing', allowed: typeWords(issue.expected) }];
      return [{ path, message: `is ${kindOf(value)}`, allowed: typeWords(issue.expected) }];
    case 'invalid_value':
      return [{ path, message: `is ${shown(value)}`, allowed: issue.values.map(String).join(', ') }];
    case 'too_small':
      return [sized(issue, path, 'is too small', 'at least', issue.minimum)];
    case 'too_big':
      return [sized(issue, path, 'is too large', 'at most', issue.maximum)];
    case 'invalid_union':
      return unionProblems(issue, value, path);
    case 'invalid_key':
      return issue.issues.map((inner) => written(inner.message, path));
    default:
      return [written(issue.message, path)];
  }
}

/** Our own messages carry what is allowed behind a separator. */
function written(text: string, path: readonly PropertyKey[]): RawProblem {
  const [message = text, allowed] = text.split(ALLOWED_SEPARATOR);
  return allowed === undefined ? { path, message } : { path, message, allowed };
}

function allowedOf(text: string): string {
  return text.split(ALLOWED_SEPARATOR)[1] ?? '';
}

function sized(
  issue: { readonly origin: string; readonly message: string },
  path: readonly PropertyKey[],
  message: string,
  bound: string,
  limit: number | bigint,
): RawProblem {
  if (issue.message.includes(ALLOWED_SEPARATOR)) return written(issue.message, path);
  const unit = issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : '';
  return { path, message, allowed: `${bound} ${limit}${unit}` };
}

function unknownField(key: string, allowed: string, path: readonly PropertyKey[]): RawProblem {
  const nearest = nearestName(key, allowed.split(', '));
  const hint = nearest === null ? '' : `; did you mean "${nearest}"?`;
  return { path: [...path, key], message: `is an unknown field${hint}`, allowed };
}

function unionProblems(issue: UnionIssue, value: unknown, path: readonly PropertyKey[]): RawProblem[] {
  if (issue.errors.length === 0) return [written(issue.message, path)];
  const fitting = issue.errors.filter((branch) => !branch.some(isAboutWholeValue));
  if (fitting.length === 0) return [wrongKind(issue.errors.flat(), value, path)];
  const named = fitting.filter((branch) => missingFields(branch, value).length === 0);
  const candidates = named.length > 0 ? named : fitting;
  const [best, ...others] = [...candidates].sort((a, b) => unknownCount(a) - unknownCount(b));
  if (best !== undefined && (named.length > 0 || others.length === 0)) return toProblems(best, value, path);
  // All that was written belongs to one form, which merely lacks a part.
  const [begun, ...alsoBegun] = fitting.filter((branch) => unknownCount(branch) === 0);
  if (begun !== undefined && alsoBegun.length === 0) return toProblems(begun, value, path);
  return [unknownForm([...new Set(fitting.flatMap((branch) => missingFields(branch, value)))], value, path)];
}

function isAboutWholeValue(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function missingFields(branch: readonly Issue[], value: unknown): readonly string[] {
  return branch.flatMap((issue) =>
    issue.path.length === 1 && valueAt(value, issue.path) === undefined ? [String(issue.path[0])] : [],
  );
}

function unknownCount(branch: readonly Issue[]): number {
  return branch.reduce((count, issue) => count + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);
}

function wrongKind(issues: readonly Issue[], value: unknown, path: readonly PropertyKey[]): RawProblem {
  const allowed = issues.flatMap((issue) => {
    if (issue.path.length > 0) return [];
    if (issue.code === 'invalid_type') return [typeWords(issue.expected)];
    return issue.code === 'invalid_value' ? [`"${issue.values.map(String).join('", "')}"`] : [];
  });
  const message = value === undefined ? 'is missing' : `is ${shown(value)}`;
  return { path, message, allowed: [...new Set(allowed)].join(' or ') };
}

/** None of the alternatives' own fields is there. */
function unknownForm(tags: readonly string[], value: unknown, path: readonly PropertyKey[]): RawProblem {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value).slice(0, MAX_PROBLEMS) : [];
  const allowed = `one of ${tags.join(', ')}`;
  for (const key of keys) {
    const nearest = nearestName(key, tags);
    if (nearest !== null) {
      return { path: [...path, key], message: `is an unknown field; did you mean "${nearest}"?`, allowed };
    }
  }
  return { path, message: keys.length === 0 ? 'is empty' : `has none of the fields expected here`, allowed };
}

function typeWords(expected: string): string {
  return TYPE_WORDS[expected] ?? expected;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty (null)';
  if (Array.isArray(value)) return 'a list';
  return TYPE_WORDS[typeof value] ?? typeof value;
}

function shown(value: unknown): string {
  const isShort =
    typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value.length <= 60);
  return isShort ? JSON.stringify(value) : kindOf(value);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** The problems with their paths as a person reads them. */
export function formatPaths(problems: readonly RawProblem[]) {
  return problems.map((problem) => ({ ...problem, path: formatPath(problem.path) }));
}

/** `trigger.where[0].atLeast`; a name that is too long to be one is cut. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += `${text === '' ? '' : '.'}${String(key).slice(0, LONGEST_NAME).toWellFormed()}`;
  }
  return text;
}
