/** The state of an e-mail address, and what the profiles that share it have still to follow; see migration 24. */
import type { AttributeChange } from '../../../domain/profile/attributes/attributeChange.js';
import type { SubscriptionState } from '../../../domain/profile/subscriptionStates.js';
import type { Queryable } from '../../pool.js';
import { PAGE_BYTES } from '../events/storedHistory.js';
import { EMAIL_KEY } from './addressKeys.js';

// In sorted order, after the people. A row is made, so that there is something to lock.
const LOCK = `
  insert into address_states as s (key, state)
  select key, 'subscribed' from unnest($1::text[]) as k(key) order by key
  on conflict (key) do update set state = s.state
  returning key, state
`;

/** Addresses as they are, and held until the transaction ends. */
export async function lockAddressStates(
  tx: Queryable,
  keys: readonly string[],
): Promise<ReadonlyMap<string, SubscriptionState>> {
  const { rows } = await tx.query<{ key: string; state: SubscriptionState }>({
    name: 'lockAddressStates',
    text: LOCK,
    values: [keys],
  });
  return new Map(rows.map(({ key, state }) => [key, state]));
}

const SET = `
  insert into address_states (key, state)
  select key, state from unnest($1::text[], $2::text[]) as k(key, state) order by key
  on conflict (key) do update set state = excluded.state
`;

export async function setAddressStates(tx: Queryable, states: ReadonlyMap<string, SubscriptionState>): Promise<void> {
  if (states.size === 0) return;
  await tx.query({ name: 'setAddressStates', text: SET, values: [[...states.keys()], [...states.values()]] });
}

export interface AddressChange {
  readonly key: string;
  readonly change: AttributeChange;
}

// What was said before of the same field is no longer true of anybody. The same said again is gone on with: those who
// have followed it have followed it, and a backend that tells each of a crowd the same would begin anew each time.
const INSERT = `
  insert into address_changes as c (key, name, change)
  select key, name, change from jsonb_to_recordset($1::jsonb) as n(key text, name text, change jsonb) order by key, name
  on conflict (key, name) do update set change = excluded.change,
    after_id = case when c.change = excluded.change then c.after_id else 0 end,
    tried_at = case when c.change = excluded.change then c.tried_at end
`;

/** Asks for everybody who has these addresses to follow. */
export async function insertAddressChanges(tx: Queryable, changes: readonly AddressChange[]): Promise<void> {
  if (changes.length === 0) return;
  const latest = new Map(changes.map(({ key, change }) => [JSON.stringify([key, change.name]), { key, change }]));
  const rows = [...latest.values()].map(({ key, change }) => ({ key, name: change.name, change }));
  await tx.query({ name: 'insertAddressChanges', text: INSERT, values: [JSON.stringify(rows)] });
}

const FORGET = `
  delete from address_changes where (key, name) in (select * from unnest($1::text[], $2::text[]))
`;

/** What was still to follow of what has now been said to everybody of these addresses. */
export async function forgetAddressChanges(tx: Queryable, changes: readonly AddressChange[]): Promise<void> {
  if (changes.length === 0) return;
  const values = [changes.map(({ key }) => key), changes.map(({ change }) => change.name)];
  await tx.query({ name: 'forgetAddressChanges', text: FORGET, values });
}

const NEXT = `
  update address_changes set tried_at = clock_timestamp()
  where id = (select id from address_changes order by tried_at nulls first, id limit 1 for update skip locked)
  returning id, key, after_id
`;

export interface AddressChangeRow {
  readonly id: number;
  readonly key: string;
  readonly after_id: number;
}

/** Which address is to be gone on with; null: none. */
export async function nextAddressChange(db: Queryable): Promise<AddressChangeRow | null> {
  const { rows } = await db.query<AddressChangeRow>({ name: 'nextAddressChange', text: NEXT, values: [] });
  return rows[0] ?? null;
}

// Cut by bytes too: each profile has up to 1 MB, and is read when it is locked.
const SHARERS = `
  select u.id, u.found from (
    select u.id, u.size, count(*) over () as found, sum(u.size) over (order by u.id rows unbounded preceding) as bytes
    from (
      select id, octet_length(attributes::text) as size from users
      where ${EMAIL_KEY} = $1::text and id > $2::bigint
      order by id
      limit $3::int
    ) u
  ) u
  where u.bytes - u.size < ${PAGE_BYTES}
  order by u.id
`;

/** The next of those who have the address, by id; `isLast`: there are no more. */
export async function selectSharersPage(
  db: Queryable,
  { key, after_id }: AddressChangeRow,
  limit: number,
): Promise<{ readonly ids: readonly number[]; readonly isLast: boolean }> {
  const { rows } = await db.query<{ id: number; found: number }>({
    name: 'selectSharersPage',
    text: SHARERS,
    values: [key, after_id, limit],
  });
  const found = rows[0]?.found ?? 0;
  return { ids: rows.map(({ id }) => id), isLast: found < limit && rows.length === found };
}

const READ = `
  select change from address_changes where id = $1::bigint and after_id = $2::bigint for update
`;

/** What they are to follow, under their locks; null: something else was said meanwhile. */
export async function readAddressChange(
  tx: Queryable,
  { id, after_id }: AddressChangeRow,
): Promise<AttributeChange | null> {
  const { rows } = await tx.query<{ change: AttributeChange }>({
    name: 'readAddressChange',
    text: READ,
    values: [id, after_id],
  });
  return rows[0]?.change ?? null;
}

const ADVANCE = `update address_changes set after_id = $2::bigint where id = $1::bigint`;
const FINISH = `delete from address_changes where id = $1::bigint`;

/** `afterId` null: everybody has followed. */
export async function advanceAddressChange(tx: Queryable, id: number, afterId: number | null): Promise<void> {
  if (afterId === null) await tx.query({ name: 'finishAddressChange', text: FINISH, values: [id] });
  else await tx.query({ name: 'advanceAddressChange', text: ADVANCE, values: [id, afterId] });
}
