import { z } from 'zod';
import { RappelError } from '../../../domain/errors.js';
import { groupsOf } from '../../../domain/profile/subscriptionGroup.js';
import { segmentsOfPerson } from '../../../segments/segmentsOfPerson.js';
import { listTimeline, type TimelineRow } from '../../../storage/queries/events/listTimeline.js';
import { findPeople, type PersonReference, type StoredUser } from '../../../storage/queries/people/findPeople.js';
import { listUserTotals, type UserTotal } from '../../../storage/queries/people/listUserTotals.js';
import { profileOf } from '../../../storage/queries/people/profileColumns.js';
import type { ApiDeps, Links } from '../../deps.js';
import { json, nothing, type Route, scopedRoute } from '../../route.js';
import { iso, keyset, limit } from '../../schemas/paging.js';
import { internalId } from '../../schemas/personReference.js';
import { segmentList, segmentsOfPersonPage } from '../../schemas/segments.js';
import * as schemas from '../../schemas/users.js';
import { askedNow } from '../../segments/segmentPeople.js';
import { exportRoute } from './userExport.js';

/**
 * A person as they are, and everything that happened to them: by external id, by Rappel's own id, or by alias. Never by
 * an address in the URL: `POST /v1/search` finds people by those.
 */
const TAG = 'People';
const MAX_TOTALS = 200;
const name = z.string().min(1).max(987);
const list = keyset('timeline', ['instant', 'rank', 'id']);

interface Form<P extends z.ZodObject> {
  readonly path: string;
  readonly params: P;
  readonly by: string;
  readonly referenceOf: (params: z.output<P>) => PersonReference;
}

export function userRoutes(deps: ApiDeps): readonly Route[] {
  return [
    ...routesOf(deps, {
      path: '/v1/users/{external_id}',
      params: z.object({ external_id: name }),
      by: 'external id',
      referenceOf: (params) => ({ kind: 'externalId', value: params.external_id }),
    }),
    ...routesOf(deps, {
      path: '/v1/users-by-id/{id}',
      params: z.object({ id: internalId }),
      by: 'internal id',
      referenceOf: (params) => ({ kind: 'id', value: Number(params.id) }),
    }),
    ...routesOf(deps, {
      path: '/v1/users-by-alias/{alias_label}/{alias_name}',
      params: z.object({ alias_label: name, alias_name: name }),
      by: 'alias',
      referenceOf: (params) => ({ kind: 'alias', label: params.alias_label, name: params.alias_name }),
    }),
  ];
}

function routesOf<P extends z.ZodObject>(deps: ApiDeps, { path, params, by, referenceOf }: Form<P>): readonly Route[] {
  const { pool, links } = deps;
  const requireUser = async (reference: PersonReference): Promise<StoredUser> => {
    const [user] = await findPeople(pool, reference, 1);
    if (user === undefined) throw new RappelError('not_found', `There is nobody of that ${by}.`);
    return user;
  };
  return [
    scopedRoute({
      method: 'get',
      path,
      summary: `Read a person by ${by}: profile, attributes, counters`,
      tag: TAG,
      scope: 'users:read',
      params,
      query: nothing,
      answers: {
        200: { description: 'The person', schema: schemas.userAnswer },
        404: { description: `There is nobody of that ${by}` },
      },
      handle: async (call) => {
        const user = await requireUser(referenceOf(call.params));
        return json(200, userAnswer(user, await listUserTotals(pool, user.id, MAX_TOTALS)));
      },
    }),
    scopedRoute({
      method: 'get',
      path: `${path}/timeline`,
      summary: `What happened to a person (by ${by}), newest first`,
      description:
        'Events, campaigns met and not entered, campaigns entered, messages and outcomes, each with its reason. A page ' +
        'ends early, with a `next`, once it has 4 MB.',
      tag: TAG,
      scope: 'users:read',
      params,
      query: z.object({ limit: limit(50), after: list.after }),
      answers: {
        200: { description: 'A page of it', schema: schemas.timelinePage },
        404: { description: `There is nobody of that ${by}` },
      },
      handle: async (call) => {
        const user = await requireUser(referenceOf(call.params));
        const before = position(call.query.after);
        const rows = await listTimeline(pool, { userId: user.id, before, limit: call.query.limit + 1 });
        const shown = rows.slice(0, call.query.limit);
        const last = shown.at(-1);
        const isLast = last === undefined || last.found <= shown.length;
        const next = isLast ? null : list.next([last.at, last.rank, last.id]);
        return json(200, { entries: shown.map((row) => entry(row, links)), next });
      },
    }),
    scopedRoute({
      method: 'get',
      path: `${path}/segments`,
      summary: `Which segments a person (by ${by}) is in now`,
      tag: TAG,
      scope: 'users:read',
      params,
      query: z.object({ limit: limit(50), after: segmentList.after }),
      answers: {
        200: {
          description: 'A page of all segments that are not archived, newest first',
          schema: segmentsOfPersonPage,
        },
        404: { description: `There is nobody of that ${by}` },
      },
      handle: async (call) => {
        const { id: userId } = await requireUser(referenceOf(call.params));
        const askedAt = await askedNow(deps);
        const [beforeId = null] = call.query.after ?? [];
        const found = await segmentsOfPerson(pool, { ...askedAt, userId, beforeId, limit: call.query.limit + 1 });
        const { shown, next } = segmentList.page(found, call.query.limit, ({ segment }) => [segment.id]);
        const segments = shown.map(({ segment: { key, definition }, isMember, problem }) => ({
          key,
          name: definition.name,
          isMember,
          problem,
        }));
        return json(200, { segments, next, at: iso(askedAt.now) });
      },
    }),
    exportRoute({
      pool,
      path,
      params,
      by,
      requireUser: (named) => requireUser(referenceOf(named)),
      describe: (user) => describePerson(user),
    }),
  ];
}

function position(numbers: readonly number[] | undefined) {
  const [at, rank, id] = numbers ?? [];
  return at === undefined || rank === undefined || id === undefined ? null : { at, rank, id };
}

function userAnswer(user: StoredUser, totals: readonly UserTotal[]): object {
  return {
    ...describePerson(user),
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

function describePerson(user: StoredUser): object {
  const { attributes, ...standard } = profileOf(user);
  return {
    id: String(user.id),
    ...standard,
    aliases: user.aliases,
    subscriptionGroups: groupsOf(attributes),
    attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => !name.startsWith('$'))),
    createdAt: iso(user.created_at),
    updatedAt: iso(user.updated_at),
  };
}

function entry(row: TimelineRow, links: Links): object {
  const { kind, details, run_campaign: campaign, run_user_id: userId, occurrence_key: occurrenceKey } = row;
  const base = { at: iso(row.at), kind, campaign: row.campaign_key };
  if (kind === 'event') {
    return { ...base, seq: row.id, event: details.kind, name: details.name, properties: details.properties };
  }
  // PostgreSQL writes instants inside JSON with the session's offset; answers have them all in UTC.
  const dueAt = typeof details.dueAt === 'string' ? { dueAt: iso(Date.parse(details.dueAt)) } : {};
  if (campaign === null || userId === null || occurrenceKey === null) return { ...base, ...details };
  return { ...base, ...details, ...dueAt, runUrl: links.workflowUrl({ campaign, userId, occurrenceKey }) };
}
