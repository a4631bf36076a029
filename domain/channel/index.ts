// The channels by name: everything that goes through all of them reads this list.
import { z } from 'zod';
import type { JsonObject } from '../json.js';
import { fields, withAllowed } from '../schema/fields.js';
import type { ChannelRules } from './channelRules.js';
import { email } from './email.js';
import { webhook } from './webhook.js';

export const CHANNEL_NAMES = ['email', 'webhook'] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

export const CHANNELS: Readonly<Record<ChannelName, ChannelRules>> = { email, webhook };

const contents = { email: email.content.optional(), webhook: webhook.content.optional() } satisfies Record<
  ChannelName,
  z.ZodType
>;

/** `messages: { email: {…}, webhook: {…} }`, the canonical form. */
export const messagesByChannel = fields(contents);

/** `{ channel: email, subject: … }`, as an entry of a list. */
export const messageEntry = z.discriminatedUnion('channel', [email.entry, webhook.entry], {
  error: (issue) =>
    issue.code === 'invalid_union' ? withAllowed('is not a channel', CHANNEL_NAMES.join(', ')) : undefined,
});

/** As it was read, by channel. */
export type Messages = Readonly<z.output<typeof messagesByChannel>>;

/** As it is compiled: the un-rendered content by channel, validated by the channel's schema. */
export type Contents = Readonly<Partial<Record<ChannelName, JsonObject>>>;

/** The channels that have a content, in the order of the list, each with it. */
export function contentsOf(messages: Contents): readonly (readonly [ChannelName, JsonObject])[] {
  return channelsOf(messages).map((name) => [name, messages[name] ?? {}]);
}

/** The channels that have a content, in the order of the list. */
export function channelsOf(messages: Contents): readonly ChannelName[] {
  return CHANNEL_NAMES.filter((name) => messages[name] !== undefined);
}
