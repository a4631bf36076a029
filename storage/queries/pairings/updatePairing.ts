import type { Outcome, PairingState, Reason } from '../../../domain/decision/reasons.js';
import type { HeldFor } from '../../../domain/decision/sending/heldFor.js';
import type { JsonObject } from '../../../domain/json.js';
import type { StorableText } from '../../../domain/schema/storableText.js';
import { instant, type Queryable } from '../../pool.js';

/** What of pairing `p` has gone out, or may have, by another of its channels: that decides its outcome, not what ends the rest. */
export const GONE_OUT = `
  (select case when bool_or(m.state = 'sent') then 'sent' when bool_or(m.state = 'unknown') then 'unknown' end
    from messages m where m.pairing_id = p.id)
`;

/** The reason that goes with GONE_OUT. */
export const GONE_OUT_REASON = `
  (select case when bool_or(m.state = 'sent') then 'sent' when bool_or(m.state = 'unknown') then 'no_answer' end
    from messages m where m.pairing_id = p.id)
`;

export interface PairingEnd {
  readonly pairingId: number;
  readonly from: readonly PairingState[];
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly evidence: JsonObject;
}

export interface Ended {
  readonly outcome: Outcome;
  readonly reason: Reason;
}

const END = `
  update pairings p set
    state = 'done', outcome = coalesce(${GONE_OUT}, $3::text), reason = coalesce(${GONE_OUT_REASON}, $4::text),
    evidence = $5::jsonb || case
      when coalesce(${GONE_OUT_REASON}, $4::text) = $4::text then '{}'
      else jsonb_build_object('restEndedBy', $4::text)
    end,
    settled_at = $6::timestamptz
  where p.id = $1::bigint and p.state = any($2::text[])
  returning p.outcome, p.reason
`;

/** Ends a pairing that is in one of the states `from`, under the user lock; null when it was not. */
export async function endPairing(tx: Queryable, end: PairingEnd, now: number): Promise<Ended | null> {
  const { rows } = await tx.query<Ended>({
    name: 'endPairing',
    text: END,
    values: [end.pairingId, end.from, end.outcome, end.reason, JSON.stringify(end.evidence), instant(now)],
  });
  return rows[0] ?? null;
}

const HOLD = `
  update pairings set
    wake_at = $2::timestamptz, planned_at = case when $3::boolean then $2::timestamptz else planned_at end,
    held_for = $4::text
  where id = $1::bigint and state in ('waiting', 'sending')
    and (wake_at <> $2::timestamptz or ($3::boolean and planned_at is distinct from $2::timestamptz))
`;

interface Holding {
  readonly until: number;
  readonly byRules?: boolean;
  readonly heldFor?: HeldFor | null;
}

/**
 * Until when it waits, or, while a claim of it is in doubt, when that is looked at again. `byRules`: the campaign's own
 * hours ask for it, so that lateness counts from its end.
 */
export async function holdPairing(
  tx: Queryable,
  pairingId: number,
  { until, byRules = false, heldFor = null }: Holding,
): Promise<void> {
  await tx.query({ name: 'holdPairing', text: HOLD, values: [pairingId, instant(until), byRules, heldFor] });
}

const PARK = `
  update pairings set
    state = 'parked', evidence = jsonb_build_object('error', $2::text),
    parked_at = statement_timestamp()
  where id = $1::bigint and state = 'waiting'
`;

/**
 * A pairing whose evaluation or rendering failed: visible, and left alone until an operator retries or discards it.
 * False when it no longer waits: then there is nothing to park.
 */
export async function parkPairing(tx: Queryable, pairingId: number, error: StorableText): Promise<boolean> {
  const { rowCount } = await tx.query({ name: 'parkPairing', text: PARK, values: [pairingId, error] });
  return rowCount === 1;
}
