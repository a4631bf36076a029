// The suite every channel passes, against a real provider in process whose behaviour is scripted. It pins the promises
// that the send ledger is built on; a channel's own test adds what is peculiar to it. For tests only.

import fc from 'fast-check';
import type { JsonObject } from '../domain/json.js';
import { EMPTY_PROFILE, type Profile } from '../domain/profile/profile.js';
import type { Channel, SendResult } from './channel.js';

/** What the provider does with requests from now on. `refuse` and `reject` repeat the recipient in their text. */
export type ProviderBehaviour = 'accept' | 'refuse' | 'reject' | 'takeThenDropReply' | 'takeThenHang';

/** A request that reached the provider whole. `bytes` leave out what belongs to the attempt (Date, timestamp, signature). */
export interface ReceivedRequest {
  readonly key: string;
  readonly bytes: string;
  readonly accepted: boolean;
}

export interface ScriptedProvider {
  readonly received: readonly ReceivedRequest[];
  behave(behaviour: ProviderBehaviour): void;
  stop(): Promise<void>;
}

export interface ConformanceHarness {
  readonly channel: Channel;
  readonly provider: ScriptedProvider;
  /** Rendered content of a message that `conformanceProfile` may get. */
  readonly content: JsonObject;
}

export const conformanceProfile: Profile = {
  ...EMPTY_PROFILE,
  externalId: 'u-1',
  email: 'grace.hopper@people.example',
  phone: '+33612345678',
};

/** The limit of an attempt whose provider hangs; every other attempt has time enough on a loaded machine. */
const HANG_MS = 400;
const RANDOM_TEXTS = 200;
const SEND_KEY = '42:welcome:a/é';

/** `timeoutMs` for the harness' channel: long enough that only the attempt's own limit is at work. */
export const CONFORMANCE_TIMEOUT_MS = 5_000;

export function channelConformance(name: string, createHarness: () => Promise<ConformanceHarness>): void {
  describe(`channel conformance: ${name}`, () => {
    let harness: ConformanceHarness;
    let request: JsonObject;

    beforeEach(async () => {
      harness = await createHarness();
      request = requestOf(harness);
    });

    afterEach(async () => {
      await harness.channel.close();
      await harness.provider.stop();
    });

    const send = (now = 1_800_000_000_000, timeoutMs = CONFORMANCE_TIMEOUT_MS): Promise<SendResult> =>
      harness.channel.send(request, { sendKey: SEND_KEY, timeoutMs, now });
    const sendBriefly = (): Promise<SendResult> => send(undefined, HANG_MS);

    test('an accepted message reaches the provider once', async () => {
      expect(await send()).toMatchObject({ kind: 'accepted' });
      expect(harness.provider.received).toHaveLength(1);
    });

    test('preparing the same content again gives the same request, and the request survives storage as JSON', async () => {
      expect(requestOf(harness)).toEqual(request);
      expect(JSON.parse(JSON.stringify(request))).toEqual(request);
    });

    test('attempts of one message carry the same key and the same bytes; another message has another key', async () => {
      harness.provider.behave('refuse');
      await send(1_800_000_000_000);
      harness.provider.behave('accept');
      await send(1_800_000_600_000);
      const other = harness.channel.prepare(harness.content, conformanceProfile, 'another');
      if (other.kind === 'request') {
        await harness.channel.send(other.request, {
          sendKey: 'another',
          timeoutMs: CONFORMANCE_TIMEOUT_MS,
          now: 1_800_000_600_000,
        });
      }
      const [first, second, third] = harness.provider.received;
      expect(second).toEqual({ ...first, accepted: true });
      expect(third?.key).not.toBe(first?.key);
      expect(harness.provider.received).toHaveLength(3);
    });

    test('a refusal is known not to be accepted, and the next attempt delivers exactly one copy', async () => {
      harness.provider.behave('refuse');
      expect(await send()).toMatchObject({ kind: 'refused' });
      harness.provider.behave('accept');
      expect(await send()).toMatchObject({ kind: 'accepted' });
      expect(harness.provider.received.filter(({ accepted }) => accepted)).toHaveLength(1);
    });

    test('a permanent refusal is rejected and not tried again by the channel itself', async () => {
      harness.provider.behave('reject');
      expect(await send()).toMatchObject({ kind: 'rejected' });
      expect(harness.provider.received).toHaveLength(1);
    });

    test('a reply lost after the message was taken is ambiguous, and the channel does not send it again by itself', async () => {
      harness.provider.behave('takeThenDropReply');
      expect(await send()).toMatchObject({ kind: 'ambiguous' });
      expect(harness.provider.received).toHaveLength(1);
    });

    test('a provider that hangs after taking the message is bounded by the attempt, ambiguous, and blocks nobody else', async () => {
      // The connection is open before the brief attempt: its time is the provider's alone.
      expect(await send()).toMatchObject({ kind: 'accepted' });
      harness.provider.behave('takeThenHang');
      const startedAt = performance.now();
      expect(await sendBriefly()).toMatchObject({ kind: 'ambiguous' });
      expect(performance.now() - startedAt).toBeLessThan(CONFORMANCE_TIMEOUT_MS / 2);
      harness.provider.behave('accept');
      expect(await send()).toMatchObject({ kind: 'accepted' });
    });

    test('a provider that is down is a sure refusal', async () => {
      await harness.provider.stop();
      expect(await send()).toMatchObject({ kind: 'refused', code: 'connection_refused' });
    });

    test.each(['accept', 'refuse', 'reject', 'takeThenDropReply', 'takeThenHang'] as const)(
      'when the provider does %s, the code is a short word of ours without the recipient in it',
      async (behaviour) => {
        harness.provider.behave(behaviour);
        const result = await (behaviour === 'takeThenHang' ? sendBriefly() : send());
        if (result.kind === 'accepted') return expect(behaviour).toBe('accept');
        expect(result.code).toMatch(/^[a-z][a-z0-9_]{2,40}$/);
        return expect(result.detail.length).toBeLessThanOrEqual(2_000);
      },
    );

    test('B1, H2: nothing it says holds what PostgreSQL cannot store, whatever content and provider say', () => {
      const bad = /\u0000|\p{Surrogate}/u;
      const random = fc.sample(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }), RANDOM_TEXTS);
      const texts = random.map((units) => String.fromCharCode(...units));
      for (const text of ['a\u0000b', '\ud83d', '\udc00x', `${'x'.repeat(999)}😀`, ...texts]) {
        const content = Object.fromEntries(Object.keys(harness.content).map((name) => [name, text]));
        for (const given of [content, { ...harness.content, subject: text, text, body: text }]) {
          const made = harness.channel.prepare(given, conformanceProfile, SEND_KEY);
          expect(JSON.stringify(made)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
          if (made.kind === 'invalid') expect(made.detail).not.toMatch(bad);
        }
      }
    });

    test('a request that names nothing of the installation lacks nothing, nor does one that is none of this channel', async () => {
      expect([await harness.channel.lacks(request), await harness.channel.lacks({})]).toEqual([null, null]);
    });

    test('a stored request that is no request of this channel is rejected, not thrown', async () => {
      const options = { sendKey: SEND_KEY, timeoutMs: CONFORMANCE_TIMEOUT_MS, now: 0 };
      expect(await harness.channel.send({}, options)).toMatchObject({ kind: 'rejected', code: 'request_unreadable' });
      expect(harness.provider.received).toHaveLength(0);
    });

    test('content that is no message of this channel is invalid, not thrown', () => {
      expect(harness.channel.prepare({}, conformanceProfile, SEND_KEY)).toMatchObject({ kind: 'invalid' });
    });

    test('messages sent at the same time each arrive once, under their own keys', async () => {
      const keys = Array.from({ length: 20 }, (_, index) => `batch-${index}`);
      const results = await Promise.all(
        keys.map((sendKey) => {
          const prepared = harness.channel.prepare(harness.content, conformanceProfile, sendKey);
          if (prepared.kind === 'invalid') throw new Error(prepared.detail);
          return harness.channel.send(prepared.request, { sendKey, timeoutMs: CONFORMANCE_TIMEOUT_MS, now: 0 });
        }),
      );
      expect(results.every(({ kind }) => kind === 'accepted')).toBe(true);
      expect(new Set(harness.provider.received.map(({ key }) => key)).size).toBe(keys.length);
      expect(harness.provider.received).toHaveLength(keys.length);
    });
  });
}

function requestOf({ channel, content }: ConformanceHarness): JsonObject {
  const prepared = channel.prepare(content, conformanceProfile, SEND_KEY);
  if (prepared.kind === 'invalid') throw new Error(prepared.detail);
  return prepared.request;
}
