import { z } from 'zod';
import { REASONS } from '../../domain/decision/reasons.js';
import { personName } from '../../domain/profile/personName.js';
import { listOutcomes, type OutcomeRow } from '../../storage/queries/messages/listOutcomes.js';
import { findPeople } from '../../storage/queries/people/findPeople.js';
import type { ApiDeps, Links } from '../deps.js';
import { json, nothing, type Route, scopedRoute } from '../route.js';
import { iso, keyset, limit, period } from '../schemas/paging.js';
import { personQuery, referenceOfQuery } from '../schemas/personReference.js';
import { outcomePage } from '../schemas/users.js';

const list = keyset('outcomes', ['instant', 'id']);
const asked = z.object({
  limit: limit(20),
  after: list.after,
  campaign: z.string().min(1).max(100).optional().meta({ description: 'Key of a campaign' }),
  ...personQuery,
  reason: z.enum(REASONS).optional(),
  from: period('Settled at this instant or later'),
  to: period('Settled before this instant'),
});

/** `/v1/outcomes`: how it ended, for everybody, the latest first. To follow them, ask for the first page again. */
export function outcomeRoutes({ pool, links }: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'get',
      path: '/v1/outcomes',
      summary: 'The last outcomes, of all campaigns and people or of some',
      description: 'A person is named by one of `user`, `user_id`, or `alias_label` with `alias_name`.',
      tag: 'People',
      scope: 'users:read',
      params: nothing,
      query: asked,
      answers: { 200: { description: 'A page of them, newest first', schema: outcomePage } },
      handle: async ({ query }) => {
        const [settledAt, id] = query.after ?? [];
        const before = settledAt === undefined || id === undefined ? null : { settledAt, id };
        const person = await personOf(pool, query);
        if (person === 'unknown') return json(200, { outcomes: [], next: null });
        const rows = await listOutcomes(pool, {
          before,
          limit: query.limit + 1,
          from: query.from ?? null,
          to: query.to ?? null,
          campaign: query.campaign ?? null,
          reason: query.reason ?? null,
          userId: person,
        });
        const { shown, next } = list.page(rows, query.limit, ({ settled_at, id }) => [settled_at, id]);
        return json(200, { outcomes: shown.map((row) => outcome(row, links)), next });
      },
    }),
  ];
}

/** Null: of everybody. */
async function personOf(pool: ApiDeps['pool'], query: z.output<typeof asked>): Promise<number | 'unknown' | null> {
  const { user, user_id, alias_label, alias_name } = query;
  if ([user, user_id, alias_label, alias_name].every((given) => given === undefined)) return null;
  const [person] = await findPeople(pool, referenceOfQuery({ user, user_id, alias_label, alias_name }), 1);
  return person?.id ?? 'unknown';
}

function outcome(row: OutcomeRow, links: Links): object {
  const { run_campaign: campaign, user_id: userId, occurrence_key: occurrenceKey } = row;
  return {
    settledAt: iso(row.settled_at),
    dueAt: iso(row.due_at),
    campaign: row.campaign_key,
    campaignName: row.campaign_name,
    user: row.external_id,
    userId: String(userId),
    who: personName({ id: userId, externalId: row.external_id, aliases: row.aliases }),
    outcome: row.outcome,
    reason: row.reason,
    evidence: row.evidence,
    runUrl: links.workflowUrl({ campaign, userId: row.run_user_id, occurrenceKey }),
    waitingUrl: links.waitingUrl(row.campaign_key),
  };
}
