import { EvaluationError, evaluating } from '../domain/decision/evaluation.js';
import { RappelError } from '../domain/errors.js';
import type { Profile } from '../domain/profile/profile.js';
import type { TransactionClient } from '../storage/pool.js';
import { insertAuditRow } from '../storage/queries/operations/insertAuditRow.js';
import {
  forgetClaims,
  type ParkedPairing,
  retryParkedPairing,
  selectParkedPairing,
} from '../storage/queries/pairings/parkedPairings.js';
import { endPairing } from '../storage/queries/pairings/updatePairing.js';
import { lockUsers } from '../storage/queries/people/lockUsers.js';
import { withTransaction } from '../storage/withTransaction.js';
import { decideParked } from '../stream/decideParked.js';
import { lockPersonOf } from '../stream/identity/lockPersonOf.js';
import type { ApiDeps } from './deps.js';

/**
 * What an operator does with a parked pairing, each in one transaction under the lock of its person and with its
 * audit row. A retry of one that never passed the entry gates passes them first: a broken audience is no open door.
 */
export interface ParkedChange {
  readonly pairingId: number;
  readonly apiKeyId: number;
}

export type Changed =
  | { readonly state: 'waiting'; readonly dueAt: number }
  | { readonly state: 'done'; readonly outcome: string; readonly reason: string };

export async function retryParked(deps: ApiDeps, change: ParkedChange): Promise<Changed> {
  const now = await deps.clock();
  const changed = await withTransaction(deps.pool, async (tx) => {
    const { pairing, userId, profile } = await lockParked(tx, change.pairingId);
    const result = await retried(deps, tx, { pairing, pairingId: change.pairingId, userId, profile, now });
    await audit(tx, { ...change, at: now, action: 'parked.retry', pairing, after: result });
    return result;
  });
  deps.wakeOutbox();
  return changed;
}

export async function discardParked(deps: ApiDeps, change: ParkedChange): Promise<Changed> {
  const now = await deps.clock();
  return withTransaction(deps.pool, async (tx) => {
    const { pairing } = await lockParked(tx, change.pairingId);
    const reason = 'cancelled_by_operator';
    const end = { pairingId: change.pairingId, outcome: 'cancelled', reason, evidence: pairing.evidence } as const;
    await forgetClaims(tx, [change.pairingId]);
    const ended = await endPairing(tx, { ...end, from: ['parked'] }, now);
    if (ended === null) throw new Error('a parked pairing moved under the lock of its person');
    const result: Changed = { state: 'done', ...ended };
    await audit(tx, { ...change, at: now, action: 'parked.discard', pairing, after: result });
    return result;
  });
}

interface Locked {
  readonly pairing: ParkedPairing;
  readonly userId: number;
  /** Null: deleted. */
  readonly profile: Profile | null;
}

async function lockParked(tx: TransactionClient, pairingId: number): Promise<Locked> {
  const userId = await lockPersonOf(tx, pairingId);
  if (userId === null) throw noPairing(pairingId);
  const [user] = await lockUsers(tx, [userId]);
  const pairing = await selectParkedPairing(tx, pairingId);
  if (pairing === null) throw noPairing(pairingId);
  if (pairing.state !== 'parked') {
    throw new RappelError('conflict', `Pairing ${pairingId} is ${pairing.state}, not parked.`);
  }
  if (pairing.isOfOldGeneration) {
    const why = `Campaign '${pairing.campaignKey}' was stopped after it was parked, which cancelled it.`;
    throw new RappelError('conflict', why);
  }
  return { pairing, userId, profile: user?.profile ?? null };
}

function noPairing(pairingId: number): RappelError {
  return new RappelError('not_found', `There is no pairing ${pairingId}.`);
}

interface Retrying extends Locked {
  readonly pairingId: number;
  readonly now: number;
}

async function retried({ stream }: ApiDeps, tx: TransactionClient, retrying: Retrying): Promise<Changed> {
  const { pairing, pairingId, userId, profile, now } = retrying;
  if (pairing.evidence.stage !== 'entry' || profile === null) {
    await retryParkedPairing(tx, pairingId, pairing.dueAt);
    return { state: 'waiting', dueAt: pairing.dueAt };
  }
  const { trigger, createdAt: recordedAt } = pairing;
  const { workspace } = stream;
  const verdict = await readable(async () =>
    decideParked(tx, {
      campaign: evaluating(() => pairing.compile()),
      userId,
      profile,
      trigger,
      recordedAt,
      workspace,
    }),
  );
  switch (verdict.kind) {
    case 'no_match':
      throw new RappelError('conflict', 'Its trigger does not pass the property filters of the campaign: discard it.');
    case 'reject': {
      const { reason, evidence } = verdict;
      await endPairing(tx, { pairingId, from: ['parked'], outcome: 'dropped', reason, evidence }, now);
      return { state: 'done', outcome: 'dropped', reason };
    }
    case 'enter':
      await retryParkedPairing(tx, pairingId, verdict.dueAt);
      return { state: 'waiting', dueAt: verdict.dueAt };
  }
}

/** Rules that are still broken are the operator's to mend; any other error is ours. */
async function readable<T>(judge: () => Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (cause) {
    if (!(cause instanceof EvaluationError)) throw cause;
    throw new RappelError('conflict', `Its rules still cannot be evaluated: ${cause.message}`, [], { cause });
  }
}

interface Audited extends ParkedChange {
  readonly at: number;
  readonly action: string;
  readonly pairing: ParkedPairing;
  readonly after: Changed;
}

async function audit(
  tx: TransactionClient,
  { at, apiKeyId, action, pairingId, pairing, after }: Audited,
): Promise<void> {
  const before = { state: pairing.state, campaign: pairing.campaignKey, evidence: pairing.evidence };
  await insertAuditRow(tx, { at, apiKeyId, action, subject: `pairing/${pairingId}`, before, after });
}
