import type { Channels } from '../channels/channel.js';
import { emailFindings } from '../channels/email/contentRules.js';
import { createEmailChannel } from '../channels/email/emailChannel.js';
import { createSecretValues } from '../channels/secretValues.js';
import { createUnconfiguredChannel } from '../channels/unconfiguredChannel.js';
import { webhookFindings } from '../channels/webhook/contentRules.js';
import { parseAllowedHosts } from '../channels/webhook/target.js';
import { createWebhookChannel } from '../channels/webhook/webhookChannel.js';
import type { Config } from '../config/config.js';
import type { CheckContent, ContentFindings } from '../domain/campaign/checks/contentFindings.js';
import type { ChannelName } from '../domain/channel/index.js';
import type { JsonObject } from '../domain/json.js';
import { createSecretCipher } from '../domain/secret/secretCipher.js';
import type { Pool } from '../storage/pool.js';
import { loadSecrets } from '../storage/queries/secrets/secrets.js';

export function createChannels({ email, webhook, secretKeys }: Config, pool: Pool): Channels {
  const secrets = createSecretValues({
    cipher: createSecretCipher(secretKeys),
    load: (names) => loadSecrets(pool, names),
  });
  return {
    email:
      email.smtpUrl === null
        ? createUnconfiguredChannel('email', 'SMTP_URL')
        : createEmailChannel({ ...email, smtpUrl: email.smtpUrl }),
    webhook:
      webhook.signingSecrets.length === 0
        ? createUnconfiguredChannel('webhook', 'WEBHOOK_SIGNING_SECRET')
        : createWebhookChannel({ ...webhook, secrets }),
  };
}

/**
 * The channels' own rules, applied to what an operator wrote without Liquid. `problems` can never be sent; `warnings` only
 * where a setting of the installation allows it.
 */
export function createContentRules({ allowHosts }: { readonly allowHosts: readonly string[] }): CheckContent {
  const allowed = parseAllowedHosts(allowHosts);
  const findings: Readonly<Record<ChannelName, (content: JsonObject) => ContentFindings>> = {
    email: emailFindings,
    webhook: (content) => webhookFindings(content, allowed),
  };
  return (channel, content) => findings[channel](content);
}
