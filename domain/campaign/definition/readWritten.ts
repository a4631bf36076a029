// Definitions as they are written, whatever of: a value or a text of YAML 1.2, of which JSON is a part.
import { formatPath, type RawProblem } from '../../schema/problems.js';
import type { DefinitionProblem } from './definition.js';
import { readYaml } from './definitionText.js';

export type Written<T> =
  | { readonly ok: true; readonly definition: T }
  | { readonly ok: false; readonly problems: readonly RawProblem[] };

export type Parsed<T> =
  | { readonly ok: true; readonly definition: T }
  | { readonly ok: false; readonly problems: readonly DefinitionProblem[] };

export type ReadWritten<T> = (input: unknown) => Written<T>;

export function parseValue<T>(input: unknown, read: ReadWritten<T>): Parsed<T> {
  const written = read(input);
  return written.ok ? written : { ok: false, problems: written.problems.map((problem) => formatted(problem)) };
}

/** Problems carry line numbers. */
export function parseText<T>(text: string, read: ReadWritten<T>): Parsed<T> {
  const yaml = readYaml(text);
  if (!yaml.ok) return { ok: false, problems: yaml.problems };
  const written = read(yaml.value);
  if (written.ok) return written;
  return { ok: false, problems: written.problems.map((problem) => formatted(problem, yaml.lineOf(problem.path))) };
}

function formatted(problem: RawProblem, line?: number): DefinitionProblem {
  return {
    path: formatPath(problem.path),
    message: problem.message,
    ...(problem.allowed === undefined ? {} : { allowed: problem.allowed }),
    ...(line === undefined ? {} : { line }),
  };
}
