import { z } from 'zod';
import { isEmail, isPhone } from '../../../domain/profile/contact.js';
import { personName } from '../../../domain/profile/personName.js';
import { findPeople, type PersonReference, type StoredUser } from '../../../storage/queries/people/findPeople.js';
import type { ApiDeps } from '../../deps.js';
import { json, nothing, parseBody, type Route, scopedRoute } from '../../route.js';
import { isId } from '../../schemas/paging.js';
import { searchAnswer } from '../../schemas/users.js';

const MOST = 50;
const searchBody = z
  .strictObject({
    q: z
      .string()
      .trim()
      .min(1)
      .max(987)
      .meta({ description: 'A whole id, alias name, e-mail address or phone number' }),
    limit: z
      .int()
      .min(1)
      .max(MOST)
      .default(10)
      .meta({ description: `How many people to answer, 1 to ${MOST}` }),
  })
  .meta({ id: 'Search' });

/** What a text may be, in the order people are answered in. */
const SEARCHED: Readonly<Record<string, (q: string) => PersonReference | null>> = {
  'external id': (value) => ({ kind: 'externalId', value }),
  'internal id': (q) => (isId(q) ? { kind: 'id', value: Number(q) } : null),
  'alias name': (value) => ({ kind: 'aliasName', value }),
  'e-mail address': (value) => (isEmail(value) ? { kind: 'email', value } : null),
  'phone number': (value) => (isPhone(value) ? { kind: 'phone', value } : null),
};

/** `POST /v1/search`: people by any of their names. A body, as addresses never stand in a URL. */
export function searchRoutes({ pool }: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'post',
      path: '/v1/search',
      summary: 'Find people by id, alias, e-mail address or phone number',
      description: 'Whole values only. Answers carry no addresses; read the person for these.',
      tag: 'People',
      scope: 'users:read',
      params: nothing,
      query: nothing,
      body: { schema: searchBody, yaml: false },
      answers: { 200: { description: 'Who was found', schema: searchAnswer } },
      handle: async ({ body }) => {
        const { q, limit } = parseBody(searchBody, body);
        const searched = Object.entries(SEARCHED).flatMap(([what, read]) => {
          const reference = read(q);
          return reference === null ? [] : [{ what, reference }];
        });
        const found = new Map<number, { readonly person: StoredUser; readonly matched: string[] }>();
        for (const { what, reference } of searched) {
          for (const person of await findPeople(pool, reference, limit + 1)) {
            const known = found.get(person.id);
            if (known === undefined) found.set(person.id, { person, matched: [what] });
            else known.matched.push(what);
          }
        }
        const people = [...found.values()].slice(0, limit).map(({ person, matched }) => ({
          userId: String(person.id),
          user: person.external_id,
          aliases: person.aliases,
          name: personName({ id: person.id, externalId: person.external_id, aliases: person.aliases }),
          matched,
        }));
        return json(200, { searched: searched.map(({ what }) => what), people, more: found.size > limit });
      },
    }),
  ];
}
