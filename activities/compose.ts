/** From a pairing's un-rendered content to the request of each channel that has no outcome yet. */
import type { ChannelName } from '../domain/channel/index.js';
import { channelsOf } from '../domain/channel/index.js';
import { isSettled } from '../domain/decision/sending/outcome.js';
import { sendKey } from '../domain/ids.js';
import type { StorableObject, StorableText } from '../domain/schema/storableText.js';
import type { Delivery } from '../storage/queries/messages/selectDelivery.js';
import type { ActivityDeps } from './deps.js';

export interface Composed {
  /** Of the rows rendered from: a different version under the lock means rendering again. */
  readonly campaignVersion: number;
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

export async function compose(deps: ActivityDeps, delivery: Delivery): Promise<Composed> {
  const { campaign, user, trigger } = delivery;
  const contents = delivery.variant.messages;
  const channels = channelsOf(contents);
  const messages = new Map<ChannelName, ComposedMessage>();
  const base: Composed = { campaignVersion: campaign.version, userVersion: user?.version ?? null, channels, messages };
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
