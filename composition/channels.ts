import type { Channels } from '../channels/channel.js';
import { createEmailChannel } from '../channels/email/emailChannel.js';
import { createSecretValues } from '../channels/secretValues.js';
import { createUnconfiguredChannel } from '../channels/unconfiguredChannel.js';
import { createWebhookChannel } from '../channels/webhook/webhookChannel.js';
import type { Config } from '../config/config.js';
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
