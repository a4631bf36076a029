import { compileCampaign } from '../domain/campaign/compile.js';
import {
  type CampaignDefinition,
  type DefinitionProblem,
  parseDefinition,
  parseDefinitionText,
} from '../domain/campaign/definition.js';
import { readYaml } from '../domain/campaign/definitionText.js';
import { RappelError } from '../domain/errors.js';
import type { Templates } from '../templates/templates.js';
import type { Body } from './route.js';

/**
 * Reads a campaign definition from a request, JSON or YAML, and checks all that can be known before launch: the
 * definition's own rules and the syntax of its templates.
 */
export type ReadDefinition =
  | { readonly ok: true; readonly definition: CampaignDefinition }
  | { readonly ok: false; readonly problems: readonly DefinitionProblem[] };

export function readDefinition(body: Body, templates: Templates): ReadDefinition {
  const parsed = parseBody(body);
  if (!parsed.ok) return parsed;
  const problems = templateProblems(parsed.definition, templates);
  return problems.length > 0 ? { ok: false, problems } : parsed;
}

export function requireDefinition(body: Body, templates: Templates): CampaignDefinition {
  const read = readDefinition(body, templates);
  if (read.ok) return read.definition;
  throw invalidDefinition(read.problems);
}

/** For an update: the key in the path holds, and one written in the definition must agree with it. */
export function requireDefinitionOf(key: string, body: Body, templates: Templates): CampaignDefinition {
  const definition = requireDefinition(body, templates);
  const written = writtenKey(body);
  if (written !== undefined && definition.key !== key) {
    throw invalidDefinition([
      { path: 'key', message: 'never changes once a campaign is created', allowed: `'${key}', or none` },
    ]);
  }
  return { ...definition, key };
}

export function invalidDefinition(problems: readonly DefinitionProblem[]): RappelError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return new RappelError('invalid_definition', `The definition has ${count}.`, problems);
}

function parseBody(body: Body): ReadDefinition {
  switch (body.kind) {
    case 'json':
      return parseDefinition(body.value);
    case 'yaml':
      return parseDefinitionText(body.text);
    case 'none':
      throw new RappelError('invalid_request', 'A definition is required as the body.');
  }
}

/** The key as the caller wrote it; undefined when it was left to be made from the name. */
function writtenKey(body: Body): unknown {
  const value = body.kind === 'json' ? body.value : body.kind === 'yaml' ? yamlValue(body.text) : undefined;
  return typeof value === 'object' && value !== null && 'key' in value ? value.key : undefined;
}

function yamlValue(text: string): unknown {
  const read = readYaml(text);
  return read.ok ? read.value : undefined;
}

function templateProblems(definition: CampaignDefinition, templates: Templates): readonly DefinitionProblem[] {
  return compileCampaign(definition).variants.flatMap(({ messages }, index) =>
    Object.entries(messages).flatMap(([channel, content]) =>
      templates
        .check(content)
        .map(({ path, message }) => ({ path: `variants[${index}].messages.${channel}.${path}`, message })),
    ),
  );
}
