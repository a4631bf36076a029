/** What an attempt brings to be decided, and what becomes of it. */
import type { ChannelName } from '../../domain/channel/index.js';
import type { StorableObject, StorableText } from '../../domain/schema/storableText.js';
import type { Delivery } from '../../storage/queries/messages/selectDelivery.js';
import type { AttemptAnswer, AttemptInput } from '../../workflows/contracts.js';
import type { ProviderCall } from '../calls.js';
import type { Held } from '../holding/hold.js';

export interface Composed {
  /** Of the rows rendered from: a different version under the lock means rendering again. */
  readonly campaignRevision: number;
  readonly userVersion: number | null;
  readonly channels: readonly ChannelName[];
  readonly messages: ReadonlyMap<ChannelName, ComposedMessage>;
}

export type ComposedMessage = { readonly sendKey: string; readonly keyed: boolean } & (
  | { readonly kind: 'request'; readonly request: StorableObject }
  | { readonly kind: 'aborted'; readonly detail: StorableText }
  | { readonly kind: 'invalid'; readonly detail: StorableText }
  /** Parks the pairing, but only once the gates have said "send" (EV-12). */
  | { readonly kind: 'failed'; readonly detail: StorableText }
);

export interface Deciding {
  readonly delivery: Delivery;
  readonly composed: Composed;
  readonly input: AttemptInput;
  readonly now: number;
  readonly renderUnderLock: boolean;
  /** What would be sent holds, as a channel is suspended or a receiver has no seat. */
  readonly held: Held | null;
}

export type Claimed =
  | { readonly kind: 'answer'; readonly answer: AttemptAnswer }
  /** The campaign or the person changed since rendering. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'claimed'; readonly calls: readonly ProviderCall[]; readonly wakeAt: number };

/** Resolves once it is committed. */
export type Decide = (deciding: Deciding) => Promise<Claimed>;
