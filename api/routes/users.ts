import { z } from 'zod';
import { RappelError } from '../../domain/errors.js';
import { groupsOf } from '../../domain/profile/subscriptionGroup.js';
import { findUserByExternalId, type StoredUser } from '../../storage/queries/findUserByExternalId.js';
import { listTimeline, type TimelineRow } from '../../storage/queries/listTimeline.js';
import { listUserTotals, type UserTotal } from '../../storage/queries/listUserTotals.js';
import type { ApiDeps, Links } from '../deps.js';
import { json, nothing, type Route, scopedRoute } from '../route.js';
import { cursor, encodeCursor, iso, limit } from '../schemas/paging.js';
import * as schemas from '../schemas/users.js';

/** `/v1/users/{external_id}`: the person as they are, and everything that happened to them. */
const TAG = 'People';
const MAX_TOTALS = 200;
const byExternalId = z.object({ external_id: z.string().min(1).max(255) });

export function userRoutes(deps: ApiDeps): readonly Route[] {
  const { pool, links } = deps;
  return [
    scopedRoute({
      method: 'get',
      path: '/v1/users/{external_id}',
      summary: 'Read a person: profile, attributes, counters',
      tag: TAG,
      scope: 'users:read',
      params: byExternalId,
      query: nothing,
      answers: {
        200: { description: 'The person', schema: schemas.userAnswer },
        404: { description: 'There is nobody of that external id' },
      },
      handle: async ({ params }) => {
        const user = await requireUser(deps, params.external_id);
        return json(200, userAnswer(user, await listUserTotals(pool, user.id, MAX_TOTALS)));
      },
    }),
    scopedRoute({
      method: 'get',
      path: '/v1/users/{external_id}/timeline',
      summary: 'What happened to a person, newest first',
      description:
        'Events, campaigns met and not entered, campaigns entered, messages and outcomes, each with its reason.',
      tag: TAG,
      scope: 'users:read',
      params: byExternalId,
      query: z.object({ limit: limit(50), after: cursor(3) }),
      answers: {
        200: { description: 'A page of it', schema: schemas.timelinePage },
        404: { description: 'There is nobody of that external id' },
      },
      handle: async ({ params, query }) => {
        const user = await requireUser(deps, params.external_id);
        const before = position(query.after);
        const rows = await listTimeline(pool, { userId: user.id, before, limit: query.limit + 1 });
        const shown = rows.slice(0, query.limit);
        const last = shown.at(-1);
        const next =
          rows.length > query.limit && last !== undefined ? encodeCursor([last.at, last.rank, last.id]) : null;
        return json(200, { entries: shown.map((row) => entry(row, user.id, links)), next });
      },
    }),
  ];
}

async function requireUser({ pool }: ApiDeps, externalId: string): Promise<StoredUser> {
  const user = await findUserByExternalId(pool, externalId);
  if (user === null) throw new RappelError('not_found', 'There is nobody of that external id.');
  return user;
}

function position(numbers: readonly number[] | undefined) {
  const [at, rank, id] = numbers ?? [];
  return at === undefined || rank === undefined || id === undefined ? null : { at, rank, id };
}

function userAnswer(user: StoredUser, totals: readonly UserTotal[]): object {
  return {
    id: String(user.id),
    externalId: user.external_id,
    aliases: user.aliases,
    email: user.email,
    phone: user.phone,
    timeZone: user.time_zone,
    emailSubscription: user.email_subscription,
    pushSubscription: user.push_subscription,
    subscriptionGroups: groupsOf(user.attributes),
    attributes: Object.fromEntries(Object.entries(user.attributes).filter(([name]) => !name.startsWith('$'))),
    createdAt: iso(user.created_at),
    updatedAt: iso(user.updated_at),
    totals: totals.map(({ kind, name, count, amount, first_at, last_at }) => ({
      kind,
      name,
      count,
      amount,
      firstAt: iso(first_at),
      lastAt: iso(last_at),
    })),
  };
}

function entry(row: TimelineRow, userId: number, links: Links): object {
  const { kind, details, campaign_id: campaignId, occurrence_key: occurrenceKey } = row;
  const base = { at: iso(row.at), kind, campaign: row.campaign_key };
  if (kind === 'event') {
    return { ...base, seq: row.id, event: details.kind, name: details.name, properties: details.properties };
  }
  // PostgreSQL writes instants inside JSON with the session's offset; answers have them all in UTC.
  const dueAt = typeof details.dueAt === 'string' ? { dueAt: iso(Date.parse(details.dueAt)) } : {};
  if (campaignId === null || occurrenceKey === null) return { ...base, ...details };
  return { ...base, ...details, ...dueAt, runUrl: links.workflowUrl({ campaignId, userId, occurrenceKey }) };
}
