import type { Reason } from '../../../domain/decision/reasons.js';
import type { Json } from '../../../domain/json.js';
import { instant, type Queryable } from '../../pool.js';
import { ASKED_ONCE } from '../outbox/ask.js';
import { GONE_OUT, GONE_OUT_REASON } from './updatePairing.js';

export interface Cancellation {
  readonly pairingId: number;
  readonly reason: Reason;
  readonly evidence: { readonly [key: string]: Json };
}

// Only `waiting` rows: once dispatch has begun the message goes out (a later exception is found by the gates if the
// message comes back to `waiting`). That its run is to be closed is written with it.
const SQL = `
  with cancelled as (
    update pairings p set
      state = 'done', outcome = coalesce(${GONE_OUT}, 'cancelled'), reason = coalesce(${GONE_OUT_REASON}, c.reason),
      evidence = c.evidence, settled_at = $2::timestamptz
    from jsonb_to_recordset($1::jsonb) as c(pairing_id bigint, reason text, evidence jsonb)
    where p.id = c.pairing_id and p.state = 'waiting'
    returning p.id, p.campaign_id
  ), closing as (
    insert into outbox (target, target_id, kind, campaign_id) select 'pairing', id, 'close', campaign_id from cancelled
    ${ASKED_ONCE}
  )
  select id from cancelled
`;

/** Cancels those still waiting, under the lock of their user, and returns their ids. */
export async function cancelPairings(
  tx: Queryable,
  cancellations: readonly Cancellation[],
  now: number,
): Promise<ReadonlySet<number>> {
  if (cancellations.length === 0) return new Set();
  const rows = cancellations.map(({ pairingId, reason, evidence }) => ({ pairing_id: pairingId, reason, evidence }));
  const answer = await tx.query<{ id: number }>({
    name: 'cancelPairings',
    text: SQL,
    values: [JSON.stringify(rows), instant(now)],
  });
  return new Set(answer.rows.map((row) => row.id));
}
