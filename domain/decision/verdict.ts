import type { Unreachable } from '../channel/channelRules.js';
import type { ChannelName } from '../channel/index.js';
import type { Evidence } from './gates/gates.js';
import type { Reason } from './reasons.js';

/** What is to become of a pairing now. */
export type Verdict =
  | {
      readonly kind: 'send';
      readonly channels: readonly ChannelName[];
      readonly unreachable: Readonly<Partial<Record<ChannelName, Unreachable>>>;
    }
  | { readonly kind: 'hold'; readonly until: number; readonly because: HoldReason; readonly evidence: Evidence }
  | {
      readonly kind: 'end';
      readonly outcome: 'cancelled' | 'dropped';
      readonly reason: Reason;
      readonly evidence: Evidence;
    };

export type HoldReason = 'not_due' | 'window' | 'quiet_hours' | 'another_send';
