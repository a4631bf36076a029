import type { Profile } from '../../../domain/profile/profile.js';
import type { SubscriptionState } from '../../../domain/profile/subscriptionStates.js';
import type { Queryable } from '../../pool.js';
import { EMAIL_KEY } from './addressKeys.js';
import { type ProfileRow, profileColumns, profileOf } from './profileColumns.js';

export interface LockedUser {
  readonly id: number;
  readonly version: number;
  readonly profile: Profile;
  /** Whether the profile has ever had an e-mail address, told of as added (AB-07). */
  readonly hasHadEmail: boolean;
}

export interface KnownUser extends LockedUser {
  /** The state of the person's address; null: nothing was ever said of it. */
  readonly addressState: SubscriptionState | null;
}

export interface UserRow extends ProfileRow {
  readonly id: number;
  readonly version: number;
}

// The user's row is the lock of everything about a person. A statement of its own, so that what is read afterwards
// is read under the lock; `no key` because foreign keys to users must not wait for it.
const COLUMNS = `u.id, u.version, ${profileColumns('u')}, u.email_added_at is not null as has_had_email`;

const SQL = `
  select ${COLUMNS} from users u where id = any($1::bigint[])
  order by id
  for no key update
`;

const BY_EXTERNAL_ID = `
  select ${COLUMNS}, (select s.state from address_states s where s.key = ${EMAIL_KEY}) as address_state
  from users u where external_id = any($1::text[])
  order by id
  for no key update
`;

// One row, as most of what hundreds of them cost is their being sent and read one by one; two lists, as JavaScript
// keeps each name of a field that it has never met in a table of its own (5 % of the API's time).
const IDS_BY_EXTERNAL_ID = `
  select coalesce(json_agg(id), '[]') as ids, coalesce(json_agg(external_id), '[]') as external_ids from (
    select id, external_id from users where external_id = any($1::text[])
    order by id
    for no key update
  ) locked
`;

/** Locks the users in id order and returns them as they are under the lock; missing ids are absent. */
export async function lockUsers(tx: Queryable, ids: readonly number[]): Promise<readonly LockedUser[]> {
  const { rows } = await tx.query<LockedRow>({
    name: 'lockUsers',
    text: SQL,
    values: [ids],
  });
  return rows.map(lockedUserOf);
}

const ROWS = `select from users where id = any($1::bigint[]) order by id for no key update`;

/** Locks them likewise and reads nothing, as a thousand people may have a thousand MB of attributes; returns how many there are. */
export async function lockUserRows(tx: Queryable, ids: readonly number[]): Promise<number> {
  const { rowCount } = await tx.query({ name: 'lockUserRows', text: ROWS, values: [[...new Set(ids)]] });
  return rowCount ?? 0;
}

/** The same by external id, for people who exist: nobody need be looked for first. */
export async function lockUsersByExternalId(
  tx: Queryable,
  externalIds: readonly string[],
): Promise<readonly KnownUser[]> {
  const { rows } = await tx.query<LockedRow & { readonly address_state: SubscriptionState | null }>({
    name: 'lockUsersByExternalId',
    text: BY_EXTERNAL_ID,
    values: [externalIds],
  });
  return rows.map((row) => ({ ...lockedUserOf(row), addressState: row.address_state }));
}

/** The same, without their profiles: most requests bring events that no campaign asks about. */
export async function lockIdsByExternalId(
  tx: Queryable,
  externalIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await tx.query<{ ids: readonly number[]; external_ids: readonly string[] }>({
    name: 'lockIdsByExternalId',
    text: IDS_BY_EXTERNAL_ID,
    values: [externalIds],
  });
  const { ids = [], external_ids: names = [] } = rows[0] ?? {};
  const byName = new Map<string, number>();
  for (const [position, id] of ids.entries()) byName.set(names[position] ?? '', id);
  return byName;
}

type LockedRow = UserRow & { readonly has_had_email: boolean };

function lockedUserOf(row: LockedRow): LockedUser {
  return { id: row.id, version: row.version, profile: profileOf(row), hasHadEmail: row.has_had_email };
}
