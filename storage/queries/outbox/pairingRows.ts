// Statements about rows of the outbox whose target is a pairing.
import { instant, type Queryable } from '../../pool.js';
import { ASKED_ONCE } from './ask.js';

const FORGET_CLOSES = `
  delete from outbox where target = 'pairing' and kind = 'close' and target_id = any($1::bigint[])
`;

/** Of pairings that ended before their runs were begun: there is nothing to tell. */
export async function forgetCloses(db: Queryable, pairingIds: readonly number[]): Promise<void> {
  await db.query({ name: 'forgetCloses', text: FORGET_CLOSES, values: [pairingIds] });
}

// Bounded: of what is due first, the part that asks for nothing any more. By lists of ids, so that no plan made while the
// outbox was empty compares all with all.
const DROP_IDLE = `
  with looked_at as (
    select o.id from outbox o where o.kind <> 'close' and o.available_at <= statement_timestamp()
    order by o.due_at, o.id limit $1::int
  ), idle as (
    select o.id, o.kind, o.target_id from outbox o join pairings p on p.id = o.target_id
    where o.id = any(array(select id from looked_at)) and o.target = 'pairing' and (
      (o.kind in ('wake', 'rescheduled') and p.state not in ('waiting', 'sending'))
      or (o.kind = 'start' and o.attempts = 0 and p.state = 'done')
    )
    for update of o skip locked
  ), untold as (
    delete from outbox
    where target = 'pairing' and kind = 'close'
      and target_id = any(array(select target_id from idle where kind = 'start'))
  )
  delete from outbox where id = any(array(select id from idle))
`;

/**
 * Drops what asks for nothing any more: wake-ups of pairings that have ended, and starts, never tried, of such, with what
 * their runs would have been told. Looks at `limit` rows; returns how many went.
 */
export async function dropIdleRows(db: Queryable, limit: number): Promise<number> {
  const { rowCount } = await db.query({ name: 'dropIdleRows', text: DROP_IDLE, values: [limit] });
  return rowCount ?? 0;
}

// One row a pairing, bounded: what should have happened long ago is woken again, not all at once.
const WAKE_OVERDUE = `
  with overdue as (
    select p.id, p.campaign_id from pairings p
    where p.wake_at < $1::timestamptz and (
      p.state = 'waiting' or (p.state = 'sending' and not exists (
        select from messages m where m.pairing_id = p.id and m.state = 'claimed' and m.lease_until >= $1::timestamptz
      ))
    )
    order by p.wake_at
    limit $2::int
  )
  insert into outbox (target, target_id, kind, campaign_id) select 'pairing', id, 'wake', campaign_id from overdue
  ${ASKED_ONCE}
`;

/** Asks for a wake-up of pairings waiting since before `overdueSince`, or sending with a lease that ended before it. */
export async function wakeOverduePairings(db: Queryable, overdueSince: number, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'wakeOverduePairings',
    text: WAKE_OVERDUE,
    values: [instant(overdueSince), limit],
  });
  return rowCount ?? 0;
}
