/**
 * A channel whose settings are missing. Campaigns may use it all the same: what falls due holds, visibly, and goes
 * out once the setting is there.
 */
import type { ChannelName } from '../domain/channel/index.js';
import type { Channel } from './channel.js';
import { misconfigured, prepared } from './sendResult.js';

export function createUnconfiguredChannel(name: ChannelName, setting: string): Channel {
  const detail = `${setting} is not set: set it and restart the workers`;
  return {
    name,
    timeoutMs: 1_000,
    maxRefusals: null,
    onAmbiguous: 'resend',
    isKeyed: () => false,
    structure: (content) => content,
    prepare: (content) => prepared(content),
    lacks: () => Promise.resolve(null),
    receiver: () => name,
    send: () => Promise.resolve(misconfigured('not_configured', detail)),
    check: () => Promise.reject(new Error(detail)),
    close: () => Promise.resolve(),
  };
}
