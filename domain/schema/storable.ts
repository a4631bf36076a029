// Refuses, before anything else looks, what could not be stored or walked safely: U+0000 and half surrogate pairs
// (PostgreSQL refuses them), numbers that are not finite, `__proto__`, and structures too deep or too large.
import { MAX_PROBLEMS } from '../errors.js';
import { digitsOf } from './exactJson.js';
import type { RawProblem } from './problems.js';

const MAX_DEPTH = 32;
const MAX_VALUES = 20_000;

export function storableProblems(input: unknown, maxValues = MAX_VALUES): readonly RawProblem[] {
  const problems: RawProblem[] = [];
  const budget = { left: maxValues };
  walk(input, [], budget, problems);
  if (budget.left <= 0) problems.push({ path: [], message: 'has too many values', allowed: `at most ${maxValues}` });
  return problems;
}

function walk(value: unknown, path: readonly PropertyKey[], budget: { left: number }, problems: RawProblem[]): void {
  budget.left -= 1;
  if (budget.left <= 0 || problems.length >= MAX_PROBLEMS) return;
  if (digitsOf(value) !== null) {
    problems.push({
      path,
      message: 'has more digits than a number can hold',
      allowed: 'the same in quotes, as a text',
    });
  } else if (typeof value === 'string' && !isStorableText(value)) {
    problems.push({ path, message: 'holds a character that cannot be stored (U+0000 or half a surrogate pair)' });
  } else if (typeof value === 'number' && !Number.isFinite(value)) {
    problems.push({ path, message: 'is not a finite number' });
  } else if (typeof value === 'object' && value !== null) {
    if (path.length >= MAX_DEPTH) {
      problems.push({ path, message: 'is nested too deeply', allowed: `at most ${MAX_DEPTH} levels` });
      return;
    }
    walkObject(value, path, budget, problems);
  }
}

function walkObject(
  value: object,
  path: readonly PropertyKey[],
  budget: { left: number },
  problems: RawProblem[],
): void {
  for (const key of Object.keys(value)) {
    if (problems.length >= MAX_PROBLEMS) return;
    if (key === '__proto__' || !isStorableText(key)) {
      problems.push({
        path,
        message: 'has a field whose name is not allowed',
        allowed: 'names without U+0000, and not __proto__',
      });
      continue;
    }
    walk(Reflect.get(value, key), [...path, Array.isArray(value) ? Number(key) : key], budget, problems);
  }
}

function isStorableText(text: string): boolean {
  // With the u flag only halves without their partner are surrogates.
  return !text.includes('\u0000') && !/\p{Surrogate}/u.test(text);
}
