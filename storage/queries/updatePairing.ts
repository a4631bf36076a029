import type { Outcome, PairingState, Reason } from '../../domain/decision/reasons.js';
import type { JsonObject } from '../../domain/json.js';
import { instant, type Queryable } from '../pool.js';

export interface PairingEnd {
  readonly pairingId: number;
  readonly from: readonly PairingState[];
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly evidence: JsonObject;
}

const END = `
  update pairings set
    state = 'done', outcome = $3::text, reason = $4::text, evidence = $5::jsonb, settled_at = $6::timestamptz
  where id = $1::bigint and state = any($2::text[])
  returning id
`;

/** Ends a pairing that is in one of the states `from`, under the user lock; false when it was not. */
export async function endPairing(tx: Queryable, end: PairingEnd, now: number): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'endPairing',
    text: END,
    values: [end.pairingId, end.from, end.outcome, end.reason, JSON.stringify(end.evidence), instant(now)],
  });
  return rowCount === 1;
}

const HOLD = `
  update pairings set wake_at = $2::timestamptz where id = $1::bigint and state = 'waiting' and wake_at <> $2::timestamptz
`;

export async function holdPairing(tx: Queryable, pairingId: number, until: number): Promise<void> {
  await tx.query({ name: 'holdPairing', text: HOLD, values: [pairingId, instant(until)] });
}

const PARK = `
  update pairings set state = 'parked', evidence = jsonb_build_object('error', $2::text)
  where id = $1::bigint and state = 'waiting'
`;

/** A pairing whose evaluation or rendering failed: visible, and left alone until an operator retries or discards it. */
export async function parkPairing(tx: Queryable, pairingId: number, error: string): Promise<void> {
  await tx.query({ name: 'parkPairing', text: PARK, values: [pairingId, error] });
}
