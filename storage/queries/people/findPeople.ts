import { emailKey, phoneKey } from '../../../domain/profile/contact.js';
import type { Queryable } from '../../pool.js';
import { EMAIL_KEY, PHONE_KEY } from './addressKeys.js';
import { type ProfileRow, standardColumns } from './profileColumns.js';

export interface StoredUser extends ProfileRow {
  readonly id: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly aliases: readonly { readonly label: string; readonly name: string }[];
}

/** One way to name a person. An address may be that of several people, an alias name of several labels'. */
export type PersonReference =
  | { readonly kind: 'externalId'; readonly value: string }
  | { readonly kind: 'id'; readonly value: number }
  | { readonly kind: 'alias'; readonly label: string; readonly name: string }
  | { readonly kind: 'aliasName'; readonly value: string }
  | { readonly kind: 'email'; readonly value: string }
  | { readonly kind: 'phone'; readonly value: string };

// UT-05: of several people with one address, those with an external id first, then the most recently updated.
const IN_ORDER = `order by (u.external_id is null), u.updated_at desc, u.id`;

const PERSON_COLUMNS = `u.id, ${standardColumns('u')},
  case when row_number() over (${IN_ORDER}) = 1 then u.attributes else '{}' end as attributes,
  u.created_at, u.updated_at, coalesce(
    (select jsonb_agg(jsonb_build_object('label', a.label, 'name', a.name) order by a.label)
    from user_aliases a where a.user_id = u.id), '[]'
  ) as aliases`;

const BEST_FIRST = `${IN_ORDER} limit $2::int) u ${IN_ORDER}`;

// The one that the person has, or one that they had before it was renamed.
const BY_EXTERNAL_ID = `
  select ${PERSON_COLUMNS} from (
    select * from users u where u.id in (
      select id from users where external_id = $1::text
      union all
      select user_id from former_external_ids where external_id = $1::text
    ) ${BEST_FIRST}
`;
// The number that the person has, or one that they had before they were merged into another.
const BY_ID = `
  select ${PERSON_COLUMNS} from (
    select * from users u
    where u.id = coalesce((select merged_into from merged_people where id = $1::bigint), $1::bigint) ${BEST_FIRST}
`;
const BY_ALIAS = `
  select ${PERSON_COLUMNS} from (
    select * from users u
    where u.id in (select user_id from user_aliases where label = $3::text and name = $1::text) ${BEST_FIRST}
`;
const BY_ALIAS_NAME = `
  select ${PERSON_COLUMNS} from (
    select * from users u where u.id in (select user_id from user_aliases where name = $1::text) ${BEST_FIRST}
`;
const BY_EMAIL = `select ${PERSON_COLUMNS} from (select * from users u where ${EMAIL_KEY} = $1::text ${BEST_FIRST}`;
const BY_PHONE = `select ${PERSON_COLUMNS} from (select * from users u where ${PHONE_KEY} = $1::text ${BEST_FIRST}`;

const STATEMENTS: Readonly<Record<PersonReference['kind'], string>> = {
  externalId: BY_EXTERNAL_ID,
  id: BY_ID,
  alias: BY_ALIAS,
  aliasName: BY_ALIAS_NAME,
  email: BY_EMAIL,
  phone: BY_PHONE,
};

/** Everybody of that name, the one that `/users/track` would mean first; at most `limit`. Only the first with attributes. */
export async function findPeople(
  db: Queryable,
  reference: PersonReference,
  limit: number,
): Promise<readonly StoredUser[]> {
  const { kind } = reference;
  const values = kind === 'alias' ? [reference.name, limit, reference.label] : [soughtValue(reference), limit];
  const { rows } = await db.query<StoredUser>({ name: `findPeople:${kind}`, text: STATEMENTS[kind], values });
  return rows;
}

function soughtValue(reference: Exclude<PersonReference, { kind: 'alias' }>): string | number {
  if (reference.kind === 'email') return emailKey(reference.value);
  return reference.kind === 'phone' ? phoneKey(reference.value) : reference.value;
}
