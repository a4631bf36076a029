// H1: what preparing and judging a message may cost, of every channel and of every text that its definition may have.
import type { z } from 'zod';
import { createContentRules } from '../composition/channels.js';
import { CHANNEL_NAMES, type ChannelName, messagesByChannel } from '../domain/channel/index.js';
import type { Json, JsonObject } from '../domain/json.js';
import { EMPTY_PROFILE } from '../domain/profile/profile.js';
import { growth, LONGEST_PAUSE_MS, MOST_GROWTH, pauseMs, type Subject, subject } from '../test/setup/growth.js';
import type { Channel } from './channel.js';
import { createEmailChannel } from './email/emailChannel.js';
import { createWebhookChannel } from './webhook/webhookChannel.js';

const CHANNELS: Readonly<Record<ChannelName, Channel>> = {
  email: createEmailChannel({ smtpUrl: 'smtp://127.0.0.1:9', from: 'shop@example.com', onAmbiguous: 'resend' }),
  webhook: createWebhookChannel({
    signingSecrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`],
    allowHosts: [],
  }),
};
afterAll(() => Promise.all(Object.values(CHANNELS).map((channel) => channel.close())));
const WHOLE: Readonly<Record<ChannelName, JsonObject>> = {
  email: { subject: 'x', text: 'x' },
  webhook: { url: 'https://hooks.example/', body: 'x' },
};
const check = createContentRules({ allowHosts: [] });

/** A template renders a million characters at most. */
const LARGEST = 1_000_000;
const repeated = (part: string) => (n: number) => part.repeat(n / part.length);
const TEXTS: Readonly<Record<string, (n: number) => Json>> = {
  letters: repeated('x'),
  blanks: repeated(' '),
  'lines and controls': repeated('\r\n\u0001'),
  addresses: repeated('a@b.example, '),
  brackets: repeated('<'),
  quotes: repeated('"\\'),
  'beyond ASCII': repeated('é😀'),
  Liquid: repeated('{{ a }}'),
  'open Liquid': repeated('{{'),
  // A definition has 4,000 values.
  'a list of texts': (n) => Array.from({ length: n / 250 }, (_, i) => `x${i}`),
  'an object of texts': (n) => Object.fromEntries(Array.from({ length: n / 250 }, (_, i) => [`x-${i}`, 'y'])),
};

const fieldsOf = (channel: ChannelName): readonly string[] => {
  const schema: z.ZodType = messagesByChannel.shape[channel].unwrap();
  return Object.keys((schema as z.ZodObject).shape);
};

const SUBJECTS: readonly Subject[] = CHANNEL_NAMES.flatMap((channel) =>
  fieldsOf(channel).flatMap((field) =>
    Object.entries(TEXTS).flatMap(([name, text]) => {
      const make = (n: number): JsonObject => ({ ...WHOLE[channel], [field]: text(n) });
      const profile = { ...EMPTY_PROFILE, email: 'ada@people.example' };
      return [
        subject(`${channel}: preparing ${field} of ${name}`, LARGEST, {
          make: (n: number) => CHANNELS[channel].structure(make(n)),
          run: (content) => CHANNELS[channel].prepare(content, profile, 'k'),
        }),
        // As a definition may hold it.
        subject(`${channel}: judging ${field} of ${name}`, 200_000, {
          make,
          run: (content) => [check(channel, content), CHANNELS[channel].structure(content)],
        }),
      ];
    }),
  ),
);

test('a person’s address costs no more than others’ do', () => {
  for (const text of Object.values(TEXTS))
    expect(
      pauseMs(
        subject('an address', LARGEST, {
          make: (n: number) => ({ ...EMPTY_PROFILE, email: String(text(n)) }),
          run: (profile) => CHANNELS.email.prepare(WHOLE.email, profile, 'k'),
        }),
      ),
    ).toBeLessThan(LONGEST_PAUSE_MS);
});

test.each(SUBJECTS.map((each) => [each.name, each] as const))('%s', (_name, each) => {
  expect(pauseMs(each)).toBeLessThan(LONGEST_PAUSE_MS);
  expect(growth(each)).toBeLessThan(MOST_GROWTH);
});
