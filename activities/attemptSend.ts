/**
 * One attempt to send a pairing's messages: gather and render outside any lock; lock the person, decide again on
 * fresh facts and claim (commit); call the provider; settle (commit). What happened is read from the row, so it may
 * be repeated at any point.
 */
import { ApplicationFailure } from '@temporalio/activity';
import { EvaluationError } from '../domain/decision/evaluation.js';
import { storableText } from '../domain/schema/storableText.js';
import { type Delivery, selectDelivery } from '../storage/queries/messages/selectDelivery.js';
import { parkPairing } from '../storage/queries/pairings/updatePairing.js';
import type { AttemptAnswer, AttemptInput } from '../workflows/contracts.js';
import { compose } from './compose.js';
import type { Composed } from './deciding/deciding.js';
import { type About, type ActivityDeps, about } from './deps.js';
import { dispatch } from './dispatch.js';
import type { Held } from './holding/hold.js';
import { checkLacking } from './holding/lacking.js';
import { busyOf } from './holding/receivers.js';
import { checkSuspension } from './holding/suspensions.js';
import { parked } from './parked.js';
import { resolveDoubt } from './resolveDoubt.js';

/** Gathering again after a concurrent edit; the last round renders while holding the lock. */
const ROUNDS = 3;
const ERROR_LENGTH = 1_000;

function receiversOf(deps: ActivityDeps, { messages }: Composed): readonly string[] {
  return [...messages].flatMap(([channel, message]) =>
    message.kind === 'request' ? [deps.channels[channel].receiver(message.request)] : [],
  );
}

interface Holding {
  readonly delivery: Delivery;
  readonly composed: Composed;
  readonly suspendedUntil: number | null;
  readonly now: number;
}

/** What keeps the message from being sent that is the installation's own affair, its channel before its secrets. */
async function holdOf(deps: ActivityDeps, { delivery, composed, suspendedUntil, now }: Holding): Promise<Held | null> {
  if (suspendedUntil !== null) return { until: suspendedUntil, heldFor: 'channel_suspended' };
  // Before the due instant the gates hold it anyway.
  if (now < delivery.dueAt) return null;
  const requests = [...composed.messages].flatMap(([channel, message]) =>
    message.kind === 'request' ? [{ channel, request: message.request }] : [],
  );
  return await checkLacking(deps, requests, { subject: about(delivery), now });
}

export async function attemptSend(deps: ActivityDeps, input: AttemptInput): Promise<AttemptAnswer> {
  deps.observe.began(input.pairingId);
  const now = Math.max(await deps.clock(), input.now);
  let subject: About = { pairingId: input.pairingId, campaign: null, userId: null };
  try {
    for (let round = 1; ; round++) {
      const delivery = await selectDelivery(deps.pool, input.pairingId);
      // Deleted with its person: nobody is left to send to.
      if (delivery === null) return { kind: 'ended', outcome: 'cancelled', reason: 'user_deleted' };
      subject = about(delivery);
      switch (delivery.state) {
        case 'done':
          return { kind: 'ended', outcome: delivery.outcome ?? 'unknown', reason: delivery.reason ?? 'no_answer' };
        case 'parked':
          throw parked();
        case 'available':
          throw ApplicationFailure.nonRetryable(`pairing ${input.pairingId} is available, which no channel here makes`);
        case 'sending':
          return await resolveDoubt(deps, { delivery, input, now });
        case 'waiting':
          break;
      }
      const suspendedUntil = await checkSuspension(deps, delivery, now);
      const composed = await compose(deps, delivery);
      const held = await holdOf(deps, { delivery, composed, suspendedUntil, now });
      const seats = await deps.receivers.seat(receiversOf(deps, composed), now);
      try {
        const claimed = await deps.decide({
          delivery,
          composed,
          input,
          now,
          renderUnderLock: round >= ROUNDS,
          held: held ?? busyOf(seats),
        });
        switch (claimed.kind) {
          case 'answer':
            return claimed.answer;
          case 'changed':
            continue;
          case 'claimed':
            return await dispatch(deps, { delivery, calls: claimed.calls, input, wakeAt: claimed.wakeAt, seats });
        }
      } finally {
        if (seats.kind === 'seated') seats.release(new Map());
      }
    }
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    // Ended meanwhile, by an exception or a stop: that is what became of it.
    if (!(await parkPairing(deps.pool, input.pairingId, storableText(error.message, ERROR_LENGTH))))
      return await attemptSend(deps, input);
    deps.observe.warned({ ...subject, what: 'parked', code: error.code });
    throw parked();
  }
}
