import { z } from 'zod';
import { RappelError } from '../../../domain/errors.js';
import { personName } from '../../../domain/profile/personName.js';
import { audiencePage } from '../../../segments/audiencePage.js';
import {
  type ListedPerson,
  listPeople,
  listPeopleByAlias,
  listPeopleByLabel,
  listPeopleByPrefix,
  listPeopleOf,
} from '../../../storage/queries/people/listPeople.js';
import type { ApiDeps } from '../../deps.js';
import { json, nothing, type Route, scopedRoute } from '../../route.js';
import { isId, iso, limit, namedText, textKeyset } from '../../schemas/paging.js';
import { peoplePage } from '../../schemas/users.js';
import { requireSegment } from '../../segments/changeSegment.js';
import { type Everybody, TOO_MANY } from '../../segments/everybody.js';
import { askedNow } from '../../segments/segmentPeople.js';
import { resolved } from '../../segments/segmentRules.js';

const list = textKeyset('people', ['id', 'prefix', 'alias', 'segment']);
const asked = z.object({
  limit: limit(50),
  after: list.after,
  prefix: namedText('What the external ids begin with, letter case included; then listed by external id'),
  alias_label: namedText('The label of an alias that they have; then listed by the name of that alias'),
  alias_name: namedText('The name of that alias, whole; with `alias_label`'),
  segment: z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'The key of a segment that they are in; then listed by internal id' }),
});
type Asked = z.output<typeof asked>;
type Order = 'id' | 'prefix' | 'alias' | 'segment';

/** `GET /v1/users`: everybody, those of whom the beginning of the external id or an alias is known, or those of a segment. */
export function userListRoutes(deps: ApiDeps, everybody: Everybody): readonly Route[] {
  return [
    scopedRoute({
      method: 'get',
      path: '/v1/users',
      summary: 'List people: all, by the beginning of the external id, by alias, or by segment',
      description:
        'Answers carry no addresses; read the person for these, and search by them with `POST /v1/search`. By segment a page that ' +
        'is not the last may have fewer people than `limit`.',
      tag: 'People',
      scope: 'users:read',
      params: nothing,
      query: asked,
      answers: {
        200: { description: 'A page of them', schema: peoplePage },
        404: { description: 'There is no segment of that key' },
        ...TOO_MANY,
      },
      handle: async ({ query }) => {
        const order = orderOf(query);
        if (order === 'segment') return json(200, await membersPage(deps, everybody, query));
        const rows = await read(deps.pool, order, query);
        const { shown, next } = list.page(rows, query.limit, (last) => [order, placeOf(order, last)]);
        return json(200, { people: shown.map(personAnswer), next });
      },
    }),
  ];
}

function orderOf({ prefix, alias_label, alias_name, segment, after }: Asked): Order {
  if ([prefix, alias_label, segment].filter((given) => given !== undefined).length > 1)
    throw new RappelError('invalid_request', "Ask by one of 'prefix', 'alias_label' and 'segment'.");
  if (alias_name !== undefined && alias_label === undefined)
    throw new RappelError(
      'invalid_request',
      "Ask by 'alias_name' with its 'alias_label'; POST /v1/search finds a name alone.",
    );
  const order = askedOrder({ prefix, alias_label, segment });
  const isById = order === 'id' || order === 'segment';
  const isOfOrder = after === undefined || (after.order === order && (!isById || isId(after.text)));
  if (isOfOrder) return order;
  const message = "must be the 'next' of the page before";
  throw new RappelError('invalid_request', 'The path or query is not valid.', [{ path: 'after', message }]);
}

function askedOrder({ prefix, alias_label, segment }: Pick<Asked, 'prefix' | 'alias_label' | 'segment'>): Order {
  if (prefix !== undefined) return 'prefix';
  if (alias_label !== undefined) return 'alias';
  return segment === undefined ? 'id' : 'segment';
}

/** The next people of a segment, of whom one who was deleted meanwhile is left out. */
async function membersPage(deps: ApiDeps, everybody: Everybody, query: Asked): Promise<object> {
  const { pool } = deps;
  const { definition } = await requireSegment(pool, query.segment ?? '');
  const audience = await resolved(pool, definition.audience);
  const askedAt = await askedNow(deps);
  const after = Number(query.after?.text ?? 0);
  const page = await everybody.ask(() => audiencePage(pool, audience, { ...askedAt, after, limit: query.limit }));
  const ids = page.members.map(({ facts: { userId } }) => userId);
  return {
    people: (await listPeopleOf(pool, ids)).map(personAnswer),
    next: page.next === null ? null : list.next('segment', String(page.next)),
  };
}

async function read(
  pool: ApiDeps['pool'],
  order: Exclude<Order, 'segment'>,
  query: Asked,
): Promise<readonly ListedPerson[]> {
  const { prefix = '', alias_label: label = '', alias_name: name } = query;
  const after = query.after?.text ?? null;
  const limit = query.limit + 1;
  switch (order) {
    case 'id':
      return await listPeople(pool, Number(after ?? 0), limit);
    case 'prefix':
      return await listPeopleByPrefix(pool, { prefix, after, limit });
    case 'alias':
      if (name === undefined) return await listPeopleByLabel(pool, { label, after, limit });
      return after === null ? await listPeopleByAlias(pool, { label, name }) : [];
  }
}

function placeOf(order: Exclude<Order, 'segment'>, { id, external_id, listed_by }: ListedPerson): string {
  if (order === 'id') return String(id);
  return (order === 'prefix' ? external_id : listed_by) ?? '';
}

function personAnswer(person: ListedPerson): object {
  const { id, external_id: externalId, aliases } = person;
  return {
    userId: String(id),
    user: externalId,
    aliases,
    name: personName({ id, externalId, aliases }),
    timeZone: person.time_zone,
    emailSubscription: person.email_subscription,
    pushSubscription: person.push_subscription,
    createdAt: iso(person.created_at),
    updatedAt: iso(person.updated_at),
  };
}
