// Attempts to send by real channels to scripted receivers. Real PostgreSQL; no Temporal.
import { Receivers } from '../../../activities/holding/receivers.js';
import type { createActivities } from '../../../activities/index.js';
import { createEmailChannel } from '../../../channels/email/emailChannel.js';
import { startScriptedSmtp } from '../../../channels/email/scriptedSmtp.js';
import { startScriptedHttp } from '../../../channels/webhook/scriptedHttp.js';
import { createWebhookChannel } from '../../../channels/webhook/webhookChannel.js';
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import { createTemplates } from '../../../templates/liquidTemplates.js';
import { someone, startRecording } from '../../setup/recording.js';

export type RealChannels = Awaited<ReturnType<typeof startRealChannels>>;

export async function startRealChannels() {
  const r = await startRecording();
  const smtp = await startScriptedSmtp();
  const http = await startScriptedHttp();
  const warnings: string[] = [];
  const signingSecrets = [`whsec_${Buffer.alloc(32, 7).toString('base64')}`];
  const deps: Parameters<typeof createActivities>[0] = {
    pool: r.api.database.pool,
    clock: () => Promise.resolve(r.api.clock.now),
    workspace: DEFAULT_WORKSPACE,
    channels: {
      email: createEmailChannel({ smtpUrl: smtp.smtpUrl, from: 'Shop <shop@example.com>', onAmbiguous: 'resend' }),
      webhook: createWebhookChannel({ signingSecrets, allowHosts: [http.host] }),
    },
    templates: createTemplates(),
    receivers: new Receivers({ slots: 50 }),
    random: () => 0.5,
    observe: {
      began: () => undefined,
      ended: () => undefined,
      sent: () => undefined,
      warned: ({ what }) => void warnings.push(what),
    },
  };

  /** Somebody due for one message, and what reached its provider. */
  async function due(channel: 'email' | 'webhook' | 'keyed webhook') {
    const name = someone();
    const url = `http://${http.host}/${name}`;
    const message =
      channel === 'email'
        ? { channel, subject: 'Hello', text: 'Hello' }
        : { channel: 'webhook', url, body: 'Hello', honoursWebhookId: channel === 'keyed webhook' };
    const campaign = await r.launch({ trigger: { customEvent: name }, messages: [message] });
    await r.track({ attributes: [{ external_id: name, email: `${name}@example.com` }] });
    await r.event(name, name);
    const [pairing] = await r.pairings(campaign, name);
    const input = { pairingId: pairing?.id ?? 0, now: r.api.clock.now, inline: false };
    const requests = () =>
      channel === 'email'
        ? smtp.received.filter(({ bytes }) => bytes.includes(`${name}@example.com`)).map(({ key }) => key)
        : http.requests.filter((each) => each.url === `/${name}`).map(({ headers }) => headers['webhook-id']);
    const state = async () => {
      const { rows } = await deps.pool.query(
        `select p.state, p.outcome, m.state as message, m.attempt, m.resends,
           (select coalesce(sum(count), 0)::int from receipts where user_id = p.user_id) as receipts
         from pairings p left join messages m on m.pairing_id = p.id where p.id = $1`,
        [input.pairingId],
      );
      return rows[0];
    };
    return { input, requests, state };
  }

  return {
    r,
    smtp,
    http,
    deps,
    warnings,
    due,
    reset() {
      smtp.reset();
      http.answer((response) => response.writeHead(204).end());
      warnings.length = 0;
    },
    async stop() {
      await Promise.all(Object.values(deps.channels).map((channel) => channel.close()));
      await deps.templates.close();
      await Promise.all([smtp.stop(), http.stop()]);
      await r.api.close();
    },
  };
}
