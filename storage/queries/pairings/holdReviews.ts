import { instant, type Queryable } from '../../pool.js';
import { ASKED_ANEW } from '../outbox/ask.js';

const REQUEST = `
  insert into hold_reviews (campaign_id) values ($1::bigint)
  on conflict (campaign_id) do update set requested_at = clock_timestamp(), barrier = null, after_id = 0
`;

/** With an edit of window, quiet hours or duration: holds that were decided by the old ones are decided again. */
export async function requestHoldReview(tx: Queryable, campaignId: number): Promise<void> {
  await tx.query({ name: 'requestHoldReview', text: REQUEST, values: [campaignId] });
}

// A transaction that read the campaign before the edit may still be about to write its hold. All such have a number
// below the barrier, which is taken after the edit committed: once none of them runs any more, no hold is missed.
const NEXT = `
  update hold_reviews r set barrier = coalesce(r.barrier, pg_snapshot_xmax(pg_current_snapshot()))
  where r.campaign_id = (select campaign_id from hold_reviews order by requested_at, campaign_id limit 1)
  returning r.campaign_id, r.after_id, r.barrier <= pg_snapshot_xmin(pg_current_snapshot()) as is_ready
`;

export interface HoldReview {
  readonly campaign_id: number;
  readonly after_id: number;
  readonly is_ready: boolean;
}

export async function nextHoldReview(db: Queryable): Promise<HoldReview | null> {
  const { rows } = await db.query<HoldReview>({ name: 'nextHoldReview', text: NEXT });
  return rows[0] ?? null;
}

// Beyond the due instant waits who is held; one whose dispatch has begun waits for its provider. So many who wait are
// looked at, held or not: a campaign whose people wait for their delay would otherwise be read whole by one statement.
// The count is one look-up a row, where "not exists" may read all messages to hash them.
const HELD = `
  select l.id, l.user_id, l.wake_at > greatest(l.due_at, $3::timestamptz)
    and (select count(*) from messages m where m.pairing_id = l.id) = 0 as is_held
  from (
    select p.id, p.user_id, p.due_at, p.wake_at from pairings p
    where p.campaign_id = $1::bigint and p.generation = (select generation from campaigns where id = $1::bigint)
      and p.state = 'waiting' and p.id > $2::bigint
    order by p.generation, p.id
    limit $4::int
  ) l
  order by l.id
`;

export interface LookedAt {
  readonly id: number;
  readonly user_id: number;
  readonly is_held: boolean;
}

/** The next `limit` that wait in the campaign's generation, by pairing id, and which of them are held. */
export async function selectHeld(
  db: Queryable,
  { campaign_id, after_id }: HoldReview,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<readonly LookedAt[]> {
  const { rows } = await db.query<LookedAt>({
    name: 'selectHeld',
    text: HELD,
    values: [campaign_id, after_id, instant(now), limit],
  });
  return rows;
}

const RELEASE = `
  with released as (
    update pairings p set
      wake_at = greatest(p.due_at, $2::timestamptz),
      planned_at = least(p.planned_at, greatest(p.due_at, $2::timestamptz))
    where p.id = any($1::bigint[]) and p.state = 'waiting' and p.wake_at > greatest(p.due_at, $2::timestamptz)
      and not exists (select from messages m where m.pairing_id = p.id)
    returning p.id, p.campaign_id
  )
  insert into outbox (target, target_id, kind, campaign_id) select 'pairing', id, 'rescheduled', campaign_id from released
  ${ASKED_ANEW}
`;

/** They are to be decided at once, under the locks of their users. */
export async function releaseHolds(tx: Queryable, pairingIds: readonly number[], now: number): Promise<void> {
  await tx.query({ name: 'releaseHolds', text: RELEASE, values: [pairingIds, instant(now)] });
}

const ADVANCE = `update hold_reviews set after_id = $2::bigint where campaign_id = $1::bigint and barrier is not null`;

/** Not where a further edit began the review anew. */
export async function advanceHoldReview(tx: Queryable, campaignId: number, afterId: number): Promise<void> {
  await tx.query({ name: 'advanceHoldReview', text: ADVANCE, values: [campaignId, afterId] });
}

const FINISH = `delete from hold_reviews where campaign_id = $1::bigint and barrier is not null`;

export async function finishHoldReview(tx: Queryable, campaignId: number): Promise<void> {
  await tx.query({ name: 'finishHoldReview', text: FINISH, values: [campaignId] });
}
