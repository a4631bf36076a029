// Campaign definitions: parsed from JSON or YAML alike, refused with every problem at once, and kept in one canonical
// form whose hash tells whether two definitions are the same.
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../json.js';
import { formatPath, type RawProblem, toProblems } from '../../schema/problems.js';
import { definitionProblems } from '../checks/definitionRules.js';
import type { CampaignDefinition, DefinitionProblem } from './definition.js';
import { boundsProblems } from './definitionBounds.js';
import { definitionSchema } from './definitionSchema.js';
import { readYaml } from './definitionText.js';
import { normaliseDefinition } from './normaliseDefinition.js';

export type ParsedDefinition =
  | { readonly ok: true; readonly definition: CampaignDefinition }
  | { readonly ok: false; readonly problems: readonly DefinitionProblem[] };

export function parseDefinition(input: unknown): ParsedDefinition {
  const parsed = parse(input);
  return parsed.ok ? parsed : { ok: false, problems: parsed.problems.map((problem) => formatted(problem)) };
}

/** Reads YAML 1.2, of which JSON is a part; problems carry line numbers. */
export function parseDefinitionText(text: string): ParsedDefinition {
  const read = readYaml(text);
  if (!read.ok) return { ok: false, problems: read.problems };
  const parsed = parse(read.value);
  if (parsed.ok) return parsed;
  return { ok: false, problems: parsed.problems.map((problem) => formatted(problem, read.lineOf(problem.path))) };
}

type RawResult =
  | { readonly ok: true; readonly definition: CampaignDefinition }
  | { readonly ok: false; readonly problems: readonly RawProblem[] };

function parse(input: unknown): RawResult {
  const outOfBounds = boundsProblems(input);
  if (outOfBounds.length > 0) return { ok: false, problems: outOfBounds };
  const written = definitionSchema.safeParse(input);
  if (!written.success) return { ok: false, problems: toProblems(written.error.issues, input) };
  const problems = definitionProblems(written.data);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, definition: normaliseDefinition(written.data) };
}

function formatted(problem: RawProblem, line?: number): DefinitionProblem {
  return {
    path: formatPath(problem.path),
    message: problem.message,
    ...(problem.allowed === undefined ? {} : { allowed: problem.allowed }),
    ...(line === undefined ? {} : { line }),
  };
}

/** SHA-256 of the canonical JSON, in hexadecimal. */
export function definitionHash(definition: CampaignDefinition): string {
  return createHash('sha256').update(canonicalJson(definition)).digest('hex');
}
