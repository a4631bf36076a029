// The webhook channel: any public HTTP endpoint, signed after Standard Webhooks. No redirect is followed, and no
// address that is not public is ever connected to, unless its `host:port` is allowed by the installation.

import type { Channel, SendResult } from '../channel.js';
import { createSecretValues, type SecretValues } from '../secretValues.js';
import { refused, rejected } from '../sendResult.js';
import { wireKey } from '../wireKey.js';
import { classifyExchange } from './classifyExchange.js';
import { type Exchange, exchange } from './exchange.js';
import { createGuardedAgents, type Resolve, systemResolve } from './guardedAgents.js';
import { maskSecrets } from './maskSecrets.js';
import { type ResolvedHeaders, resolveHeaders, type StoredHeaders } from './secretHeaders.js';
import { parseSigningSecret, signatureHeaders } from './signature.js';
import { checkTarget, parseAllowedHosts } from './target.js';
import { prepareWebhook, webhookRequestSchema } from './webhookRequest.js';

export interface WebhookChannelOptions {
  /** `whsec_…`, the newest first; all of them sign, so that receivers can change over. At least one. */
  readonly signingSecrets: readonly string[];
  /** `host:port` pairs that may be reached though they are not public: for local trials. */
  readonly allowHosts: readonly string[];
  /** Of those that headers name; unless given there is none, and what names one is held. */
  readonly secrets?: SecretValues;
  readonly onAmbiguous?: Channel['onAmbiguous'];
  readonly timeoutMs?: number;
  readonly connectionsPerHost?: number;
  /** Tests answer for DNS. */
  readonly resolve?: Resolve;
}

type Answered = Extract<Exchange, { kind: 'answered' }>;

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
    secrets: secretValues = createSecretValues({ cipher: null, load: () => Promise.resolve([]) }),
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
    async lacks(request) {
      const parsed = webhookRequestSchema.safeParse(request);
      if (!parsed.success) return null;
      const resolved = await resolveHeaders(parsed.data.headers, secretValues);
      return resolved.kind === 'lacking' ? resolved.why : null;
    },

    receiver: ({ url }) => (typeof url === 'string' && URL.canParse(url) ? new URL(url).host : ''),

    async send(request, { sendKey, timeoutMs: attemptMs, now }): Promise<SendResult> {
      const parsed = webhookRequestSchema.safeParse(request);
      if (!parsed.success) return rejected('request_unreadable', parsed.error.message);
      const { url, method, body } = parsed.data;
      // Checked again: the request may have been stored under other settings.
      const target = checkTarget(url, allowed);
      if (target.kind === 'refused') return rejected('address_not_allowed', target.detail);
      const resolved = await resolveNow(parsed.data.headers, secretValues);
      // It was there when the message was claimed; before the next attempt `lacks` is asked again.
      if (resolved.kind === 'lacking') return refused('secret_missing', resolved.why);
      const { headers, secrets } = resolved;
      const signed = { ...headers, ...signatureHeaders(keys, { id: wireKey(sendKey), now, body }) };
      const result = await exchange(
        agents,
        { url: target.url, method, headers: signed, body },
        Math.min(attemptMs, timeoutMs),
      );
      return classifyExchange(result.kind === 'answered' ? withoutSecrets(result, secrets) : result, now);
    },

    // The channel has no host of its own that could be wrong: a URL's host is its message's affair.
    check: () => Promise.resolve(),
    close: async () => agents.destroy(),
  };
}

/** Before any of it is cut to what is stored: the rest of a value that was cut apart would not be found. */
function withoutSecrets(answer: Answered, secrets: readonly string[]): Answered {
  return { ...answer, body: maskSecrets(answer.body, secrets) };
}

/** Nothing was sent where the database does not answer, and that is all that the caller has to know. */
async function resolveNow(stored: StoredHeaders, values: SecretValues): Promise<ResolvedHeaders> {
  try {
    return await resolveHeaders(stored, values);
  } catch {
    return { kind: 'lacking', why: 'the secrets of the request could not be read: the database does not answer' };
  }
}
