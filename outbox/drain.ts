/**
 * Carries out what committed transactions asked for: starts and signals workflows, at least once, harmless when
 * repeated. The pairing is read when the row is drained, so an old row does what is right now.
 */
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { ChannelName } from '../domain/campaign/campaign.js';
import { describeWait } from '../domain/campaign/describe.js';
import { messagesOf } from '../domain/campaign/messagesOf.js';
import { deliveryWorkflowId } from '../domain/ids.js';
import type { JsonObject } from '../domain/json.js';
import type { Pool } from '../storage/pool.js';
import {
  claimOutboxBatch,
  deleteOutboxRows,
  type OutboxEffect,
  postponeOutboxRow,
} from '../storage/queries/outboxRows.js';
import { failpoint } from '../telemetry/failpoints.js';
import { type DeliverCampaignInput, exceptionSignal, rescheduledSignal } from '../workflows/contracts.js';

export interface DrainDeps {
  readonly pool: Pool;
  readonly client: Client;
  readonly taskQueue: string;
  /** Whether the channel's receiver takes an idempotency key, from the un-rendered content. */
  readonly isKeyed: (channel: ChannelName, content: JsonObject) => boolean;
}

const BATCH = 100;
const WORKFLOW_TYPE = 'deliverCampaign';
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;

/** One batch; returns whether there may be more. Starts go before the signals of the same batch. */
export async function drainOnce(deps: DrainDeps): Promise<boolean> {
  const batch = await claimOutboxBatch(deps.pool, BATCH);
  if (batch.length > 0) failpoint('outbox_claimed');
  const starts = batch.filter((effect) => effect.kind === 'start');
  const signals = batch.filter((effect) => effect.kind !== 'start');
  const done = [...(await carryOutAll(deps, starts)), ...(await carryOutAll(deps, signals))];
  if (starts.length > 0) failpoint('workflow_started');
  await deleteOutboxRows(deps.pool, done);
  return batch.length === BATCH;
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
        const message = error instanceof Error ? error.message : String(error);
        await postponeOutboxRow(deps.pool, { id: effect.id, delayMs, error: message });
      }
    }),
  );
  return done;
}

async function carryOut(deps: DrainDeps, effect: OutboxEffect): Promise<void> {
  const workflowId = deliveryWorkflowId({ ...effect, campaignId: effect.campaign.id });
  switch (effect.kind) {
    case 'start':
      if (effect.state !== 'done') await start(deps, effect, workflowId);
      return;
    case 'exception':
      return await signal(deps, workflowId, exceptionSignal.name);
    case 'rescheduled':
      return await signal(deps, workflowId, rescheduledSignal.name);
    case 'wake':
      // The run may be gone (an operator terminated it, Temporal lost its data) or only its timer be late.
      if (effect.state === 'done') return;
      await start(deps, effect, workflowId);
      return await signal(deps, workflowId, rescheduledSignal.name);
  }
}

async function start(deps: DrainDeps, effect: OutboxEffect, workflowId: string): Promise<void> {
  const { name, exceptions } = effect.campaign;
  const summary = describeWait({ campaignName: name, until: effect.wakeAt, exceptions });
  const input: DeliverCampaignInput = {
    pairingId: effect.pairingId,
    dueAt: effect.wakeAt,
    inline: isInline(deps, effect),
    summary,
  };
  try {
    await deps.client.workflow.start(WORKFLOW_TYPE, {
      workflowId,
      taskQueue: deps.taskQueue,
      args: [input],
      staticSummary: summary,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      workflowIdReusePolicy:
        effect.kind === 'wake'
          ? WorkflowIdReusePolicy.ALLOW_DUPLICATE
          : WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    });
  } catch (error) {
    // Started before, perhaps by an attempt whose answer was lost.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Only if every channel takes a key may the first attempt run as a local activity, which a crash repeats. */
function isInline(deps: DrainDeps, { campaign, variant }: OutboxEffect): boolean {
  const { email, webhook } = messagesOf(campaign, variant);
  return (
    (email === undefined || deps.isKeyed('email', email)) && (webhook === undefined || deps.isKeyed('webhook', webhook))
  );
}

async function signal(deps: DrainDeps, workflowId: string, name: string): Promise<void> {
  try {
    await deps.client.workflow.getHandle(workflowId).signal(name);
  } catch (error) {
    // Closed already: there is nobody to wake.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
