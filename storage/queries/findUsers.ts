import type { Queryable } from '../pool.js';

export interface UserNames {
  readonly externalIds: readonly string[];
  readonly aliases: readonly { readonly label: string; readonly name: string }[];
  readonly userIds: readonly number[];
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

export interface FoundUser {
  readonly kind: 'externalId' | 'alias' | 'userId' | 'email' | 'phone';
  /** The value asked for; for aliases `label` and `name`. */
  readonly value: string;
  readonly name: string | null;
  readonly id: number;
}

// UT-05: of several people with one address, those with an external id first, then the most recently updated.
const SQL = `
  select 'externalId' as kind, external_id as value, null as name, id from users where external_id = any($1::text[])
  union all
  select 'alias', a.label, a.name, a.user_id
  from unnest($2::text[], $3::text[]) as w(label, name) join user_aliases a on a.label = w.label and a.name = w.name
  union all
  select 'userId', id::text, null, id from users where id = any($4::bigint[])
  union all
  select * from (
    select distinct on (email) 'email', email, null, id from users where email = any($5::text[])
    order by email, (external_id is null), updated_at desc, id
  ) by_email
  union all
  select * from (
    select distinct on (phone) 'phone', phone, null, id from users where phone = any($6::text[])
    order by phone, (external_id is null), updated_at desc, id
  ) by_phone
`;

export async function findUsers(tx: Queryable, names: UserNames): Promise<readonly FoundUser[]> {
  const { rows } = await tx.query<FoundUser>({
    name: 'findUsers',
    text: SQL,
    values: [
      names.externalIds,
      names.aliases.map((alias) => alias.label),
      names.aliases.map((alias) => alias.name),
      names.userIds,
      names.emails,
      names.phones,
    ],
  });
  return rows;
}
