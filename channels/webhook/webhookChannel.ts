// The webhook channel: any public HTTP endpoint, signed after Standard Webhooks. No redirect is followed, and no
// address that is not public is ever connected to, unless its `host:port` is allowed by the installation.

import type { Channel, SendResult } from '../channel.js';
import { rejected } from '../sendResult.js';
import { wireKey } from '../wireKey.js';
import { classifyExchange } from './classifyExchange.js';
import { exchange } from './exchange.js';
import { createGuardedAgents, type Resolve, systemResolve } from './guardedAgents.js';
import { parseSigningSecret, signatureHeaders } from './signature.js';
import { checkTarget, parseAllowedHosts } from './target.js';
import { prepareWebhook, webhookRequestSchema } from './webhookRequest.js';

export interface WebhookChannelOptions {
  /** `whsec_…`, the newest first; all of them sign, so that receivers can change over. At least one. */
  readonly signingSecrets: readonly string[];
  /** `host:port` pairs that may be reached though they are not public: for local trials. */
  readonly allowHosts: readonly string[];
  readonly onAmbiguous?: Channel['onAmbiguous'];
  readonly timeoutMs?: number;
  readonly connectionsPerHost?: number;
  /** Tests answer for DNS. */
  readonly resolve?: Resolve;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** WH-02: five attempts. */
const MAX_REFUSALS = 5;

export function createWebhookChannel(options: WebhookChannelOptions): Channel {
  const {
    onAmbiguous = 'resend',
    timeoutMs = DEFAULT_TIMEOUT_MS,
    connectionsPerHost = 16,
    resolve = systemResolve,
  } = options;
  if (options.signingSecrets.length === 0) throw new Error('The webhook channel needs at least one signing secret.');
  const keys = options.signingSecrets.map(parseSigningSecret);
  const allowed = parseAllowedHosts(options.allowHosts);
  const connectTimeoutMs = Math.min(CONNECT_TIMEOUT_MS, timeoutMs);
  const agents = createGuardedAgents({ allowed, resolve, connectTimeoutMs, connectionsPerHost });

  return {
    name: 'webhook',
    timeoutMs,
    maxRefusals: MAX_REFUSALS,
    onAmbiguous,
    isKeyed: (content) => content['honoursWebhookId'] === true,
    // Each of its texts is rendered alone, and those of a body that is an object are put into JSON afterwards.
    structure: (content) => content,
    prepare: (content) => prepareWebhook(content, allowed),
    receiver: ({ url }) => (typeof url === 'string' && URL.canParse(url) ? new URL(url).host : ''),

    async send(request, { sendKey, timeoutMs: attemptMs, now }): Promise<SendResult> {
      const parsed = webhookRequestSchema.safeParse(request);
      if (!parsed.success) return rejected('request_unreadable', parsed.error.message);
      const { url, method, headers, body } = parsed.data;
      // Checked again: the request may have been stored under other settings.
      const target = checkTarget(url, allowed);
      if (target.kind === 'refused') return rejected('address_not_allowed', target.detail);
      const signed = { ...headers, ...signatureHeaders(keys, { id: wireKey(sendKey), now, body }) };
      const result = await exchange(
        agents,
        { url: target.url, method, headers: signed, body },
        Math.min(attemptMs, timeoutMs),
      );
      return classifyExchange(result, now);
    },

    // The channel has no host of its own that could be wrong: a URL's host is its message's affair.
    check: () => Promise.resolve(),
    close: async () => agents.destroy(),
  };
}
