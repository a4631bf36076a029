// Paths into an event's properties (AB-05): `a.b`, `list[].k`; a key that holds a dot or brackets is quoted: `"a.b".c`.
import type { Json, JsonObject } from '../json.js';
import { isJsonArray, isJsonObject } from '../profile/attributes/attributeChange.js';

/** In a parsed path: any element of an array. */
export const ANY_ELEMENT = '[]';

export const MAX_PATH_STEPS = 10;

const STEP = /^(?:"((?:[^"\\]|\\["\\])+)"|([^".[\]\s][^".[\]]*))((?:\[\])*)(?:\.(?=.)|$)/;

/** null when the text is not a path. */
export function parsePropertyPath(text: string): readonly string[] | null {
  const steps: string[] = [];
  let rest = text;
  while (rest !== '') {
    const match = STEP.exec(rest);
    if (match === null) return null;
    const key = match[1]?.replace(/\\(["\\])/g, '$1') ?? match[2] ?? '';
    // A key that is literally `[]` could not be told from "any element".
    if (key === ANY_ELEMENT) return null;
    steps.push(key);
    for (let level = 0; level < (match[3] ?? '').length / 2; level += 1) steps.push(ANY_ELEMENT);
    rest = rest.slice(match[0].length);
  }
  return steps.length >= 1 && steps.length <= MAX_PATH_STEPS ? steps : null;
}

export function formatPropertyPath(path: readonly string[]): string {
  let text = '';
  for (const step of path) {
    if (step === ANY_ELEMENT) text += '[]';
    else text += `${text === '' ? '' : '.'}${isPlainKey(step) ? step : `"${step.replace(/["\\]/g, '\\$&')}"`}`;
  }
  return text;
}

function isPlainKey(key: string): boolean {
  return /^[^".[\]\s\\][^".[\]\\]*$/.test(key);
}

/** Every value the path leads to; empty when the property is absent. null counts as absent. */
export function valuesAt(properties: JsonObject, path: readonly string[]): readonly Json[] {
  let values: readonly Json[] = [properties];
  for (const step of path) values = values.flatMap((value) => follow(value, step));
  return values.filter((value) => value !== null);
}

function follow(value: Json, step: string): readonly Json[] {
  if (isJsonArray(value)) return step === ANY_ELEMENT ? value : [];
  if (!isJsonObject(value) || !Object.hasOwn(value, step)) return [];
  const next = value[step];
  return next === undefined ? [] : [next];
}
