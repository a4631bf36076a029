// Campaign definitions: parsed from JSON or YAML alike, refused with every problem at once, and kept in one canonical
// form whose hash tells whether two definitions are the same.
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../json.js';
import { toProblems } from '../../schema/problems.js';
import { definitionProblems } from '../checks/definitionRules.js';
import type { CampaignDefinition } from './definition.js';
import { boundsProblems } from './definitionBounds.js';
import { definitionSchema } from './definitionSchema.js';
import { normaliseDefinition } from './normaliseDefinition.js';
import { type Parsed, parseText, parseValue, type Written } from './readWritten.js';

export type ParsedDefinition = Parsed<CampaignDefinition>;

export function parseDefinition(input: unknown): ParsedDefinition {
  return parseValue(input, readCampaign);
}

/** Reads YAML 1.2, of which JSON is a part; problems carry line numbers. */
export function parseDefinitionText(text: string): ParsedDefinition {
  return parseText(text, readCampaign);
}

export function readCampaign(input: unknown): Written<CampaignDefinition> {
  const outOfBounds = boundsProblems(input);
  if (outOfBounds.length > 0) return { ok: false, problems: outOfBounds };
  const written = definitionSchema.safeParse(input);
  if (!written.success) return { ok: false, problems: toProblems(written.error.issues, input) };
  const problems = definitionProblems(written.data);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, definition: normaliseDefinition(written.data) };
}

/** A definition as it is stored: its canonical JSON, and the SHA-256 of that, in hexadecimal. */
export function storedForm(definition: object): { readonly canonicalJson: string; readonly definitionHash: string } {
  const text = canonicalJson(definition);
  return { canonicalJson: text, definitionHash: createHash('sha256').update(text).digest('hex') };
}
