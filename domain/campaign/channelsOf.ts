import type { JsonObject } from '../json.js';
import { CHANNEL_NAMES, type ChannelName } from './campaign.js';

/** The channels a variant composes a message for. */
export function channelsOf(messages: Readonly<Partial<Record<ChannelName, JsonObject>>>): readonly ChannelName[] {
  return CHANNEL_NAMES.filter((name) => messages[name] !== undefined);
}
