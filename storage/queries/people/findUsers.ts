import { emailKey, phoneKey } from '../../../domain/profile/contact.js';
import type { Queryable } from '../../pool.js';
import { EMAIL_KEY, PHONE_KEY } from './addressKeys.js';

export interface UserNames {
  readonly externalIds: readonly string[];
  readonly aliases: readonly { readonly label: string; readonly name: string }[];
  readonly userIds: readonly number[];
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

export interface FoundUser {
  readonly kind: 'externalId' | 'alias' | 'userId' | 'email' | 'phone';
  /** The value asked for; of addresses what they are compared by, of aliases the label. */
  readonly value: string;
  readonly name: string | null;
  readonly id: number;
}

// UT-05: of several people with one address, those with an external id first, then the most recently updated.
const SQL = `
  select 'externalId' as kind, external_id as value, null as name, user_id as id from former_external_ids
  where external_id = any($1::text[])
  union all
  select 'externalId', external_id, null, id from users where external_id = any($1::text[])
  union all
  select 'alias', a.label, a.name, a.user_id
  from unnest($2::text[], $3::text[]) as w(label, name) join user_aliases a on a.label = w.label and a.name = w.name
  union all
  select 'userId', w.id::text, null, u.id
  from unnest($4::bigint[]) as w(id)
  join users u on u.id = coalesce((select merged_into from merged_people m where m.id = w.id), w.id)
  union all
  select * from (
    select distinct on (${EMAIL_KEY}) 'email', ${EMAIL_KEY}, null, id from users where ${EMAIL_KEY} = any($5::text[])
    order by ${EMAIL_KEY}, (external_id is null), updated_at desc, id
  ) by_email
  union all
  select * from (
    select distinct on (${PHONE_KEY}) 'phone', ${PHONE_KEY}, null, id from users where ${PHONE_KEY} = any($6::text[])
    order by ${PHONE_KEY}, (external_id is null), updated_at desc, id
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
      names.emails.map(emailKey),
      names.phones.map(phoneKey),
    ],
  });
  return rows;
}
