import { instant, type Queryable } from '../../pool.js';
import { ASKED_ANEW } from '../outbox/ask.js';

export interface Rescheduled {
  readonly id: number;
  readonly dueAt: number;
  readonly plannedAt: number;
  readonly wakeAt: number;
}

// Who is to wake earlier than now planned is told; who later finds out when the run wakes. A hint still in the outbox
// may already be on its way, from before this change: it is made new, so that the drain does not delete it as done.
const SQL = `
  with planned as (
    select r.id, r.due_at, r.planned_at, r.wake_at, p.wake_at as woke_at
    from jsonb_to_recordset($1::jsonb) as r(id bigint, due_at timestamptz, planned_at timestamptz, wake_at timestamptz)
    join pairings p on p.id = r.id
  ), moved as (
    update pairings p set due_at = r.due_at, planned_at = r.planned_at, wake_at = r.wake_at
    from planned r
    where p.id = r.id and p.state = 'waiting'
    returning p.id, p.campaign_id, r.wake_at < r.woke_at as is_earlier
  ), earlier as (
    select id, campaign_id from moved where is_earlier
  ), hinted as (
    insert into outbox (target, target_id, kind, campaign_id) select 'pairing', id, 'rescheduled', campaign_id from earlier
    ${ASKED_ANEW}
    returning id
  )
  select count(*) as hints from hinted
`;

/** Moves waiting pairings, under the lock of their users; returns how many are to be woken earlier. */
export async function reschedulePairings(tx: Queryable, pairings: readonly Rescheduled[]): Promise<number> {
  if (pairings.length === 0) return 0;
  const moved = pairings.map(({ id, dueAt, plannedAt, wakeAt }) => ({
    id,
    due_at: instant(dueAt),
    planned_at: instant(plannedAt),
    wake_at: instant(wakeAt),
  }));
  const { rows } = await tx.query<{ hints: number }>({
    name: 'reschedulePairings',
    text: SQL,
    values: [JSON.stringify(moved)],
  });
  return rows[0]?.hints ?? 0;
}
