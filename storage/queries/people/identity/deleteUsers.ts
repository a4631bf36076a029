import { instant, type Queryable } from '../../../pool.js';
import { ASKED_ONCE } from '../../outbox/ask.js';
import { GONE_OUT, GONE_OUT_REASON } from '../../pairings/updatePairing.js';
import { EMAIL_KEY } from '../addressKeys.js';

const EMAILS = `select distinct ${EMAIL_KEY} as key from users where id = any($1::bigint[]) and email is not null`;

/** What the e-mail addresses of these people are compared by. */
export async function selectEmailKeys(tx: Queryable, ids: readonly number[]): Promise<readonly string[]> {
  const { rows } = await tx.query<{ key: string }>({ name: 'selectEmailKeys', text: EMAILS, values: [ids] });
  return rows.map(({ key }) => key);
}

// A send that was begun by one that is parked may have arrived, and counts so.
const FORGET_CLAIMS = `
  update messages m set state = 'unknown', code = 'no_answer', lease_until = null, request = null
  from pairings p
  where p.user_id = any($1::bigint[]) and p.state = 'parked' and m.pairing_id = p.id and m.state = 'claimed'
`;

// What is being sent is not stopped any more: it is settled, as far as it went.
const END_WAITING = `
  with ended as (
    update pairings p set
      state = 'done', outcome = coalesce(${GONE_OUT}, 'cancelled'), reason = coalesce(${GONE_OUT_REASON}, 'user_deleted'),
      evidence = '{}', trigger_properties = '{}', settled_at = $2::timestamptz
    where p.user_id = any($1::bigint[]) and p.state in ('waiting', 'parked')
    returning p.id, p.campaign_id, p.outcome
  ), closing as (
    insert into outbox (target, target_id, kind, campaign_id) select 'pairing', id, 'close', campaign_id from ended
    ${ASKED_ONCE}
  )
  select count(*) filter (where outcome = 'cancelled') as cancelled from ended
`;

/** Ends what the people wait for, under their locks, and asks for the runs to be closed; returns how many are cancelled. */
export async function endWaitingOf(tx: Queryable, userIds: readonly number[], now: number): Promise<number> {
  await tx.query({ name: 'forgetClaimsOf', text: FORGET_CLAIMS, values: [userIds] });
  const { rows } = await tx.query<{ cancelled: number }>({
    name: 'endWaitingOf',
    text: END_WAITING,
    values: [userIds, instant(now)],
  });
  return rows[0]?.cancelled ?? 0;
}

// Aliases, former external ids, counters and receipts go with the row.
const DELETE = `
  with gone as (
    delete from users where id = any($1::bigint[]) returning id, ${EMAIL_KEY} as key
  ), left_to_do as (
    delete from unfinished where user_id in (select id from gone)
  ), erasing as (
    insert into unfinished (user_id, kind, after_id) select id, 'erased', 0 from gone order by id returning id, user_id
  )
  select gone.id as "userId", gone.key as "emailKey", erasing.id as "erasureId"
  from gone join erasing on erasing.user_id = gone.id
`;

export interface DeletedUser {
  readonly userId: number;
  /** Null: they had no address. */
  readonly emailKey: string | null;
  /** Of the row of `unfinished` that says what is still to be erased of them. */
  readonly erasureId: number;
}

/** Deletes the rows of people, under their locks. */
export async function deleteUsers(tx: Queryable, ids: readonly number[]): Promise<readonly DeletedUser[]> {
  const { rows } = await tx.query<DeletedUser>({ name: 'deleteUsers', text: DELETE, values: [ids] });
  return rows;
}

// By an array, which is looked up key by key: a plan for whatever keys would join all states there are.
const FORGET_ADDRESSES = `
  with gone as (
    select array_agg(key) as keys from unnest($1::text[]) as k(key)
    where not exists (select from users where ${EMAIL_KEY} = k.key)
  ), states as (
    delete from address_states where key = any((select keys from gone)::text[])
  )
  delete from address_changes where key = any((select keys from gone)::text[])
`;

/** What was said of addresses that nobody has any more; the caller holds the locks on their names. */
export async function forgetAddresses(tx: Queryable, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.query({ name: 'forgetAddresses', text: FORGET_ADDRESSES, values: [keys] });
}
