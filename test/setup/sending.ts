// Attempts to send what a recording let in, at instants that the test sets, by a channel that answers what the test says.

import { Receivers } from '../../activities/holding/receivers.js';
import { createActivities } from '../../activities/index.js';
import type { Channel, SendResult } from '../../channels/channel.js';
import { accepted, prepared } from '../../channels/sendResult.js';
import type { ChannelName } from '../../domain/channel/index.js';
import { DEFAULT_WORKSPACE, type Workspace } from '../../domain/workspace.js';
import { createTemplates } from '../../templates/liquidTemplates.js';
import type { AttemptAnswer } from '../../workflows/contracts.js';
import type { Recording } from './recording.js';

export interface Sending {
  /** What the provider answers, and how long it takes to. */
  provider: { answer: SendResult; takesMs: number };
  /** One attempt, now, of the person's latest pairing with the campaign, or of the one given. */
  attempt(campaign: string, user: string, pairingId?: number): Promise<AttemptAnswer>;
  stop(): Promise<void>;
}

export const ACCEPTED: SendResult = accepted('');

export function startSending(r: Recording, workspace: Workspace = DEFAULT_WORKSPACE): Sending {
  const templates = createTemplates({ threads: 1 });
  const provider: Sending['provider'] = { answer: ACCEPTED, takesMs: 0 };
  const channel = (name: ChannelName): Channel => ({
    name,
    timeoutMs: 1_000,
    maxRefusals: null,
    onAmbiguous: 'resend',
    isKeyed: () => true,
    structure: (content) => content,
    lacks: () => Promise.resolve(null),
    receiver: () => 'one',
    prepare: prepared,
    send: () => {
      r.api.clock.now += provider.takesMs;
      return Promise.resolve(provider.answer);
    },
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  });
  const { attemptSend } = createActivities({
    pool: r.api.database.pool,
    clock: () => Promise.resolve(r.api.clock.now),
    workspace,
    channels: { email: channel('email'), webhook: channel('webhook') },
    templates,
    receivers: new Receivers({ slots: 50 }),
    random: () => 0,
    observe: { began: () => undefined, ended: () => undefined, sent: () => undefined, warned: () => undefined },
  });
  return {
    provider,
    attempt: async (campaign, user, pairingId) => {
      const id = pairingId ?? (await r.pairings(campaign, user)).at(-1)?.id;
      if (id === undefined) throw new Error(`${user} never entered ${campaign}`);
      return await attemptSend({ pairingId: id, now: r.api.clock.now, inline: false });
    },
    stop: () => templates.close(),
  };
}
