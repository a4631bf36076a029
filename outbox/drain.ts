/**
 * Carries out what committed transactions asked for: starts workflows, wakes them, and tells them that their pairing has
 * ended; at least once, harmless when repeated. Nothing of ours terminates a run. The pairing is read when the row is drained, so an old row does what is right now.
 */
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type WorkflowSignalWithStartOptions,
} from '@temporalio/client';
import type { ChannelName, Variant } from '../domain/campaign/campaign.js';
import { describeWait } from '../domain/campaign/describe.js';
import { describeRun } from '../domain/campaign/describeRun.js';
import { variantOf } from '../domain/campaign/variantOf.js';
import type { PairingState } from '../domain/decision/reasons.js';
import { deliveryWorkflowId } from '../domain/ids.js';
import type { JsonObject } from '../domain/json.js';
import { storableText } from '../domain/schema/storableText.js';
import { zoneOfPerson } from '../domain/timing/zone.js';
import type { Workspace } from '../domain/workspace.js';
import type { Pool } from '../storage/pool.js';
import {
  claimNewest,
  claimOutboxBatch,
  deleteOutboxRows,
  dropIdleRows,
  forgetCloses,
  type OutboxEffect,
  postponeOutboxRow,
} from '../storage/queries/outbox/outboxRows.js';
import type { Clock } from '../telemetry/clock.js';
import { failpoint } from '../telemetry/failpoints.js';
import {
  type DeliverCampaignInput,
  type DeliveryOutcome,
  exceptionSignal,
  rescheduledSignal,
} from '../workflows/contracts.js';
import type { Admission } from './admission.js';

export interface DrainDeps {
  readonly pool: Pool;
  readonly client: Client;
  readonly taskQueue: string;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly workspace: Workspace;
  /** Where people reach Rappel: runs link to its pages. */
  readonly publicUrl: string;
  /** Whether the channel's receiver takes an idempotency key, from the un-rendered content. */
  readonly isKeyed: (channel: ChannelName, content: JsonObject) => boolean;
}

const NEWEST_AT_ONCE = 2;
const IDLE_LOOKED_AT = 2_000;
const WORKFLOW_TYPE = 'deliverCampaign';
const FIRST_PAUSE_MS = 200;
const ERROR_LENGTH = 500;
const LONGEST_PAUSE_MS = 30_000;

/** One batch of what is due first; returns whether there may be more. */
export async function drainOnce(deps: DrainDeps): Promise<boolean> {
  const { admission } = deps;
  await admission.room();
  const size = admission.batch;
  const batch = await claimOutboxBatch(deps.pool, size);
  const now = await deps.clock();
  await carryOutBatch(deps, batch);
  // Where one in two asks for nothing there are more: thousands of them one by one would hold up what is asked for.
  if (batch.filter(isIdle).length > batch.length / 2) await dropIdleRows(deps.pool, IDLE_LOOKED_AT);
  const isFull = batch.length >= Math.floor((size * 4) / 5);
  admission.ended({ isFull, hadImmediate: batch.some((effect) => !isIdle(effect) && effect.wakeAt <= now) });
  return isFull;
}

/** What came last, one or two at a time: nobody waits behind a crowd that came before. */
export async function drainNewestOnce(deps: DrainDeps): Promise<boolean> {
  await deps.admission.room();
  const batch = await claimNewest(deps.pool, NEWEST_AT_ONCE);
  await carryOutBatch(deps, batch);
  return batch.length === NEWEST_AT_ONCE;
}

/** Starts go before what else the same batch asks of their runs. */
async function carryOutBatch(deps: DrainDeps, batch: readonly OutboxEffect[]): Promise<void> {
  if (batch.length > 0) failpoint('outbox_claimed');
  const starts = batch.filter((effect) => effect.kind === 'start');
  const others = batch.filter((effect) => effect.kind !== 'start');
  const done = [...(await carryOutAll(deps, starts)), ...(await carryOutAll(deps, others))];
  if (starts.length > 0) failpoint('workflow_started');
  await deleteOutboxRows(deps.pool, done);
}

function isIdle({ kind, attempts, state }: OutboxEffect): boolean {
  return kind === 'start' ? attempts === 1 && state === 'done' : kind !== 'close' && !isOpen(state);
}

async function carryOutAll(deps: DrainDeps, effects: readonly OutboxEffect[]): Promise<readonly OutboxEffect[]> {
  const done: OutboxEffect[] = [];
  await Promise.all(
    effects.map(async (effect) => {
      try {
        await carryOut(deps, effect);
        done.push(effect);
      } catch (error) {
        const delayMs = Math.min(FIRST_PAUSE_MS * 2 ** effect.attempts, LONGEST_PAUSE_MS);
        const message = storableText(error instanceof Error ? error.message : String(error), ERROR_LENGTH);
        await postponeOutboxRow(deps.pool, { id: effect.id, delayMs, error: message });
      }
    }),
  );
  return done;
}

async function carryOut(deps: DrainDeps, effect: OutboxEffect): Promise<void> {
  const workflowId = deliveryWorkflowId({ ...effect, campaign: effect.runCampaign });
  switch (effect.kind) {
    case 'start':
      if (effect.state !== 'done') await start(deps, effect, workflowId);
      // An earlier try may have begun the run though its answer was lost; at the first there is none to tell.
      else if (effect.attempts === 1) await forgetCloses(deps.pool, [effect.pairingId]);
      return;
    case 'close':
      if (effect.outcome !== null && effect.reason !== null) {
        const outcome = { outcome: effect.outcome, reason: effect.reason };
        await signal(deps, effect, { ...endsWith(outcome), workflowId });
      }
      return;
    case 'rescheduled':
    case 'wake':
      if (isOpen(effect.state)) await signal(deps, effect, { ...WAKES, workflowId });
      return;
  }
}

/** Temporal holds the first task back until the message falls due: until then nobody works for it, nor remembers it. */
async function start(deps: DrainDeps, effect: OutboxEffect, workflowId: string): Promise<void> {
  const delayMs = effect.wakeAt - (await deps.clock());
  if (delayMs <= 0) deps.admission.handedOver(effect.pairingId);
  try {
    await deps.client.workflow.start(WORKFLOW_TYPE, {
      ...runOptions(deps, effect),
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
async function signal(deps: DrainDeps, effect: OutboxEffect, telling: Telling): Promise<void> {
  try {
    await deps.client.workflow.signalWithStart(WORKFLOW_TYPE, {
      ...runOptions(deps, effect),
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

function runOptions(deps: DrainDeps, effect: OutboxEffect) {
  const { campaign, userId, triggeredAt, wakeAt: dueAt } = effect;
  const variant = variantOf(effect);
  const summary = describeWait({ campaignName: campaign.name, until: dueAt, exceptions: campaign.exceptions });
  const staticDetails = describeRun({
    campaign,
    userId,
    variant: variant.key,
    messages: variant.messages,
    triggeredAt,
    dueAt,
    zone: zoneOfPerson(effect.timeZone, deps.workspace),
    publicUrl: deps.publicUrl,
  });
  const input: DeliverCampaignInput = {
    pairingId: effect.pairingId,
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
function isInline(deps: DrainDeps, { messages: { email, webhook } }: Variant): boolean {
  return (
    (email === undefined || deps.isKeyed('email', email)) && (webhook === undefined || deps.isKeyed('webhook', webhook))
  );
}
