import type { Campaign } from '../../../domain/campaign/campaign.js';
import type { Outcome, PairingState, Reason } from '../../../domain/decision/reasons.js';
import type { StorableText } from '../../../domain/schema/storableText.js';
import { instant, type Queryable } from '../../pool.js';
import type { CampaignRow } from '../campaigns/campaignRow.js';
import { campaignOf } from '../campaigns/campaignRow.js';
import { RUN_CAMPAIGN } from '../messages/runCampaign.js';

/** `close`: the pairing has ended without its run, which is told the outcome. */
export type OutboxKind = 'start' | 'close' | 'rescheduled' | 'wake';

export interface OutboxEffect {
  readonly id: number;
  readonly kind: OutboxKind;
  readonly attempts: number;
  readonly pairingId: number;
  readonly userId: number;
  readonly occurrenceKey: string;
  readonly state: PairingState;
  readonly outcome: Outcome | null;
  readonly reason: Reason | null;
  /** As of now, not of the time the row was written. */
  readonly wakeAt: number;
  /** How its run names the campaign. */
  readonly runCampaign: string;
  /** The person's own time zone; null where it is not known. */
  readonly timeZone: string | null;
  readonly triggeredAt: number;
  /** Compiled when asked for: one that does not compile throws there, and so holds up its own effects only. */
  readonly campaign: Campaign;
}

interface Row extends Omit<CampaignRow, 'id' | 'state'> {
  readonly id: number;
  readonly kind: OutboxKind;
  readonly attempts: number;
  readonly pairing_id: number;
  readonly user_id: number;
  readonly occurrence_key: string;
  readonly pairing_state: PairingState;
  readonly outcome: Outcome | null;
  readonly reason: Reason | null;
  readonly wake_at: number;
  readonly run_campaign: string;
  readonly time_zone: string | null;
  readonly trigger_time: number;
  readonly campaign_id: number;
  readonly campaign_state: CampaignRow['state'];
}

// A lease, not a lock held over the calls to Temporal: a process that dies lets go of its rows when it ends.
// What else is asked of a run waits while the start of its own pairing is pending. Infrastructure time is the database's clock, of the
// statement: a volatile one could not bound the index. The count is one look-up a row, where "not exists" would
// read the whole outbox to hash it: an outage leaves it long.
const CLAIMABLE = `
  o.available_at <= statement_timestamp() and (
    o.kind = 'start' or (select count(*) from outbox s where s.pairing_id = o.pairing_id and s.kind = 'start') = 0
  )
`;

// What is due first, and what is left of the batch, a tenth at least, for the ends of runs, which nobody waits for.
const DUE = `
  soonest as (
    select o.id from outbox o
    where o.kind <> 'close' and ${CLAIMABLE}
    order by o.due_at, o.id
    limit $1::int - greatest(1, $1::int / 10)
    for update skip locked
  ), closes as (
    select o.id from outbox o
    where o.kind = 'close' and ${CLAIMABLE}
    order by o.available_at, o.id
    limit $1::int - (select count(*) from soonest)
    for update skip locked
  ), due as (
    select id from soonest union all select id from closes
  )
`;

// What came last of what is due, so that one who comes behind thousands of another campaign does not wait for them.
const NEWEST = `
  due as (
    select o.id from outbox o
    where o.kind <> 'close' and o.due_at <= statement_timestamp() and ${CLAIMABLE}
      and o.id > (select max(id) from outbox) - 2000
    order by o.id desc
    limit $1::int
    for update skip locked
  )
`;

const claim = (due: string) => `
  with ${due}, leased as (
    update outbox o set available_at = clock_timestamp() + interval '30 seconds', attempts = o.attempts + 1
    from due where o.id = due.id
    returning o.id, o.kind, o.attempts, o.pairing_id
  )
  select
    l.id, l.kind, l.attempts, l.pairing_id, p.user_id, p.occurrence_key, p.state as pairing_state,
    p.outcome, p.reason, p.wake_at, ${RUN_CAMPAIGN} as run_campaign, u.time_zone,
    p.trigger_time,
    c.id as campaign_id, c.key, c.name, c.version, c.generation, c.state as campaign_state, c.active_since, v.definition
  from leased l
  join pairings p on p.id = l.pairing_id
  join campaigns c on c.id = p.campaign_id
  join campaign_versions v on v.campaign_id = c.id and v.version = c.version
  left join users u on u.id = p.user_id
  order by l.id
`;

const CLAIM = claim(DUE);
const CLAIM_NEWEST = claim(NEWEST);

/** What is due first, with the ends of runs last. */
export async function claimOutboxBatch(db: Queryable, limit: number): Promise<readonly OutboxEffect[]> {
  const { rows } = await db.query<Row>({ name: 'claimOutboxBatch', text: CLAIM, values: [limit] });
  return rows.map(effectOf);
}

/** What was asked for last. */
export async function claimNewest(db: Queryable, limit: number): Promise<readonly OutboxEffect[]> {
  const { rows } = await db.query<Row>({ name: 'claimNewest', text: CLAIM_NEWEST, values: [limit] });
  return rows.map(effectOf);
}

function effectOf(row: Row): OutboxEffect {
  let campaign: Campaign | null = null;
  return {
    id: row.id,
    kind: row.kind,
    attempts: row.attempts,
    pairingId: row.pairing_id,
    userId: row.user_id,
    occurrenceKey: row.occurrence_key,
    state: row.pairing_state,
    outcome: row.outcome,
    reason: row.reason,
    wakeAt: row.wake_at,
    runCampaign: row.run_campaign,
    timeZone: row.time_zone,
    triggeredAt: row.trigger_time,
    get campaign() {
      campaign ??= campaignOf({ ...row, id: row.campaign_id, state: row.campaign_state });
      return campaign;
    },
  };
}

// A row asked for again while it was carried out has begun anew (`attempts`), and stays.
const DELETE = `
  delete from outbox o
  where o.id = any($1::bigint[]) and (o.id, o.attempts) in (select * from unnest($1::bigint[], $2::int[]))
`;

export async function deleteOutboxRows(
  db: Queryable,
  done: readonly Pick<OutboxEffect, 'id' | 'attempts'>[],
): Promise<void> {
  if (done.length === 0) return;
  const values = [done.map(({ id }) => id), done.map(({ attempts }) => attempts)];
  await db.query({ name: 'deleteOutboxRows', text: DELETE, values });
}

const POSTPONE = `
  update outbox set available_at = clock_timestamp() + $2::int * interval '1 millisecond', last_error = $3::text
  where id = $1::bigint
`;

export async function postponeOutboxRow(
  db: Queryable,
  { id, delayMs, error }: { readonly id: number; readonly delayMs: number; readonly error: StorableText },
): Promise<void> {
  await db.query({ name: 'postponeOutboxRow', text: POSTPONE, values: [id, delayMs, error] });
}

const FORGET_CLOSES = `delete from outbox where kind = 'close' and pairing_id = any($1::bigint[])`;

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
    select o.id, o.kind, o.pairing_id from outbox o join pairings p on p.id = o.pairing_id
    where o.id = any(array(select id from looked_at)) and (
      (o.kind in ('wake', 'rescheduled') and p.state not in ('waiting', 'sending'))
      or (o.kind = 'start' and o.attempts = 0 and p.state = 'done')
    )
    for update of o skip locked
  ), untold as (
    delete from outbox
    where kind = 'close' and pairing_id = any(array(select pairing_id from idle where kind = 'start'))
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

const DEPTH = `select count(*) as depth from (select from outbox limit 100000) o`;

/** How many rows wait, up to 100,000: a long backlog is not read whole at each look. */
export async function outboxDepth(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ depth: number }>({ name: 'outboxDepth', text: DEPTH });
  return rows[0]?.depth ?? 0;
}

// One row a pairing, bounded: what should have happened long ago is woken again, not all at once.
const WAKE_OVERDUE = `
  insert into outbox (kind, pairing_id)
  select 'wake', p.id from pairings p
  where p.wake_at < $1::timestamptz and (
    p.state = 'waiting' or (p.state = 'sending' and not exists (
      select from messages m where m.pairing_id = p.id and m.state = 'claimed' and m.lease_until >= $1::timestamptz
    ))
  )
  order by p.wake_at
  limit $2::int
  on conflict (pairing_id, kind) do nothing
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
