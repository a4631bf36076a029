import { instant, type Queryable } from '../../pool.js';
import { ASKED_ONCE } from '../outbox/ask.js';
import { GONE_OUT, GONE_OUT_REASON } from './updatePairing.js';

// Campaign by campaign, by the index of their open pairings: those that have ended, by far the most, are never read.
const SELECT = `
  select p.id, p.user_id
  from campaigns c
  cross join lateral (
    select p.id, p.user_id from pairings p
    where p.campaign_id = c.id and p.generation < c.generation and p.state in ('waiting', 'parked')
    order by p.generation, p.id
    limit $1::int
  ) p
  limit $1::int
`;

/** Pairings that a stop or an archive has cancelled and nobody has settled yet. */
export async function selectOldGenerations(
  db: Queryable,
  limit: number,
): Promise<readonly { readonly id: number; readonly user_id: number }[]> {
  const { rows } = await db.query<{ id: number; user_id: number }>({
    name: 'selectOldGenerations',
    text: SELECT,
    values: [limit],
  });
  return rows;
}

const CLOSE = `
  with closed as (
    update pairings p set
      state = 'done', outcome = coalesce(${GONE_OUT}, 'cancelled'), settled_at = $2::timestamptz,
      reason = coalesce(
        ${GONE_OUT_REASON}, case when c.state = 'archived' then 'campaign_archived' else 'campaign_stopped' end
      )
    from campaigns c
    where (p.id, p.user_id) in (select * from unnest($1::bigint[], $3::bigint[])) and c.id = p.campaign_id
      and p.state in ('waiting', 'parked') and p.generation < c.generation
    returning p.id, p.campaign_id
  )
  insert into outbox (target, target_id, kind, campaign_id) select 'pairing', id, 'close', campaign_id from closed
  ${ASKED_ONCE}
`;

/** Settles those that are still these people's, under the locks of the people, and asks for their runs to be closed. */
export async function closeOldGenerations(
  tx: Queryable,
  pairings: readonly { readonly id: number; readonly user_id: number }[],
  now: number,
): Promise<void> {
  const values = [pairings.map(({ id }) => id), instant(now), pairings.map(({ user_id }) => user_id)];
  await tx.query({ name: 'closeOldGenerations', text: CLOSE, values });
}
