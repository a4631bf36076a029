import type { SegmentFilters } from '../../domain/audience/segmentsOf.js';
import type { ContentFindings } from '../../domain/campaign/checks/contentFindings.js';
import { definitionWarnings, endedProblem } from '../../domain/campaign/checks/definitionWarnings.js';
import { compileCampaign } from '../../domain/campaign/compile.js';
import { type CampaignDefinition, type DefinitionProblem } from '../../domain/campaign/definition/definition.js';
import { readYaml } from '../../domain/campaign/definition/definitionText.js';
import { readCampaign } from '../../domain/campaign/definition/parseDefinition.js';
import { type Parsed, parseText, parseValue, type ReadWritten } from '../../domain/campaign/definition/readWritten.js';
import { CHANNEL_NAMES } from '../../domain/channel/index.js';
import { MAX_PROBLEMS, type Problem, RappelError } from '../../domain/errors.js';
import type { ApiDeps } from '../deps.js';
import type { Body } from '../route.js';

/**
 * Reads a campaign definition from a request, JSON or YAML, and checks all that can be known before launch: the
 * definition's own rules and the syntax of its templates.
 */
export type ReadDefinition = Parsed<CampaignDefinition>;

/** What judges a message before it is rendered: its templates and its channel. */
type ContentRules = Pick<ApiDeps, 'templates' | 'checkContent'>;

export async function readDefinition(body: Body, rules: ContentRules): Promise<ReadDefinition> {
  const parsed = parseBodyAs(body, readCampaign);
  if (!parsed.ok) return parsed;
  const { problems } = await findings(parsed.definition, rules);
  return problems.length > 0 ? { ok: false, problems } : parsed;
}

/** Of a campaign that is to be: one whose duration is over would never send. */
export async function readNewDefinition(body: Body, rules: ContentRules, now: number): Promise<ReadDefinition> {
  const read = await readDefinition(body, rules);
  if (!read.ok) return read;
  const ended = endedProblem(compileCampaign(read.definition), now);
  return ended === null ? read : { ok: false, problems: [ended] };
}

export async function requireNewDefinition(body: Body, rules: ContentRules, now: number): Promise<CampaignDefinition> {
  return required(await readNewDefinition(body, rules, now));
}

export function required<T>(read: Parsed<T>): T {
  if (read.ok) return read.definition;
  throw invalidDefinition(read.problems);
}

/** For an update: the key in the path holds, and one written in the definition must agree with it. */
export async function requireDefinitionOf(key: string, body: Body, rules: ContentRules): Promise<CampaignDefinition> {
  return withKey(key, body, required(await readDefinition(body, rules)));
}

/** The definition with the key of the path, with which one that is written must agree. */
export function withKey<T extends { readonly key: string }>(key: string, body: Body, definition: T): T {
  const written = writtenKey(body);
  if (written !== undefined && definition.key !== key) {
    throw invalidDefinition([
      { path: 'key', message: 'never changes once it is created', allowed: `'${key}', or none` },
    ]);
  }
  return { ...definition, key };
}

export function invalidDefinition(problems: readonly DefinitionProblem[]): RappelError {
  const count =
    problems.length === 1
      ? 'one problem'
      : `${problems.length} problems${problems.length < MAX_PROBLEMS ? '' : ' or more'}`;
  return new RappelError('invalid_definition', `The definition has ${count}.`, problems);
}

/** A definition of any resource, as JSON or YAML. */
export function parseBodyAs<T>(body: Body, read: ReadWritten<T>): Parsed<T> {
  switch (body.kind) {
    case 'json':
      return parseValue(body.value, read);
    case 'yaml':
      return parseText(body.text, read);
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

/** What is wrong or doubtful with the messages, by path. */
async function findings(
  definition: CampaignDefinition,
  { templates, checkContent }: ContentRules,
): Promise<ContentFindings> {
  const found: ContentFindings[] = [];
  for (const [index, { messages }] of compileCampaign(definition).variants.entries()) {
    for (const channel of CHANNEL_NAMES) {
      const content = messages[channel];
      if (content === undefined) continue;
      const { problems, warnings } = checkContent(channel, content);
      const prefix = `variants[${index}].messages.${channel}`;
      const at = (of: readonly Problem[]) => of.map((each) => ({ ...each, path: `${prefix}.${each.path}` }));
      found.push({
        problems: at([...(await templates.check(content)), ...problems]),
        warnings: at([...(await templates.doubts(content)), ...warnings]),
      });
    }
  }
  return {
    problems: found.flatMap(({ problems }) => problems).slice(0, MAX_PROBLEMS),
    warnings: found.flatMap(({ warnings }) => warnings).slice(0, MAX_PROBLEMS),
  };
}

/** What is allowed and yet can hardly be meant, or depends on a setting. */
export async function warningsOf(
  definition: CampaignDefinition,
  { now, segments, ...rules }: ContentRules & { readonly now: number; readonly segments: SegmentFilters },
): Promise<readonly Problem[]> {
  const compiled = compileCampaign(definition, segments);
  const ended = endedProblem(compiled, now);
  const { warnings } = await findings(definition, rules);
  return [...(ended === null ? [] : [ended]), ...definitionWarnings(compiled), ...warnings];
}
