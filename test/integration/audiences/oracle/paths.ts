// What a path leads to in JSON (AB-05, SG-23).
import { isFields, type Value } from './written.js';

/** One key, and whether every element of the list below it is meant. */
interface Step {
  readonly key: string;
  readonly each: boolean;
}

/** The steps of `a.b`, `list[].k`, `"a.b".c`. */
function stepsOf(path: string): readonly Step[] {
  const steps: Step[] = [];
  let rest = path;
  for (;;) {
    const [whole = '', quoted, plain = '', each] = /^(?:"([^"]*)"|(.*?))(\[\])?(?=\.|$)/s.exec(rest) ?? [];
    steps.push({ key: quoted ?? plain, each: each !== undefined });
    if (whole.length === rest.length) return steps;
    rest = rest.slice(whole.length + 1);
  }
}

/** Every value that is found there. None: it is blank, as what is null is no value. */
export function found(root: Value, path: string): readonly Value[] {
  let values: readonly Value[] = [root];
  for (const { key, each } of stepsOf(path)) {
    values = values.flatMap((value) => (isFields(value) && Object.hasOwn(value, key) ? [value[key] ?? null] : []));
    if (each) values = values.flatMap((value): readonly Value[] => (Array.isArray(value) ? value : []));
  }
  return values.filter((value) => value !== null);
}
