import { emailKey, phoneKey } from '../../domain/profile/contact.js';
import type { Queryable } from '../pool.js';
import { EMAIL_KEY, PHONE_KEY } from './addressKeys.js';

const BY_PHONE = `select id from users where ${PHONE_KEY} = any($1::text[])`;

/** Everybody who has one of the phone numbers. */
export async function findPhoneSharers(tx: Queryable, phones: readonly string[]): Promise<readonly number[]> {
  const values = [phones.map(phoneKey)];
  const { rows } = await tx.query<{ id: number }>({ name: 'findPhoneSharers', text: BY_PHONE, values });
  return rows.map(({ id }) => id);
}

// Keys of the people themselves first, so that the index answers for them too.
const OF_PEOPLE = `
  select id from users where ${EMAIL_KEY} = any(array(
    select ${EMAIL_KEY} from users where id = any($1::bigint[]) and email is not null
    union select unnest($2::text[])
  ))
`;

/** Everybody who has the e-mail address of one of the people, or one of the addresses. */
export async function findEmailSharers(
  tx: Queryable,
  { ids, emails }: { readonly ids: readonly number[]; readonly emails: readonly string[] },
): Promise<readonly number[]> {
  const values = [ids, emails.map(emailKey)];
  const { rows } = await tx.query<{ id: number }>({ name: 'findEmailSharers', text: OF_PEOPLE, values });
  return rows.map(({ id }) => id);
}
