/**
 * One user meeting one campaign's trigger: attempt when due or woken, wait and again while the answer is "hold". Until
 * first due nothing of it runs: its start is held back (outbox/drain.ts). Told that the pairing has ended, it completes
 * with that outcome and asks nobody.
 * Decides nothing: whether, when and what to send is read from PostgreSQL by the attempt.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { PARKED } from '../domain/ids.js';
import {
  type AttemptAnswer,
  type DeliverCampaignInput,
  type DeliveryOutcome,
  exceptionSignal,
  rescheduledSignal,
} from './contracts.js';

/** Only for channels whose provider takes a key: a lost workflow task runs it again. */
const inlineActivities = proxyLocalActivities<Activities>({
  startToCloseTimeout: '6 seconds',
  retry: { maximumAttempts: 1 },
});

/** Retries serve only our own failures: what the provider does is an answer, not an error. */
const { attemptSend, cancelDelivery } = proxyActivities<Activities>({
  startToCloseTimeout: '60 seconds',
  // An attempt whose worker died is taken up after this, not after all the time it might have taken.
  heartbeatTimeout: '15 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

export async function deliverCampaign(input: DeliverCampaignInput): Promise<DeliveryOutcome> {
  let woken = false;
  let ended: DeliveryOutcome | null = null;
  let next: Wait = { until: input.dueAt, summary: input.summary };
  const wake = () => {
    woken = true;
  };
  setHandler(exceptionSignal, (outcome) => {
    ended = outcome ?? ended;
    wake();
  });
  setHandler(rescheduledSignal, wake);

  for (;;) {
    try {
      const wait = next.until - Date.now();
      if (ended === null && wait > 0) await condition(() => woken, wait, { summary: next.summary });
      else if (CancellationScope.current().consideredCancelled) return await cancelAndFinish(input.pairingId);
    } catch (error) {
      if (isCancellation(error)) return await cancelAndFinish(input.pairingId);
      throw error;
    }
    if (ended !== null) return ended;
    woken = false;
    const answer = await CancellationScope.nonCancellable(() => attempt(input));
    if (answer.kind === 'ended') return { outcome: answer.outcome, reason: answer.reason };
    next = answer;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof deliverCampaign>({ ...input, dueAt: next.until, summary: next.summary });
    }
  }
}

interface Wait {
  readonly until: number;
  readonly summary: string;
}

type Settled = Exclude<AttemptAnswer, { kind: 'escalate' }>;

async function attempt({ pairingId, inline }: DeliverCampaignInput): Promise<Settled> {
  if (inline) {
    const answer = await attemptInline(pairingId);
    if (answer.kind !== 'escalate') return answer;
  }
  return finished(await attemptSend({ pairingId, now: Date.now(), inline: false }));
}

async function attemptInline(pairingId: number): Promise<AttemptAnswer> {
  try {
    return await inlineActivities.attemptSend({ pairingId, now: Date.now(), inline: true });
  } catch (error) {
    if (isParked(error)) throw error;
    // Our own failure or deadline: the normal activity finds out from the row what is left to do.
    return { kind: 'escalate' };
  }
}

function isParked(error: unknown): boolean {
  return error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.type === PARKED;
}

function finished(answer: AttemptAnswer): Settled {
  if (answer.kind === 'escalate') throw ApplicationFailure.nonRetryable('a full attempt cannot escalate');
  return answer;
}

/** A cancel in the Temporal UI settles the pairing; a send already under way finishes first, and is not tried again. */
async function cancelAndFinish(pairingId: number): Promise<DeliveryOutcome> {
  return await CancellationScope.nonCancellable(async () => {
    for (;;) {
      const answer = finished(await cancelDelivery({ pairingId, now: Date.now(), inline: false }));
      if (answer.kind === 'ended') return { outcome: answer.outcome, reason: answer.reason };
      await sleep(Math.max(answer.until - Date.now(), 1), { summary: answer.summary });
    }
  });
}
