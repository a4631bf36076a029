import { z } from 'zod';
import { namesOfCampaign } from '../../domain/campaign/askedNames.js';
import { CAMPAIGN_STATES } from '../../domain/campaign/campaign.js';
import { compileCampaign } from '../../domain/campaign/compile.js';
import { type CampaignDefinition } from '../../domain/campaign/definition/definition.js';
import { campaignJsonSchema, definitionSchema } from '../../domain/campaign/definition/definitionSchema.js';
import { parseDefinition } from '../../domain/campaign/definition/parseDefinition.js';
import { referencesOf } from '../../domain/campaign/references.js';
import { describeCampaign } from '../../domain/campaign/words/describe.js';
import { type Problem, RappelError } from '../../domain/errors.js';
import { findCampaign } from '../../storage/queries/campaigns/findCampaign.js';
import { findMissingReferences, type MissingReference } from '../../storage/queries/campaigns/findMissingReferences.js';
import { listCampaigns } from '../../storage/queries/campaigns/listCampaigns.js';
import type { StoredCampaign } from '../../storage/queries/campaigns/storedCampaign.js';
import { loadSegmentFilters } from '../../storage/queries/segments/segmentFilters.js';
import { campaignAnswer, campaignSummaries } from '../campaigns/campaignAnswers.js';
import { createCampaign, noCampaign, updateCampaign } from '../campaigns/changeCampaign.js';
import { previewUpdate } from '../campaigns/previewChange.js';
import {
  invalidDefinition,
  readNewDefinition,
  requireDefinitionOf,
  requireNewDefinition,
  warningsOf,
} from '../campaigns/readDefinition.js';
import { secretProblems } from '../campaigns/secretProblems.js';
import type { ApiDeps } from '../deps.js';
import { type Body, json, nothing, openRoute, type Route, sameForAll, scopedRoute } from '../route.js';
import * as schemas from '../schemas/campaigns.js';
import { keyset, limit } from '../schemas/paging.js';
import { unseenNames } from '../unseenNames.js';

/** `/v1/campaigns`: definitions, as JSON or YAML. Launching and stopping them is `campaignLifecycle.ts`. */
const TAG = 'Campaigns';
const byKey = z.object({ key: z.string().max(100) });
const list = keyset('campaigns', ['id']);
const page = z.object({
  limit: limit(50),
  after: list.after,
  state: z.enum(CAMPAIGN_STATES).optional(),
  tag: z.string().min(1).max(50).optional(),
  name: z.string().min(1).max(200).optional().meta({ description: 'A part of the name or key, in any letter case' }),
});
const anyObject = z.record(z.string(), z.unknown());
const definitionBody = { schema: definitionSchema, yaml: true };

export function campaignRoutes(deps: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'post',
      path: '/v1/campaigns',
      summary: 'Create a campaign, as a draft',
      tag: TAG,
      scope: 'campaigns:write',
      params: nothing,
      query: nothing,
      body: definitionBody,
      answers: {
        201: { description: 'Created', schema: schemas.campaignAnswer },
        409: { description: 'The key is taken' },
        422: { description: 'The definition is not valid; `problems` says where and what is allowed' },
      },
      handle: async ({ body, apiKeyId }) => {
        const definition = await requireNewDefinition(body, deps, await deps.clock());
        const campaign = await createCampaign(deps, { apiKeyId, action: 'campaign.create' }, definition);
        const warnings = await allWarnings(deps, definition);
        return json(201, await campaignAnswer(deps, campaign, warnings));
      },
    }),
    scopedRoute({
      method: 'get',
      path: '/v1/campaigns',
      summary: 'List campaigns, newest first',
      tag: TAG,
      scope: 'campaigns:read',
      params: nothing,
      query: page,
      answers: { 200: { description: 'A page of them', schema: schemas.campaignPage } },
      handle: async ({ query }) => {
        const [beforeId = null] = query.after ?? [];
        const rows = await listCampaigns(deps.pool, {
          beforeId,
          state: query.state ?? null,
          name: query.name ?? null,
          tag: query.tag ?? null,
          limit: query.limit + 1,
        });
        const { shown, next } = list.page(rows, query.limit, ({ id }) => [id]);
        return json(200, { campaigns: await campaignSummaries(deps, shown), next });
      },
    }),
    scopedRoute({
      method: 'post',
      path: '/v1/campaigns/validate',
      summary: 'Check a definition without writing anything',
      tag: TAG,
      scope: 'campaigns:read',
      params: nothing,
      query: nothing,
      body: definitionBody,
      answers: {
        200: { description: 'Whether it is valid, and how it was understood', schema: schemas.validationAnswer },
      },
      handle: async ({ body }) => json(200, await validate(body, deps)),
    }),
    scopedRoute({
      method: 'get',
      path: '/v1/campaigns/{key}',
      summary: 'Read a campaign and where its people are',
      tag: TAG,
      scope: 'campaigns:read',
      params: byKey,
      query: nothing,
      answers: {
        200: { description: 'The campaign', schema: schemas.campaignAnswer },
        404: { description: 'There is none of that key' },
      },
      handle: async ({ params }) => json(200, await campaignAnswer(deps, await requireCampaign(deps, params.key))),
    }),
    scopedRoute({
      method: 'put',
      path: '/v1/campaigns/{key}',
      summary: 'Replace the definition of a campaign',
      description:
        'Makes a new version, unless the definition is the same. Waiting people feel the edit when they fall due; a changed delay holds for new entries only.',
      tag: TAG,
      scope: 'campaigns:write',
      params: byKey,
      query: schemas.previewQuery,
      body: definitionBody,
      answers: {
        200: { description: 'The campaign at its newest version, or the preview', schema: schemas.changeAnswer },
        404: { description: 'There is none of that key' },
        409: { description: 'It is archived' },
        422: { description: 'The definition is not valid, or names another key' },
      },
      handle: async ({ params, query, body, apiKeyId }) => {
        const definition = await requireDefinitionOf(params.key, body, deps);
        if (query.preview === 'true') return json(200, await previewUpdate(deps, definition));
        const campaign = await updateCampaign(deps, { apiKeyId, action: 'campaign.update' }, definition);
        const warnings = await allWarnings(deps, definition);
        return json(200, await campaignAnswer(deps, campaign, warnings));
      },
    }),
    scopedRoute({
      method: 'post',
      path: '/v1/campaigns/{key}/duplicate',
      summary: 'Copy a campaign to a new draft, for which nobody has received anything yet',
      tag: TAG,
      scope: 'campaigns:write',
      params: byKey,
      query: nothing,
      body: { schema: schemas.duplicateBody, yaml: false, optional: true },
      answers: {
        201: { description: 'The copy', schema: schemas.campaignAnswer },
        404: { description: 'There is none of that key' },
        409: { description: 'The key of the copy is taken' },
        422: { description: 'The key or name of the copy is not valid' },
      },
      handle: async ({ params, body, apiKeyId }) => {
        const copy = copyOf((await requireCampaign(deps, params.key)).definition, body);
        const campaign = await createCampaign(deps, { apiKeyId, action: 'campaign.duplicate' }, copy);
        return json(201, await campaignAnswer(deps, campaign));
      },
    }),
    openRoute({
      method: 'get',
      path: '/v1/schemas/campaign.json',
      summary: 'The JSON Schema of campaign definitions',
      tag: TAG,
      params: nothing,
      query: nothing,
      answers: { 200: { description: 'JSON Schema 2020-12', schema: anyObject } },
      handle: sameForAll(() => json(200, campaignJsonSchema())),
    }),
  ];
}

async function requireCampaign({ pool }: ApiDeps, key: string): Promise<StoredCampaign> {
  const campaign = await findCampaign(pool, key);
  if (campaign === null) throw noCampaign(key);
  return campaign;
}

async function validate(body: Body, deps: ApiDeps): Promise<object> {
  const read = await readNewDefinition(body, deps, await deps.clock());
  if (!read.ok) return { valid: false, problems: read.problems, warnings: [], sentence: null, definition: null };
  const { definition } = read;
  const sentence = describeCampaign(compileCampaign(definition), definition.name);
  const warnings = await allWarnings(deps, definition);
  return { valid: true, problems: [], warnings, sentence, definition };
}

async function allWarnings(deps: ApiDeps, definition: CampaignDefinition): Promise<readonly Problem[]> {
  const segments = await loadSegmentFilters(deps.pool, referencesOf(definition).segments);
  return [
    ...(await warningsOf(definition, { ...deps, now: await deps.clock(), segments })),
    ...(await missingReferences(deps, definition)),
    ...(await missingSecrets(deps, definition)),
    ...(await unseenNames(deps.pool, namesOfCampaign(definition))),
  ];
}

/** CC-03: a campaign that another refers to may be created later, but before that one is launched. */
async function missingReferences({ pool }: ApiDeps, definition: CampaignDefinition): Promise<readonly Problem[]> {
  const missing = await findMissingReferences(pool, referencesOf(definition));
  const entry = referencesOf({ ...definition, audience: undefined });
  const isOfEntry = ({ kind, key }: MissingReference) => kind === 'location' || entry.campaigns.includes(key);
  // It may ask who has received itself.
  const others = missing.filter(({ kind, key }) => kind !== 'campaign' || key !== definition.key);
  return others.map(({ kind, key }) => ({
    path: isOfEntry({ kind, key }) ? 'entry.event' : 'audience',
    message: `refers to ${kind} '${key}', which does not exist${kind === 'segment' ? ' or is archived' : ''}: the launch will be refused until it does`,
    allowed: `an existing ${kind}`,
  }));
}

async function missingSecrets({ pool, secrets }: ApiDeps, definition: CampaignDefinition): Promise<readonly Problem[]> {
  const problems = await secretProblems(pool, secrets, definition);
  return problems.map((each) => ({ ...each, message: `${each.message} (a launch is refused until it can be read)` }));
}

function copyOf(definition: CampaignDefinition, body: Body): CampaignDefinition {
  const wishes = schemas.duplicateBody.safeParse(body.kind === 'json' ? body.value : {});
  if (!wishes.success) throw new RappelError('invalid_request', "The body may hold 'key' and 'name', both texts.");
  const { key = `${definition.key}-copy`, name = `${definition.name} (copy)` } = wishes.data;
  const parsed = parseDefinition({ ...definition, key, name });
  if (!parsed.ok) throw invalidDefinition(parsed.problems);
  return parsed.definition;
}
