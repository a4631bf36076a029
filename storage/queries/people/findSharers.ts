import { emailKey, phoneKey } from '../../../domain/profile/contact.js';
import type { SubscriptionState } from '../../../domain/profile/subscriptionStates.js';
import type { Queryable } from '../../pool.js';
import { PAGE_BYTES } from '../events/storedHistory.js';
import { EMAIL_KEY, PHONE_KEY } from './addressKeys.js';

/** Those of a phone number have e-mail addresses, which up to 100 others share. */
const PHONE_PAGE = 100;

// Number by number, each by the index in which its people stand by id. Cut by bytes too: each profile has up to 1 MB, and is
// read when it is locked. One row at least.
const BY_PHONE = `
  select u.id from (
    select u.id, u.size, sum(u.size) over (order by u.id rows unbounded preceding) as bytes
    from (
      select s.id, s.size
      from (select distinct phone from unnest($1::text[]) as p(phone)) k
      cross join lateral (
        select id, octet_length(attributes::text) as size from users
        where ${PHONE_KEY} = k.phone and id > $2::bigint
        order by ${PHONE_KEY}, id
        limit ${PHONE_PAGE}
      ) s
      order by s.id
      limit ${PHONE_PAGE}
    ) u
  ) u
  where u.bytes - u.size < ${PAGE_BYTES}
  order by u.id
`;

/** The next of those who have one of the phone numbers, by id, as many as are changed in one transaction; none: all were. */
export async function findPhoneSharers(
  db: Queryable,
  phones: readonly string[],
  afterId: number,
): Promise<readonly number[]> {
  const values = [phones.map(phoneKey), afterId];
  const { rows } = await db.query<{ id: number }>({ name: 'findPhoneSharers', text: BY_PHONE, values });
  return rows.map(({ id }) => id);
}

/** An address that more people have is crowded: they follow it later, page by page. */
const MOST_SHARERS = 100;

/**
 * So is one with which too many large profiles would be locked, of all the addresses of a request: a profile has up to 1 MB,
 * and 75 addresses of 100 such people would be 7.5 GB.
 */
const MOST_LARGE = 20;
/** Attributes that are longer than this as stored, or compressed, may be of any size; to tell of which would cost reading them. */
const LARGE_BYTES = 2_000;

// Keys of the people themselves first, so that the index answers for them too. The people themselves are locked anyway.
const OF_PEOPLE = `
  select k.key, s.id, a.state, count(s.id) over (partition by k.key) > ${MOST_SHARERS}
    or count(*) filter (where s.is_large) over (order by k.key) > ${MOST_LARGE} as is_crowded
  from unnest(array(
    select ${EMAIL_KEY} from users where id = any($1::bigint[]) and email is not null
    union select unnest($2::text[])
  )) as k(key)
  left join lateral (select state from address_states where key = k.key limit 1) a on true
  left join lateral (
    select id, id <> all($1::bigint[])
      and (pg_column_size(attributes) > ${LARGE_BYTES} or pg_column_compression(attributes) is not null) as is_large
    from users where ${EMAIL_KEY} = k.key
    limit ${MOST_SHARERS} + 1
  ) s on true
`;

export interface EmailSharers {
  readonly ids: readonly number[];
  /** Keys of addresses that have too many of them to be read at once: of these none is in `ids`. */
  readonly crowded: readonly string[];
  /** The state of each address of which anything was ever said, by key. */
  readonly states: ReadonlyMap<string, SubscriptionState>;
}

interface Row {
  readonly key: string;
  /** Null: nobody has the address. */
  readonly id: number | null;
  readonly state: SubscriptionState | null;
  readonly is_crowded: boolean;
}

/** Everybody who has the e-mail address of one of the people, or one of the addresses. */
export async function findEmailSharers(
  tx: Queryable,
  { ids, emails }: { readonly ids: readonly number[]; readonly emails: readonly string[] },
): Promise<EmailSharers> {
  const values = [ids, emails.map(emailKey)];
  const { rows } = await tx.query<Row>({ name: 'findEmailSharers', text: OF_PEOPLE, values });
  return {
    ids: rows.flatMap(({ id, is_crowded }) => (id === null || is_crowded ? [] : [id])),
    crowded: [...new Set(rows.flatMap(({ key, is_crowded }) => (is_crowded ? [key] : [])))],
    states: new Map(rows.flatMap(({ key, state }) => (state === null ? [] : [[key, state]]))),
  };
}
