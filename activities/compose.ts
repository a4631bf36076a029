/** From a pairing's un-rendered content to the request of each channel that has no outcome yet. */
import type { ChannelName } from '../domain/channel/index.js';
import { channelsOf } from '../domain/channel/index.js';
import { isSettled } from '../domain/decision/sending/outcome.js';
import { sendKey } from '../domain/ids.js';
import type { Delivery } from '../storage/queries/messages/selectDelivery.js';
import type { Composed, ComposedMessage } from './deciding/deciding.js';
import type { ActivityDeps } from './deps.js';

export async function compose(
  deps: Pick<ActivityDeps, 'channels' | 'templates'>,
  delivery: Delivery,
): Promise<Composed> {
  const { campaign, user, trigger } = delivery;
  const contents = delivery.variant.messages;
  const channels = channelsOf(contents);
  const messages = new Map<ChannelName, ComposedMessage>();
  const base: Composed = {
    campaignRevision: campaign.revision,
    userVersion: user?.version ?? null,
    channels,
    messages,
  };
  if (user === null) return base;
  for (const channel of channels) {
    if (delivery.messages.some((message) => message.channel === channel && isSettled(message.state))) continue;
    const content = contents[channel] ?? {};
    const port = deps.channels[channel];
    const key = { sendKey: sendKey(delivery.installation, delivery.pairingId, channel), keyed: port.isKeyed(content) };
    const rendered = await deps.templates.render(port.structure(content), {
      profile: user.profile,
      eventProperties: trigger.properties,
      campaign: { id: campaign.id, name: campaign.name },
      userId: delivery.userId,
      source: `${campaign.id}/${campaign.version}/${delivery.variant.key}/${channel}`,
    });
    switch (rendered.kind) {
      case 'failed':
        messages.set(channel, { ...key, kind: 'failed', detail: rendered.detail });
        break;
      case 'aborted':
        messages.set(channel, { ...key, kind: 'aborted', detail: rendered.reason });
        break;
      case 'rendered': {
        const prepared = port.prepare(rendered.content, user.profile, key.sendKey);
        messages.set(channel, { ...key, ...prepared });
        break;
      }
    }
  }
  return base;
}
