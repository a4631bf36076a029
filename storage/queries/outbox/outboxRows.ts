import type { StorableText } from '../../../domain/schema/storableText.js';
import type { Queryable } from '../../pool.js';
import type { OutboxTarget, PairingKind } from './ask.js';
import { PAIRING_SUBJECT, type PairingJson, type PairingSubject, pairingSubjectOf } from './pairingSubject.js';

export interface OutboxRow {
  readonly id: number;
  readonly target: OutboxTarget;
  readonly kind: PairingKind;
  readonly attempts: number;
  readonly campaignId: number;
  /** Whether it was due at the claim, by the database's clock. */
  readonly isDue: boolean;
  /** What it is about, read with the claim; null: gone. */
  readonly subject: PairingSubject | null;
}

interface Row {
  readonly id: number;
  readonly target: OutboxTarget;
  readonly kind: PairingKind;
  readonly attempts: number;
  readonly campaign_id: number;
  readonly is_due: boolean;
  readonly subject: PairingJson | null;
}

/** What is read of a row's subject, by its target: one statement claims and reads all. */
const SUBJECTS: { readonly [T in OutboxTarget]: { readonly sql: string; of(json: PairingJson): PairingSubject } } = {
  pairing: { sql: PAIRING_SUBJECT, of: pairingSubjectOf },
};

// A lease, not a lock held over the calls to Temporal: a process that dies lets go of its rows when it ends.
// What else is asked of a run waits while the start of its own target is pending. Infrastructure time is the database's clock, of the
// statement: a volatile one could not bound the index. The count is one look-up a row, where "not exists" would
// read the whole outbox to hash it: an outage leaves it long.
const CLAIMABLE = `
  o.available_at <= statement_timestamp() and (
    o.kind = 'start'
    or (select count(*) from outbox s where s.target_id = o.target_id and s.kind = 'start' and s.target = o.target) = 0
  )
`;

// What is due now, $2 at most; of the rest what is due first, which Temporal holds back; and what is left of the batch, a
// tenth and one at least, for the ends of runs, which nobody waits for.
const DUE = `
  soonest as (
    select o.id from outbox o
    where o.kind <> 'close' and o.due_at <= statement_timestamp() and ${CLAIMABLE}
    order by o.due_at, o.id
    limit least($2::int, $1::int - $1::int / 10)
    for update skip locked
  ), later as (
    select o.id from outbox o
    where o.kind <> 'close' and o.due_at > statement_timestamp() and ${CLAIMABLE}
    order by o.due_at, o.id
    limit $1::int - $1::int / 10 - (select count(*) from soonest)
    for update skip locked
  ), closes as (
    select o.id from outbox o
    where o.kind = 'close' and ${CLAIMABLE}
    order by o.available_at, o.id
    limit greatest(1, $1::int - (select count(*) from soonest) - (select count(*) from later))
    for update skip locked
  ), due as (
    select id from soonest union all select id from later union all select id from closes
  )
`;

// One of each campaign that has nothing under way, what is due first of it, from campaign $2 on: a hop through the index
// for each campaign, whatever stands behind it. Looks at a hundred campaigns, and of each at its first hundred rows.
const IN_TURN = `
  recursive asking (campaign_id, nth) as (
    select min(o.campaign_id), 1 from outbox o where o.kind <> 'close' and o.campaign_id >= $2::bigint
    union all
    select (select min(o.campaign_id) from outbox o where o.kind <> 'close' and o.campaign_id > c.campaign_id), nth + 1
    from asking c where c.campaign_id is not null and nth < 100
  ), due as (
    select first.id
    from asking c cross join lateral (
      select o.id from outbox o
      where o.id = (
        select o.id from (
          select * from outbox w
          where w.campaign_id = c.campaign_id and w.kind <> 'close' and w.due_at <= statement_timestamp()
          order by w.due_at, w.id limit 100
        ) o
        where ${CLAIMABLE}
        order by o.due_at, o.id limit 1
      )
      for update skip locked
    ) first
    where c.campaign_id <> all($3::bigint[])
    limit $1::int
  )
`;

// What was carried out before goes with it: a row asked for again meanwhile has begun anew (`attempts`), and stays.
const claim = (due: string, done = '') => `
  with ${due}, ${done} leased as (
    update outbox o set available_at = clock_timestamp() + interval '30 seconds', attempts = o.attempts + 1
    from due where o.id = due.id
    returning o.id, o.target, o.target_id, o.kind, o.attempts, o.campaign_id, o.due_at <= statement_timestamp() as is_due
  )
  select l.id, l.target, l.kind, l.attempts, l.campaign_id, l.is_due, case l.target
    ${Object.entries(SUBJECTS)
      .map(([target, { sql }]) => `when '${target}' then ${sql}`)
      .join('\n')}
  end as subject
  from leased l
  order by l.id
`;

const DONE = `
  done as (
    delete from outbox o
    where o.id = any($3::bigint[]) and (o.id, o.attempts) in (select * from unnest($3::bigint[], $4::int[]))
  ),
`;

const CLAIM = claim(DUE, DONE);
const CLAIM_IN_TURN = claim(IN_TURN);

type Done = Pick<OutboxRow, 'id' | 'attempts'>;

/** What is due first, of what is due now `room` at most, with the ends of runs last; deletes what is `done`. */
export async function claimOutboxBatch(
  db: Queryable,
  { limit, room, done = [] }: { readonly limit: number; readonly room: number; readonly done?: readonly Done[] },
): Promise<readonly OutboxRow[]> {
  const values = [limit, room, done.map(({ id }) => id), done.map(({ attempts }) => attempts)];
  const { rows } = await db.query<Row>({ name: 'claimOutboxBatch', text: CLAIM, values });
  return rows.map(rowOf);
}

/**
 * What is due first of each campaign but the `busy` ones, one a campaign, of campaigns numbered `from` and above: a campaign
 * that asks for little does not wait behind one that asks for much.
 */
export async function claimInTurn(
  db: Queryable,
  { limit, from, busy }: { readonly limit: number; readonly from: number; readonly busy: readonly number[] },
): Promise<readonly OutboxRow[]> {
  const { rows } = await db.query<Row>({ name: 'claimInTurn', text: CLAIM_IN_TURN, values: [limit, from, busy] });
  return rows.map(rowOf);
}

function rowOf({ campaign_id: campaignId, is_due: isDue, subject, ...row }: Row): OutboxRow {
  return { ...row, campaignId, isDue, subject: subject === null ? null : SUBJECTS[row.target].of(subject) };
}

const DELETE = `
  delete from outbox o
  where o.id = any($1::bigint[]) and (o.id, o.attempts) in (select * from unnest($1::bigint[], $2::int[]))
`;

export async function deleteOutboxRows(db: Queryable, done: readonly Done[]): Promise<void> {
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

const DEPTH = `select count(*) as depth from (select from outbox limit 100000) o`;

/** How many rows wait, up to 100,000: a long backlog is not read whole at each look. */
export async function outboxDepth(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ depth: number }>({ name: 'outboxDepth', text: DEPTH });
  return rows[0]?.depth ?? 0;
}
