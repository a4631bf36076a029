import { z } from 'zod';
import type { SegmentFilters } from '../../domain/audience/segmentsOf.js';
import type { Campaign } from '../../domain/campaign/campaign.js';
import { compileCampaign } from '../../domain/campaign/compile.js';
import type { CampaignDefinition } from '../../domain/campaign/definition/definition.js';
import { definitionSchema } from '../../domain/campaign/definition/definitionSchema.js';
import { referencesOf } from '../../domain/campaign/references.js';
import { RappelError } from '../../domain/errors.js';
import { asIfActive, type SimulationResult, simulate } from '../../simulation/simulate.js';
import { Slots } from '../../simulation/slots.js';
import { campaignFromRow } from '../../storage/queries/campaigns/campaignRow.js';
import { findCampaign } from '../../storage/queries/campaigns/findCampaign.js';
import { loadSegmentFilters } from '../../storage/queries/segments/segmentFilters.js';
import { noCampaign } from '../campaigns/changeCampaign.js';
import { invalidDefinition, readDefinition } from '../campaigns/readDefinition.js';
import type { ApiDeps } from '../deps.js';
import { type Answer, type Body, nothing, parseBody, type Route, scopedRoute } from '../route.js';
import { iso } from '../schemas/paging.js';
import {
  DEFAULT_SAMPLE,
  documentedDraftBody,
  draftBody,
  MAX_DAYS,
  periodQuery,
  simulationBody,
  simulationLine,
} from '../schemas/simulate.js';

/** `simulate`: what a campaign, stored or only written down, would have done in a past period. */
const TAG = 'Campaigns';
const DAY_MS = 86_400_000;
const AT_A_TIME = 2;
const DEADLINE_MS = 600_000;

const DESCRIPTION =
  'Runs the stored events of the period through the rules that decide live; nothing is sent or written. A campaign that ' +
  'was not active when the period began is taken to have been launched then; sends are taken to be accepted at once, ' +
  'templates are not rendered. The answer is one JSON text a line: `progress` while it works, then `result`, or ' +
  '`problem`. Closing the connection ends it.';

const answers = {
  200: {
    description: 'Lines of progress, the result last',
    schema: simulationLine,
    contentType: 'application/x-ndjson',
  },
  400: { description: 'The period is not valid' },
  429: { description: `${AT_A_TIME} simulations are running already` },
};

export function simulateRoutes(deps: ApiDeps): readonly Route[] {
  const slots = new Slots(AT_A_TIME, 'simulations');
  return [
    scopedRoute({
      method: 'post',
      path: '/v1/campaigns/simulate',
      summary: 'What a definition would have done in a past period',
      description:
        `${DESCRIPTION} Where a campaign of its key is stored, what people received of that one counts. ` +
        'A body in YAML is the definition itself; the period stands in the query then.',
      tag: TAG,
      // It tells of people, whom an audience can single out.
      scope: 'explain',
      params: nothing,
      query: periodQuery,
      body: { schema: documentedDraftBody, yaml: true, yamlSchema: definitionSchema },
      answers: { ...answers, 422: { description: 'The definition is not valid' } },
      handle: async ({ body, query, signal }) => {
        const wishes = draftWishes(body, query);
        const definition = await requireDraft(wishes.definition, deps);
        const stored = await findCampaign(deps.pool, definition.key);
        const segments = await loadSegmentFilters(deps.pool, referencesOf(definition).segments);
        const campaign = { ...draft(definition, segments), ...(stored === null ? {} : { id: stored.id }) };
        return start(deps, slots, { ...wishes, campaign, campaignId: stored?.id ?? null, signal });
      },
    }),
    scopedRoute({
      method: 'post',
      path: '/v1/campaigns/{key}/simulate',
      summary: 'What a campaign would have done, or did, in a past period',
      description: DESCRIPTION,
      tag: TAG,
      scope: 'explain',
      params: z.object({ key: z.string().max(100) }),
      query: nothing,
      body: { schema: simulationBody, yaml: false },
      answers: { ...answers, 404: { description: 'There is no such campaign' } },
      handle: async ({ params, body, signal }) => {
        const wishes = parseBody(simulationBody, body);
        const stored = await findCampaign(deps.pool, params.key);
        if (stored === null) throw noCampaign(params.key);
        return start(deps, slots, { ...wishes, campaign: campaignFromRow(stored), campaignId: stored.id, signal });
      },
    }),
  ];
}

interface Wishes {
  readonly from: number;
  readonly to: number;
  readonly sample: number;
  readonly campaign: Campaign;
  readonly campaignId: number | null;
  readonly signal: AbortSignal;
}

async function start(deps: ApiDeps, slots: Slots, wishes: Wishes): Promise<Answer> {
  const { from, sample, campaignId } = wishes;
  const to = Math.min(wishes.to, await deps.clock());
  requirePeriod(from, to);
  const campaign = asIfActive(wishes.campaign, from);
  const overdue = new AbortController();
  const signal = AbortSignal.any([wishes.signal, overdue.signal]);
  const release = slots.take();
  return {
    kind: 'lines',
    run: async (write) => {
      const deadline = setTimeout(() => overdue.abort(tooLong()), DEADLINE_MS);
      try {
        const { pool } = deps;
        const { workspace } = deps.stream;
        const onProgress = (progress: object) => write({ progress });
        const result = await simulate({ pool, workspace, campaign, campaignId, from, to, sample, signal, onProgress });
        await write({
          result: {
            ...shown(result),
            campaign: campaign.key,
            from: iso(from),
            to: iso(to),
            activeSince: iso(campaign.activeSince ?? from),
          },
        });
      } finally {
        clearTimeout(deadline);
        release();
      }
    },
  };
}

function shown({ sample, ...counts }: SimulationResult): object {
  const people = sample.map(({ userId, externalId, ...told }) => ({
    user: externalId,
    userId: String(userId),
    ...told,
  }));
  return { ...counts, sample: people };
}

function requirePeriod(from: number, to: number): void {
  if (from >= to) throw badPeriod('must be before to, and before now');
  if (to - from > MAX_DAYS * DAY_MS) throw badPeriod(`must be at most ${MAX_DAYS} days before to`);
}

function tooLong(): RappelError {
  return new RappelError('unavailable', `It takes longer than ${DEADLINE_MS / 60_000} minutes: ask for less.`);
}

function badPeriod(message: string): RappelError {
  return new RappelError('invalid_request', 'The period cannot be simulated.', [{ path: 'from', message }]);
}

interface DraftWishes extends Pick<Wishes, 'from' | 'to' | 'sample'> {
  readonly definition: { readonly body: Body; readonly prefix: string };
}

/** As JSON the period and the definition are the body; as YAML the definition is, and the period is in the query. */
function draftWishes(body: Body, query: z.output<typeof periodQuery>): DraftWishes {
  if (body.kind === 'none') throw new RappelError('invalid_request', 'A definition is required.');
  if (body.kind === 'json') {
    const { definition, ...wishes } = parseBody(draftBody, body);
    return { ...wishes, definition: { body: { ...body, value: definition }, prefix: 'definition.' } };
  }
  const { from, to, sample = DEFAULT_SAMPLE } = query;
  if (from === undefined || to === undefined) {
    const path = from === undefined ? 'from' : 'to';
    const message = 'is required in the query, as 2026-12-01T09:00:00Z, with a definition in YAML';
    throw new RappelError('invalid_request', 'The period is missing.', [{ path, message }]);
  }
  return { from, to, sample, definition: { body, prefix: '' } };
}

async function requireDraft({ body, prefix }: DraftWishes['definition'], deps: ApiDeps): Promise<CampaignDefinition> {
  const read = await readDefinition(body, deps);
  if (read.ok) return read.definition;
  throw invalidDefinition(read.problems.map((problem) => ({ ...problem, path: `${prefix}${problem.path}` })));
}

function draft(definition: CampaignDefinition, segments: SegmentFilters): Campaign {
  const { key, name } = definition;
  return {
    ...compileCampaign(definition, segments),
    id: 0,
    key,
    name,
    version: 1,
    revision: 1,
    generation: 1,
    state: 'draft',
    activeSince: null,
  };
}
