/** Writes what one request decided: one statement per table, none for a table nothing changes in. */

import { exceptionEvidence, type OpenPairing } from '../domain/decision/step.js';
import { eventOccurrence } from '../domain/ids.js';
import { incrementsOf } from '../domain/segment/addToFacts.js';
import type { Queryable } from '../storage/pool.js';
import { type Cancellation, cancelPairings } from '../storage/queries/cancelPairings.js';
import { insertEvents } from '../storage/queries/insertEvents.js';
import { insertPairings, type NewPairing } from '../storage/queries/insertPairings.js';
import { insertRejections } from '../storage/queries/insertRejections.js';
import { insertUnfinished } from '../storage/queries/unfinished.js';
import { parkPairing } from '../storage/queries/updatePairing.js';
import { updateProfiles } from '../storage/queries/updateProfiles.js';
import { upsertTotals } from '../storage/queries/upsertTotals.js';
import type { Decisions } from './decideAll.js';
import type { ProfileUpdate } from './profileChanges.js';

/** Returns whether the outbox was written. */
export async function writeDecisions(
  tx: Queryable,
  decisions: Decisions,
  updates: readonly ProfileUpdate[],
  now: number,
): Promise<boolean> {
  await updateProfiles(
    tx,
    updates.map(({ userId, profile }) => ({ id: userId, profile })),
    now,
  );
  await insertEvents(tx, decisions.events, now);
  await upsertTotals(
    tx,
    decisions.events
      .filter(({ kind }) => kind !== 'custom')
      .flatMap((event) => incrementsOf(event).map((increment) => ({ ...increment, userId: event.userId }))),
  );
  const cancelled = await cancelPairings(tx, cancellations(decisions), now);
  for (const { pairing, failure } of decisions.parked) {
    if (pairing.id !== null) await parkPairing(tx, pairing.id, failure);
  }
  const started = await insertPairings(tx, newPairings(decisions), now);
  await insertUnfinished(tx, decisions.unfinished);
  await insertRejections(
    tx,
    decisions.rejected.map(({ campaign, trigger, reason, evidence }) => ({
      campaignId: campaign.id,
      generation: campaign.generation,
      version: campaign.version,
      userId: trigger.userId,
      eventSeq: trigger.seq,
      eventTime: trigger.time,
      reason,
      evidence,
    })),
    now,
  );
  return cancelled.size > 0 || started > 0;
}

function cancellations({ cancelled }: Decisions): readonly Cancellation[] {
  const byId = new Map<number, Cancellation>();
  for (const { pairing, by } of cancelled) {
    if (pairing.id === null || byId.has(pairing.id)) continue;
    byId.set(pairing.id, { pairingId: pairing.id, reason: 'exception', evidence: exceptionEvidence(by) });
  }
  return [...byId.values()];
}

function newPairings({ entered, cancelled, parked }: Decisions): readonly NewPairing[] {
  const parkedMeanwhile = (pairing: OpenPairing) => {
    const found = parked.find((each) => each.pairing === pairing);
    return found === undefined ? null : { error: found.failure };
  };
  return entered.map(({ pairing, campaign, userId, dueAt, failure }) => {
    const exception = cancelled.find((each) => each.pairing === pairing);
    const { kind, name, time, isWholeSecond, seq, properties } = pairing.trigger;
    const variant = campaign.variants[0];
    if (variant === undefined) throw new Error(`campaign ${campaign.id} has no variant`);
    return {
      campaignId: campaign.id,
      userId,
      occurrenceKey: eventOccurrence(seq),
      campaignVersion: campaign.version,
      generation: campaign.generation,
      variant: variant.key,
      trigger: { kind, name, time, isWholeSecond, seq, properties },
      chainDepth: pairing.chainDepth,
      dueAt,
      cancelled: exception === undefined ? null : exceptionEvidence(exception.by),
      failure: failure === null ? parkedMeanwhile(pairing) : { error: failure, stage: 'entry' },
    };
  });
}
