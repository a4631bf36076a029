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

/** An address that more people have is crowded: they follow it later, page by page. */
const MOST_SHARERS = 100;

// Keys of the people themselves first, so that the index answers for them too.
const OF_PEOPLE = `
  select k.key, s.id, count(*) over (partition by k.key) as sharers
  from unnest(array(
    select ${EMAIL_KEY} from users where id = any($1::bigint[]) and email is not null
    union select unnest($2::text[])
  )) as k(key)
  cross join lateral (select id from users where ${EMAIL_KEY} = k.key limit ${MOST_SHARERS} + 1) s
`;

export interface EmailSharers {
  readonly ids: readonly number[];
  /** Keys of addresses that have too many of them to be read at once: of these none is in `ids`. */
  readonly crowded: readonly string[];
}

/** Everybody who has the e-mail address of one of the people, or one of the addresses. */
export async function findEmailSharers(
  tx: Queryable,
  { ids, emails }: { readonly ids: readonly number[]; readonly emails: readonly string[] },
): Promise<EmailSharers> {
  const values = [ids, emails.map(emailKey)];
  const { rows } = await tx.query<{ key: string; id: number; sharers: number }>({
    name: 'findEmailSharers',
    text: OF_PEOPLE,
    values,
  });
  const isCrowded = ({ sharers }: { readonly sharers: number }) => sharers > MOST_SHARERS;
  return {
    ids: rows.filter((row) => !isCrowded(row)).map(({ id }) => id),
    crowded: [...new Set(rows.filter(isCrowded).map(({ key }) => key))],
  };
}
