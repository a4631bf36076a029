/** What a pairing asks of Temporal: its run begins, is woken, or is told that the pairing has ended without it. */

import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type WorkflowSignalWithStartOptions,
} from '@temporalio/client';
import type { Variant } from '../../domain/campaign/campaign.js';
import { variantOf } from '../../domain/campaign/variantOf.js';
import { describeWait } from '../../domain/campaign/words/describe.js';
import { describeRun } from '../../domain/campaign/words/describeRun.js';
import { contentsOf } from '../../domain/channel/index.js';
import type { PairingState } from '../../domain/decision/reasons.js';
import { deliveryWorkflowId } from '../../domain/ids.js';
import { zoneOfPerson } from '../../domain/timing/zone.js';
import { forgetCloses } from '../../storage/queries/outbox/pairingRows.js';
import type { PairingSubject } from '../../storage/queries/outbox/pairingSubject.js';
import {
  type DeliverCampaignInput,
  type DeliveryOutcome,
  exceptionSignal,
  rescheduledSignal,
} from '../../workflows/contracts.js';
import type { DrainDeps } from '../deps.js';
import type { Effects } from './contract.js';

const WORKFLOW_TYPE = 'deliverCampaign';

export const pairingEffects: Effects<PairingSubject> = {
  isIdle({ kind, attempts }, { state }) {
    return kind === 'start' ? attempts === 1 && state === 'done' : kind !== 'close' && !isOpen(state);
  },

  dueAt: ({ wakeAt }) => wakeAt,

  async carryOut(deps, { kind, attempts }, pairing) {
    const { runUserId: userId, occurrenceKey, runCampaign: campaign } = pairing;
    const workflowId = deliveryWorkflowId({ campaign, userId, occurrenceKey });
    switch (kind) {
      case 'start':
        if (pairing.state !== 'done') await start(deps, pairing, workflowId);
        // An earlier try may have begun the run though its answer was lost; at the first there is none to tell.
        else if (attempts === 1) await forgetCloses(deps.pool, [pairing.id]);
        return;
      case 'close':
        if (pairing.outcome !== null && pairing.reason !== null) {
          const outcome = { outcome: pairing.outcome, reason: pairing.reason };
          await signal(deps, pairing, { ...endsWith(outcome), workflowId });
        }
        return;
      case 'rescheduled':
      case 'wake':
        if (isOpen(pairing.state)) await signal(deps, pairing, { ...WAKES, workflowId });
        return;
      default:
        return kind satisfies never;
    }
  },
};

/** Temporal holds the first task back until the message falls due: until then nobody works for it, nor remembers it. */
async function start(deps: DrainDeps, pairing: PairingSubject, workflowId: string): Promise<void> {
  const delayMs = pairing.wakeAt - (await deps.clock());
  if (delayMs <= 0) deps.admission.handedOver(pairing.id, pairing.campaign.id);
  try {
    await deps.client.workflow.start(WORKFLOW_TYPE, {
      ...runOptions(deps, pairing),
      workflowId,
      ...(delayMs > 0 ? { startDelay: delayMs } : { requestEagerStart: true }),
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    });
  } catch (error) {
    // Started before, perhaps by an attempt whose answer was lost.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

interface Telling {
  readonly workflowId: string;
  readonly signal: WorkflowSignalWithStartOptions<unknown[]>['signal'];
  readonly signalArgs: unknown[];
  readonly workflowIdReusePolicy: WorkflowIdReusePolicy;
}

/** A run that was terminated or failed while its pairing waits is started again; one that has completed never is. */
const WAKES = {
  signal: rescheduledSignal,
  signalArgs: [],
  workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
};

/** The pairing has ended without its run. One that has closed, in whatever way, has nothing more to show. */
function endsWith(outcome: DeliveryOutcome) {
  const signalArgs = [outcome];
  return { signal: exceptionSignal, signalArgs, workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE };
}

/**
 * Tells the run now. A signal alone would lie in a run whose start is held back; with a start it begins at once, also
 * where the run is gone (an operator terminated it, Temporal lost its data). The server has no conflict policy *fail* here.
 */
async function signal(deps: DrainDeps, pairing: PairingSubject, telling: Telling): Promise<void> {
  try {
    await deps.client.workflow.signalWithStart(WORKFLOW_TYPE, {
      ...runOptions(deps, pairing),
      ...telling,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    });
  } catch (error) {
    // Closed by itself meanwhile.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

function isOpen(state: PairingState): boolean {
  return state === 'waiting' || state === 'sending';
}

function runOptions(deps: DrainDeps, pairing: PairingSubject) {
  const { campaign, userId, triggeredAt, wakeAt: dueAt } = pairing;
  const variant = variantOf(pairing);
  const summary = describeWait({ campaign, until: dueAt });
  const staticDetails = describeRun({
    campaign,
    userId,
    variant: variant.key,
    messages: variant.messages,
    triggeredAt,
    dueAt,
    zone: zoneOfPerson(pairing.timeZone, deps.workspace),
    publicUrl: deps.publicUrl,
  });
  const input: DeliverCampaignInput = {
    pairingId: pairing.id,
    dueAt,
    inline: isInline(deps, variant),
    summary,
  };
  const args: [DeliverCampaignInput] = [input];
  // Tasks of different campaigns take turns where Temporal has fairness switched on: our own set-ups have.
  const priority = { fairnessKey: `campaign-${campaign.id}` };
  return { taskQueue: deps.taskQueue, args, priority, staticSummary: summary, staticDetails };
}

/** Only if every channel takes a key may the first attempt run as a local activity, which a crash repeats. */
function isInline(deps: DrainDeps, { messages }: Variant): boolean {
  return contentsOf(messages).every(([channel, content]) => deps.isKeyed(channel, content));
}
