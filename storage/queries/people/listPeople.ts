/** Pages of people, each by an index in whose order they are listed. */
import type { SubscriptionState } from '../../../domain/profile/subscriptionStates.js';
import type { Queryable } from '../../pool.js';

export interface ListedPerson {
  readonly id: number;
  readonly external_id: string | null;
  readonly time_zone: string | null;
  readonly email_subscription: SubscriptionState;
  readonly push_subscription: SubscriptionState;
  readonly created_at: number;
  readonly updated_at: number;
  readonly aliases: readonly { readonly label: string; readonly name: string }[];
  /** By alias: the name that it is listed by. */
  readonly listed_by: string | null;
}

const LISTED_COLUMNS = `u.id, u.external_id, u.time_zone, u.email_subscription, u.push_subscription, u.created_at, u.updated_at, coalesce(
    (select jsonb_agg(jsonb_build_object('label', a.label, 'name', a.name) order by a.label)
    from user_aliases a where a.user_id = u.id), '[]'
  ) as aliases`;

const EVERYBODY = `
  select ${LISTED_COLUMNS}, null as listed_by from users u where u.id > $1::bigint order by u.id limit $2::int
`;

/** Everybody, by internal id. */
export async function listPeople(db: Queryable, afterId: number, limit: number): Promise<readonly ListedPerson[]> {
  const { rows } = await db.query<ListedPerson>({ name: 'listPeople', text: EVERYBODY, values: [afterId, limit] });
  return rows;
}

const OF_IDS = `
  select ${LISTED_COLUMNS}, null as listed_by from users u where u.id = any($1::bigint[]) order by u.id
`;

/** Those of the ids who are there, by internal id. */
export async function listPeopleOf(db: Queryable, ids: readonly number[]): Promise<readonly ListedPerson[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<ListedPerson>({ name: 'listPeopleOf', text: OF_IDS, values: [ids] });
  return rows;
}

const BY_PREFIX = `
  select ${LISTED_COLUMNS}, null as listed_by
  from users u
  where u.external_id collate "C" >= $1::text and ($2::text is null or u.external_id collate "C" < $2::text)
    and u.external_id collate "C" > $3::text
  order by u.external_id collate "C"
  limit $4::int
`;

/** Those whose external id begins so, by external id, byte by byte. */
export async function listPeopleByPrefix(
  db: Queryable,
  { prefix, after, limit }: { readonly prefix: string; readonly after: string | null; readonly limit: number },
): Promise<readonly ListedPerson[]> {
  const { rows } = await db.query<ListedPerson>({
    name: 'listPeopleByPrefix',
    text: BY_PREFIX,
    values: [prefix, behind(prefix), after ?? '', limit],
  });
  return rows;
}

/** The first text, by code points, that comes behind all that begin so; null: there is none. */
export function behind(prefix: string): string | null {
  const points = [...prefix].map((letter) => letter.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10ffff) continue;
    // Half characters are none.
    return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return null;
}

// Each by the id: a plan for whatever values expects so many that it would read all people.
const BY_LABEL = `
  select ${LISTED_COLUMNS}, w.name as listed_by
  from (
    select a.name, a.user_id from user_aliases a
    where a.label = $1::text and a.name > $2::text
    order by a.name
    limit $3::int
  ) w
  cross join lateral (select * from users where id = w.user_id offset 0) u
  order by w.name
`;

/** Those who have an alias of the label, by its name. */
export async function listPeopleByLabel(
  db: Queryable,
  { label, after, limit }: { readonly label: string; readonly after: string | null; readonly limit: number },
): Promise<readonly ListedPerson[]> {
  const values = [label, after ?? '', limit];
  const { rows } = await db.query<ListedPerson>({ name: 'listPeopleByLabel', text: BY_LABEL, values });
  return rows;
}

const BY_ALIAS = `
  select ${LISTED_COLUMNS}, a.name as listed_by
  from user_aliases a join users u on u.id = a.user_id
  where a.label = $1::text and a.name = $2::text
`;

/** Who has the alias, at most one. */
export async function listPeopleByAlias(
  db: Queryable,
  { label, name }: { readonly label: string; readonly name: string },
): Promise<readonly ListedPerson[]> {
  const { rows } = await db.query<ListedPerson>({ name: 'listPeopleByAlias', text: BY_ALIAS, values: [label, name] });
  return rows;
}
