import { z } from 'zod';
import { personName } from '../../domain/profile/personName.js';
import { listParked, type ParkedRow } from '../../storage/queries/pairings/parkedPairings.js';
import { type Changed, discardParked, type ParkedChange, retryParked } from '../changeParked.js';
import type { ApiDeps, Links } from '../deps.js';
import { json, nothing, type Route, scopedRoute } from '../route.js';
import { idText, iso, keyset, limit } from '../schemas/paging.js';
import { parkedChange, parkedPage } from '../schemas/parked.js';

const list = keyset('parked', ['id']);

/** `/v1/parked`: messages whose rules or template threw. Mend the campaign, then retry or discard them. */
export function parkedRoutes(deps: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'get',
      path: '/v1/parked',
      summary: 'Messages that wait for an operator: their rules or template could not be evaluated',
      tag: 'Campaigns',
      scope: 'campaigns:read',
      params: nothing,
      query: z.object({
        limit: limit(50),
        after: list.after,
        campaign: z.string().min(1).max(100).optional().meta({ description: 'Key of a campaign' }),
      }),
      answers: { 200: { description: 'A page of them, newest first', schema: parkedPage } },
      handle: async ({ query }) => {
        const rows = await listParked(deps.pool, {
          before: query.after?.[0] ?? null,
          campaign: query.campaign ?? null,
          limit: query.limit + 1,
        });
        const { shown, next } = list.page(rows, query.limit, ({ id }) => [id]);
        return json(200, { parked: shown.map((row) => parked(row, deps.links)), next });
      },
    }),
    change(deps, {
      action: 'retry',
      summary: 'Try a parked message again',
      description:
        'It waits until its due instant, at once if that is past, and all gates run again. One that was parked before ' +
        'it entered passes the gates of entry first: where they refuse it, it ends as dropped with that reason.',
      run: retryParked,
    }),
    change(deps, {
      action: 'discard',
      summary: 'Give a parked message up',
      description: 'It ends as cancelled by an operator; the person qualifies again at the next trigger.',
      run: discardParked,
    }),
  ];
}

interface ChangeDoc {
  readonly action: 'retry' | 'discard';
  readonly summary: string;
  readonly description: string;
  readonly run: (deps: ApiDeps, change: ParkedChange) => Promise<Changed>;
}

function change(deps: ApiDeps, { action, summary, description, run }: ChangeDoc): Route {
  return scopedRoute({
    method: 'post',
    path: `/v1/parked/{id}/${action}`,
    summary,
    description,
    tag: 'Campaigns',
    scope: 'campaigns:write',
    params: z.object({ id: idText("must be an 'id' of GET /v1/parked") }),
    query: nothing,
    answers: {
      200: { description: 'What became of it', schema: parkedChange },
      404: { description: 'There is no such pairing' },
      409: { description: 'It is not parked, or its rules still cannot be evaluated; the detail says which' },
    },
    handle: async ({ params, apiKeyId }) => {
      const changed = await run(deps, { pairingId: Number(params.id), apiKeyId });
      return json(200, changedAnswer(params.id, changed));
    },
  });
}

function parked(row: ParkedRow, links: Links): object {
  const { run_campaign: campaign, user_id: userId, occurrence_key: occurrenceKey } = row;
  return {
    id: String(row.id),
    campaign: row.campaign_key,
    campaignName: row.campaign_name,
    user: row.external_id,
    userId: String(userId),
    who: personName({ id: userId, externalId: row.external_id, aliases: row.aliases }),
    error: row.error,
    since: iso(row.parked_at),
    dueAt: iso(row.due_at),
    trigger: { kind: row.trigger_kind, name: row.trigger_name, time: iso(row.trigger_time) },
    runUrl: links.workflowUrl({ campaign, userId: row.run_user_id, occurrenceKey }),
  };
}

function changedAnswer(id: string, changed: Changed): object {
  if (changed.state === 'waiting')
    return { id, state: 'waiting', dueAt: iso(changed.dueAt), outcome: null, reason: null };
  return { id, state: 'done', dueAt: null, outcome: changed.outcome, reason: changed.reason };
}
