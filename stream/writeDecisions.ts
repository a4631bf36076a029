/** Writes what one request decided: one statement per table, none for a table nothing changes in. */

import { variantOf } from '../domain/campaign/variantOf.js';
import { effectsOf, exceptionEvidence, type OpenPairing, type WrittenEffect } from '../domain/decision/effects.js';
import type { StreamEvent } from '../domain/event/streamEvent.js';
import { incrementsOf } from '../domain/facts/counters.js';
import { eventOccurrence } from '../domain/ids.js';
import type { Queryable } from '../storage/pool.js';
import { insertEvents, insertImportedEvents } from '../storage/queries/events/insertEvents.js';
import { insertRejections } from '../storage/queries/events/insertRejections.js';
import { cancelPairings } from '../storage/queries/pairings/cancelPairings.js';
import { insertPairings, type NewPairing } from '../storage/queries/pairings/insertPairings.js';
import { parkPairing } from '../storage/queries/pairings/updatePairing.js';
import { insertUnfinished } from '../storage/queries/people/unfinished.js';
import { updateProfiles } from '../storage/queries/people/updateProfiles.js';
import { upsertTotals } from '../storage/queries/people/upsertTotals.js';
import type { WithCommit } from '../storage/withTransaction.js';
import type { Decisions } from './decideAll.js';
import type { ProfileUpdate } from './people/profileUpdate.js';

interface Written {
  readonly updates?: readonly ProfileUpdate[];
  readonly now: number;
  /** Given: nothing of what follows waits for the events. */
  readonly withCommit?: WithCommit | null;
}

/** Returns whether the outbox was written. */
export async function writeDecisions(
  tx: Queryable,
  decisions: Decisions,
  { updates = [], now, withCommit = null }: Written,
): Promise<boolean> {
  await writeProfiles(tx, updates, now);
  const inserted = insertEvents(tx, decisions.events, now);
  if (withCommit === null) await inserted;
  else withCommit(inserted);
  await raiseTotals(tx, decisions.events);
  const outboxWritten = await writeEffects(tx, decisions.effects, now);
  await insertUnfinished(tx, decisions.unfinished);
  return outboxWritten;
}

/** Writes what an import brought, of which nothing was decided. */
export async function writeImported(
  tx: Queryable,
  events: readonly StreamEvent[],
  updates: readonly ProfileUpdate[],
  now: number,
): Promise<void> {
  await writeProfiles(tx, updates, now);
  await insertImportedEvents(tx, events);
  await raiseTotals(tx, events);
}

async function writeProfiles(tx: Queryable, updates: readonly ProfileUpdate[], now: number): Promise<void> {
  await updateProfiles(
    tx,
    updates.map(({ userId, profile }) => ({ id: userId, profile })),
    now,
  );
}

async function raiseTotals(tx: Queryable, events: readonly StreamEvent[]): Promise<void> {
  await upsertTotals(
    tx,
    events
      .filter(({ kind }) => kind !== 'custom')
      .flatMap((event) => incrementsOf(event).map((increment) => ({ ...increment, userId: event.userId }))),
  );
}

interface Writing {
  readonly tx: Queryable;
  readonly effects: readonly WrittenEffect[];
  readonly now: number;
}

/** Each kind of effect by what writes all of its kind, in this order. They answer whether the outbox was written. */
const WRITERS: { readonly [K in WrittenEffect['kind']]: (writing: Writing) => Promise<boolean> } = {
  async cancel({ tx, effects, now }) {
    const byId = new Map<number, Parameters<typeof cancelPairings>[1][number]>();
    for (const { pairing, by } of effectsOf(effects, 'cancel')) {
      if (pairing.id === null || byId.has(pairing.id)) continue;
      byId.set(pairing.id, { pairingId: pairing.id, reason: 'exception', evidence: exceptionEvidence(by) });
    }
    return (await cancelPairings(tx, [...byId.values()], now)).size > 0;
  },

  async park({ tx, effects }) {
    for (const { pairing, failure } of effectsOf(effects, 'park')) {
      if (pairing.id !== null) await parkPairing(tx, pairing.id, failure);
    }
    return false;
  },

  async enter({ tx, effects, now }) {
    return (await insertPairings(tx, newPairings(effects), now)) > 0;
  },

  async reject({ tx, effects, now }) {
    const rejections = effectsOf(effects, 'reject').map(({ campaign, trigger, reason, evidence }) => ({
      campaignId: campaign.id,
      generation: campaign.generation,
      version: campaign.version,
      userId: trigger.userId,
      eventSeq: trigger.seq,
      eventTime: trigger.time,
      reason,
      evidence,
    }));
    await insertRejections(tx, rejections, now);
    return false;
  },
};

async function writeEffects(tx: Queryable, effects: readonly WrittenEffect[], now: number): Promise<boolean> {
  let outboxWritten = false;
  for (const write of Object.values(WRITERS)) {
    if (await write({ tx, effects, now })) outboxWritten = true;
  }
  return outboxWritten;
}

/** Those that entered, with what ended them in the same request: of a pairing without an id nothing else is written. */
function newPairings(effects: readonly WrittenEffect[]): readonly NewPairing[] {
  const cancelled = firstByPairing(effectsOf(effects, 'cancel'));
  const parked = firstByPairing(effectsOf(effects, 'park'));
  return effectsOf(effects, 'enter').map(({ pairing, campaign, userId, dueAt, failure }) => {
    const exception = cancelled.get(pairing);
    const parkedMeanwhile = parked.get(pairing);
    const { kind, name, time, isWholeSecond, seq, properties } = pairing.trigger;
    return {
      campaignId: campaign.id,
      userId,
      occurrenceKey: eventOccurrence(seq),
      campaignVersion: campaign.version,
      generation: campaign.generation,
      variant: variantOf({ campaign, userId }).key,
      trigger: { kind, name, time, isWholeSecond, seq, properties },
      chainDepth: pairing.chainDepth,
      dueAt,
      cancelled: exception === undefined ? null : exceptionEvidence(exception.by),
      failure:
        failure !== null
          ? { error: failure, stage: 'entry' }
          : parkedMeanwhile === undefined
            ? null
            : { error: parkedMeanwhile.failure },
    };
  });
}

function firstByPairing<E extends { readonly pairing: OpenPairing }>(effects: readonly E[]): Map<OpenPairing, E> {
  const first = new Map<OpenPairing, E>();
  for (const effect of effects) if (!first.has(effect.pairing)) first.set(effect.pairing, effect);
  return first;
}
