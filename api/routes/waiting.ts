import { z } from 'zod';
import { personName } from '../../domain/profile/personName.js';
import { zoneOfPerson } from '../../domain/timing/zone.js';
import { findCampaign } from '../../storage/queries/campaigns/findCampaign.js';
import { listWaiting, type WaitingRow } from '../../storage/queries/pairings/listWaiting.js';
import { noCampaign } from '../campaigns/changeCampaign.js';
import type { ApiDeps } from '../deps.js';
import { json, type Route, scopedRoute } from '../route.js';
import { instantText, iso, keyset, limit } from '../schemas/paging.js';

const waitingPage = z
  .object({
    waiting: z.array(
      z.object({
        user: z.string().nullable().meta({ description: 'External id; null without one' }),
        userId: z.string().meta({ description: "Rappel's own id of the person" }),
        who: z.string().meta({ description: 'How explanations name the person' }),
        timeZone: z.string().meta({ description: 'Of the clock the person lives by' }),
        state: z.enum(['waiting', 'sending']),
        dueAt: instantText,
        until: instantText.meta({ description: 'When it is looked at next: the due instant, or the end of a hold' }),
        runUrl: z.string().nullable().meta({ description: 'The run in the Temporal UI' }),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'WaitingPage' });

const list = keyset('waiting', ['instant', 'id']);

/** `GET /v1/campaigns/{key}/waiting`: who waits, and until when. */
export function waitingRoutes(deps: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'get',
      path: '/v1/campaigns/{key}/waiting',
      summary: 'Who waits for a campaign, whoever is looked at next first',
      tag: 'Campaigns',
      scope: 'campaigns:read',
      params: z.object({ key: z.string().max(100) }),
      query: z.object({ limit: limit(50), after: list.after }),
      answers: {
        200: { description: 'A page of them', schema: waitingPage },
        404: { description: 'There is no such campaign' },
      },
      handle: async ({ params, query }) => {
        const campaign = await findCampaign(deps.pool, params.key);
        if (campaign === null) throw noCampaign(params.key);
        const [wakeAt, id] = query.after ?? [];
        const after = wakeAt === undefined || id === undefined ? null : { wakeAt, id };
        const rows = await listWaiting(deps.pool, { campaignId: campaign.id, after, limit: query.limit + 1 });
        const { shown, next } = list.page(rows, query.limit, ({ wake_at, id }) => [wake_at, id]);
        return json(200, { waiting: shown.map((row) => waiting(row, deps)), next });
      },
    }),
  ];
}

function waiting(row: WaitingRow, { links, stream }: ApiDeps): object {
  const { run_campaign: campaign, user_id: userId, occurrence_key: occurrenceKey } = row;
  return {
    user: row.external_id,
    userId: String(userId),
    who: personName({ id: userId, externalId: row.external_id, aliases: row.aliases }),
    timeZone: zoneOfPerson(row.time_zone, stream.workspace),
    state: row.state,
    dueAt: iso(row.due_at),
    until: iso(row.wake_at),
    runUrl: links.workflowUrl({ campaign, userId: row.run_user_id, occurrenceKey }),
  };
}
