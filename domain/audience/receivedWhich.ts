/** Which messages filters over the message history ask about, and what an audience that asks refers to. */
import { z } from 'zod';
import { CHANNEL_NAMES } from '../channel/index.js';
import { type ReceivedNeed, type ReceivedTally, type ReceivedWhich, receivedKey } from '../facts/received.js';
import type { UserFacts } from '../facts/userFacts.js';
import { fields, text, withAllowed } from '../schema/fields.js';
import { keyText } from '../schema/key.js';

const SELECTORS = ['campaign', 'variant', 'channel', 'tag'];

export const whichSchema = z.union([
  z.literal('any'),
  fields({
    campaign: keyText.optional(),
    variant: keyText.optional(),
    channel: z.enum(CHANNEL_NAMES).optional(),
    tag: text(50).optional(),
  })
    .refine((which) => Object.keys(which).length > 0, {
      error: () => withAllowed('says not which messages', `any, or ${SELECTORS.join(', ')}`),
    })
    .refine(({ variant, campaign }) => variant === undefined || campaign !== undefined, {
      error: () => withAllowed('has a variant and no campaign', 'the campaign whose variant it is'),
    }),
]);

type Which = z.output<typeof whichSchema>;

export function whichOf(which: Which): ReceivedWhich {
  const { campaign = null, variant = null, channel = null, tag = null } = which === 'any' ? {} : which;
  return { campaign, variant, channel, tag };
}

export function receivedNeed(which: Which): ReceivedNeed {
  return { kind: 'received', ...whichOf(which) };
}

/** Null: none. Throws where it is not known what was received at that time. */
export function receivedTally(which: Which, { received }: UserFacts): ReceivedTally | null {
  if (received === null) throw new RangeError('which messages the person had received by then is not known');
  return received.get(receivedKey(whichOf(which)))?.tally ?? null;
}

/** "e-mails of campaign c (variant b)". */
export function describeWhich(which: Which): string {
  const { campaign, variant, channel, tag } = whichOf(which);
  const parts = [
    channel === null ? 'messages' : `${channel} messages`,
    ...(campaign === null ? [] : [`of campaign ${campaign}`]),
    ...(variant === null ? [] : [`in variant ${variant}`]),
    ...(tag === null ? [] : [`of campaigns tagged ${tag}`]),
  ];
  return parts.join(' ');
}
