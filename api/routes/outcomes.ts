import { z } from 'zod';
import { listOutcomes, type OutcomeRow } from '../../storage/queries/listOutcomes.js';
import type { ApiDeps, Links } from '../deps.js';
import { json, nothing, type Route, scopedRoute } from '../route.js';
import { cursor, encodeCursor, iso, limit } from '../schemas/paging.js';
import { outcomePage } from '../schemas/users.js';

/** `/v1/outcomes`: how it ended, for everybody, the latest first. To follow them, ask for the first page again. */
export function outcomeRoutes({ pool, links }: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'get',
      path: '/v1/outcomes',
      summary: 'The last outcomes, of all campaigns and people',
      tag: 'People',
      scope: 'users:read',
      params: nothing,
      query: z.object({ limit: limit(20), after: cursor(2) }),
      answers: { 200: { description: 'A page of them, newest first', schema: outcomePage } },
      handle: async ({ query }) => {
        const [settledAt, id] = query.after ?? [];
        const before = settledAt === undefined || id === undefined ? null : { settledAt, id };
        const rows = await listOutcomes(pool, { before, limit: query.limit + 1 });
        const shown = rows.slice(0, query.limit);
        const last = shown.at(-1);
        const next = rows.length > query.limit && last !== undefined ? encodeCursor([last.settled_at, last.id]) : null;
        return json(200, { outcomes: shown.map((row) => outcome(row, links)), next });
      },
    }),
  ];
}

function outcome(row: OutcomeRow, links: Links): object {
  const { run_campaign: campaign, user_id: userId, occurrence_key: occurrenceKey } = row;
  return {
    settledAt: iso(row.settled_at),
    dueAt: iso(row.due_at),
    campaign: row.campaign_key,
    campaignName: row.campaign_name,
    user: row.external_id,
    outcome: row.outcome,
    reason: row.reason,
    evidence: row.evidence,
    runUrl: links.workflowUrl({ campaign, userId, occurrenceKey }),
    waitingUrl: links.waitingUrl(row.campaign_key),
  };
}
