/**
 * What client and workflow share: queue, ids, signals and inputs. Everything here carries internal ids only.
 *
 * 1. A pairing's row is the truth; its workflow is its clock. The signal is a hint that wakes it early.
 * 2. Activity names and the kinds of their answers live for ever: open runs replay against them.
 */
import { defineSignal } from '@temporalio/workflow';

/**
 * The pairing has ended without its run: the run completes with the outcome, which the row holds already. Without an
 * outcome, as earlier versions sent it, it only wakes the run (test/histories/v1).
 */
export const exceptionSignal = defineSignal<[outcome?: DeliveryOutcome]>('exception');
/** The due instant came nearer, or has long passed. */
export const rescheduledSignal = defineSignal('rescheduled');

export interface DeliverCampaignInput {
  readonly pairingId: number;
  /** Epoch ms as read when the start was made; the row's own is the truth. */
  readonly dueAt: number;
  /** Whether every channel takes an idempotency key, so that the first attempt may be a local activity. */
  readonly inline: boolean;
  /** Reads as a sentence in the Temporal UI: "Cart reminder: until 11:00, unless any purchase". */
  readonly summary: string;
}

export interface DeliveryOutcome {
  readonly outcome: string;
  readonly reason: string;
}

export interface AttemptInput {
  readonly pairingId: number;
  /** The workflow's own now: the activity uses the later of it and its Clock port. */
  readonly now: number;
  /** Short deadlines, for the first attempt as a local activity. */
  readonly inline: boolean;
}

export type AttemptAnswer =
  | ({ readonly kind: 'ended' } & DeliveryOutcome)
  | { readonly kind: 'hold'; readonly until: number; readonly summary: string }
  /** An inline attempt that needs the full timeout: run the normal activity now. */
  | { readonly kind: 'escalate' };
