import type { ChannelName } from '../domain/channel/index.js';
import type { JsonObject } from '../domain/json.js';
import type { Profile } from '../domain/profile/profile.js';
import type { StorableObject, StorableText } from '../domain/schema/storableText.js';

/**
 * The port every channel implements; `channels/conformance.ts` is the suite each must pass.
 * A channel never decides whether to send: it prepares a request from rendered content, delivers it once,
 * and says truthfully what is known of the result.
 */
export interface Channel {
  readonly name: ChannelName;
  /** Longest the provider may take, connection included; the send aborts itself before it. */
  readonly timeoutMs: number;
  /** Give up after this many sure refusals (WH-02); null: retry until the message is stale. */
  readonly maxRefusals: number | null;
  /** What to do when a request without idempotency key ended ambiguously. */
  readonly onAmbiguous: 'resend' | 'assumeSent';
  /** Whether this message's receiver honours an idempotency key; from the un-rendered content. */
  isKeyed(content: JsonObject): boolean;
  /**
   * The content as it is rendered: what a value must not change the structure of is taken apart before any value is put in.
   */
  structure(content: JsonObject): JsonObject;
  /** Turns rendered content into the request that is stored with the claim and sent byte for byte on each attempt. */
  prepare(content: JsonObject, profile: Profile, sendKey: string): PreparedRequest;
  /** Who takes the request, as far as one slow receiver must not hold up others: a webhook's host, the mail server. */
  receiver(request: JsonObject): string;
  /**
   * What the installation lacks that the request needs (a secret that it names), in words without a value; null: nothing. Such a
   * request is not claimed but held. Rejects when that cannot be found out.
   */
  lacks(request: JsonObject): Promise<string | null>;
  /** Hands the request to the provider. Never throws for anything the provider or network does. */
  send(request: JsonObject, options: SendOptions): Promise<SendResult>;
  /** Whether the channel's own host and credentials work; rejects with the cause when not. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export type PreparedRequest =
  | { readonly kind: 'request'; readonly request: StorableObject }
  /** The rendered content cannot be a message: empty recipient or URL, refused address, …. */
  | { readonly kind: 'invalid'; readonly detail: StorableText };

export interface SendOptions {
  readonly sendKey: string;
  /** At most this long for this attempt (≤ `timeoutMs`). */
  readonly timeoutMs: number;
  /** Epoch ms of the attempt, for signatures. */
  readonly now: number;
}

/** Made by `sendResult.ts` alone. `code` is short, of our own vocabulary and free of personal data; `detail` may quote the provider and stays in PostgreSQL. */
export type SendResult =
  | { readonly kind: 'accepted'; readonly reference: StorableText | null }
  /** Surely not accepted, worth another try. */
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly detail: StorableText;
      readonly retryAfterMs: number | null;
    }
  /** Surely not accepted, and never will be. */
  | { readonly kind: 'rejected'; readonly code: string; readonly detail: StorableText }
  /** The provider may or may not have taken it. */
  | { readonly kind: 'ambiguous'; readonly code: string; readonly detail: StorableText }
  /** Our own credentials or the channel's own host are wrong: nothing was sent, the channel must be suspended. */
  | { readonly kind: 'misconfigured'; readonly code: string; readonly detail: StorableText };

export type Channels = Readonly<Record<ChannelName, Channel>>;
