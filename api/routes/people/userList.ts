import { z } from 'zod';
import { RappelError } from '../../../domain/errors.js';
import { personName } from '../../../domain/profile/personName.js';
import {
  type ListedPerson,
  listPeople,
  listPeopleByAlias,
  listPeopleByLabel,
  listPeopleByPrefix,
} from '../../../storage/queries/people/listPeople.js';
import type { ApiDeps } from '../../deps.js';
import { json, nothing, type Route, scopedRoute } from '../../route.js';
import { isId, iso, limit, textKeyset } from '../../schemas/paging.js';
import { peoplePage } from '../../schemas/users.js';

const list = textKeyset('people', ['id', 'prefix', 'alias']);
const text = (description: string) =>
  z
    .string()
    .min(1)
    .max(987)
    .refine((given) => given.isWellFormed() && !given.includes('\u0000'), {
      error: 'must be a text that can be stored',
    })
    .optional()
    .meta({ description });
const asked = z.object({
  limit: limit(50),
  after: list.after,
  prefix: text('What the external ids begin with, letter case included; then listed by external id'),
  alias_label: text('The label of an alias that they have; then listed by the name of that alias'),
  alias_name: text('The name of that alias, whole; with `alias_label`'),
});
type Asked = z.output<typeof asked>;
type Order = 'id' | 'prefix' | 'alias';

/** `GET /v1/users`: everybody, or those of whom the beginning of the external id or an alias is known. */
export function userListRoutes({ pool }: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'get',
      path: '/v1/users',
      summary: 'List people: all, by the beginning of the external id, or by alias',
      description: 'Answers carry no addresses; read the person for these, and search by them with `POST /v1/search`.',
      tag: 'People',
      scope: 'users:read',
      params: nothing,
      query: asked,
      answers: { 200: { description: 'A page of them', schema: peoplePage } },
      handle: async ({ query }) => {
        const order = orderOf(query);
        const rows = await read(pool, order, query);
        const shown = rows.slice(0, query.limit);
        const last = shown.at(-1);
        const isLast = last === undefined || rows.length <= query.limit;
        return json(200, {
          people: shown.map(personAnswer),
          next: isLast ? null : list.next(order, placeOf(order, last)),
        });
      },
    }),
  ];
}

function orderOf({ prefix, alias_label, alias_name, after }: Asked): Order {
  if (prefix !== undefined && alias_label !== undefined)
    throw new RappelError('invalid_request', "Ask by 'prefix' or by 'alias_label', not by both.");
  if (alias_name !== undefined && alias_label === undefined)
    throw new RappelError(
      'invalid_request',
      "Ask by 'alias_name' with its 'alias_label'; POST /v1/search finds a name alone.",
    );
  const order = prefix !== undefined ? 'prefix' : alias_label !== undefined ? 'alias' : 'id';
  const isOfOrder = after === undefined || (after.order === order && (order !== 'id' || isId(after.text)));
  if (isOfOrder) return order;
  const message = "must be the 'next' of the page before";
  throw new RappelError('invalid_request', 'The path or query is not valid.', [{ path: 'after', message }]);
}

async function read(pool: ApiDeps['pool'], order: Order, query: Asked): Promise<readonly ListedPerson[]> {
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

function placeOf(order: Order, { id, external_id, listed_by }: ListedPerson): string {
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
