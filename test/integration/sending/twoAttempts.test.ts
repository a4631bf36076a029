// One attempt to send under our own faults: a database that fails while settling, a process that dies between claim
// and answer, two attempts of one send alive at once. Real PostgreSQL and channels; no Temporal.
import { setTimeout as wait } from 'node:timers/promises';
import { createActivities } from '../../../activities/index.js';
import type { Channel } from '../../../channels/channel.js';
import { refused } from '../../../channels/sendResult.js';
import { MINUTE, SECOND, someone } from '../../setup/recording.js';
import { type RealChannels, startRealChannels } from './realChannels.js';

let channels: RealChannels;
let r: RealChannels['r'];
let http: RealChannels['http'];
let deps: RealChannels['deps'];
let due: RealChannels['due'];
beforeAll(async () => {
  channels = await startRealChannels();
  ({ r, http, deps, due } = channels);
});
afterAll(() => channels.stop());
beforeEach(() => channels.reset());

/** Dies after the provider took the request and before it could say so: its promise never ends. */
function dyingDeps(): typeof deps {
  const dying = (channel: Channel): Channel => ({
    ...channel,
    send: async (request, options) => {
      await channel.send(request, options);
      return await new Promise<never>(() => undefined);
    },
  });
  return { ...deps, channels: { email: dying(deps.channels.email), webhook: dying(deps.channels.webhook) } };
}

async function untilRequests(requests: () => readonly unknown[], count: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (requests().length < count) {
    if (Date.now() > deadline) throw new Error(`only ${requests().length} requests arrived`);
    await wait(5);
  }
}

test('killed between claim and answer, a keyed webhook is repeated at once with the same key: one receipt', async () => {
  const { input, requests, state } = await due('keyed webhook');
  void createActivities(dyingDeps()).attemptSend(input);
  await untilRequests(requests, 1);
  expect(await state()).toMatchObject({ state: 'sending', message: 'claimed' });
  expect(await createActivities(deps).attemptSend(input)).toMatchObject({ kind: 'ended', outcome: 'sent' });
  expect(requests()).toHaveLength(2);
  expect(new Set(requests()).size).toBe(1);
  expect(await state()).toMatchObject({ attempt: 2, receipts: 1 });
});

test.each(['email', 'webhook'] as const)(
  'killed between claim and answer, an unkeyed %s waits for its lease, then is repeated with the same id',
  async (channel) => {
    const { input, requests, state } = await due(channel);
    const { attemptSend } = createActivities(deps);
    void createActivities(dyingDeps()).attemptSend(input);
    await untilRequests(requests, 1);
    const answer = await attemptSend(input);
    const lease = deps.channels[channel].timeoutMs + 5 * SECOND;
    expect(answer).toMatchObject({ kind: 'hold', until: r.api.clock.now + lease });
    expect(requests()).toHaveLength(1);
    r.api.clock.now += MINUTE;
    expect(await attemptSend(input)).toMatchObject({ kind: 'ended', outcome: 'sent' });
    expect(requests()).toHaveLength(2);
    expect(new Set(requests()).size).toBe(1);
    expect(await state()).toMatchObject({ attempt: 2, resends: 1, receipts: 1 });
  },
);

/** An attempt that has called and waits for its answer, to be given later. */
async function zombie(subject: Awaited<ReturnType<typeof due>>, answer: 'accepted' | 'refused') {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const webhook = {
    ...deps.channels.webhook,
    send: async (...request: Parameters<typeof deps.channels.webhook.send>) => {
      const result = await deps.channels.webhook.send(...request);
      await released;
      return answer === 'accepted' ? result : refused('http_503', '');
    },
  };
  const older = createActivities({ ...deps, channels: { ...deps.channels, webhook } }).attemptSend(subject.input);
  await untilRequests(subject.requests, 1);
  return {
    wake: async () => {
      release();
      return await older;
    },
  };
}

test('of two attempts alive at once only one settles: the older finds itself fenced', async () => {
  const subject = await due('keyed webhook');
  const older = await zombie(subject, 'refused');
  expect(await createActivities(deps).attemptSend(subject.input)).toMatchObject({ kind: 'ended', outcome: 'sent' });
  await older.wake();
  expect(await subject.state()).toMatchObject({ state: 'done', outcome: 'sent', message: 'sent', receipts: 1 });
});

test('two attempts that both succeed make one receipt', async () => {
  const subject = await due('keyed webhook');
  const older = await zombie(subject, 'accepted');
  await createActivities(deps).attemptSend(subject.input);
  await older.wake();
  expect(await subject.state()).toMatchObject({ outcome: 'sent', receipts: 1 });
});

test('a refusal by the older attempt does not release what the younger is sending', async () => {
  const subject = await due('keyed webhook');
  const older = await zombie(subject, 'refused');
  let drop: () => void = () => undefined;
  http.answer((response) => {
    drop = () => response.destroy();
  });
  const younger = createActivities(deps).attemptSend(subject.input);
  await untilRequests(subject.requests, 2);
  await older.wake();
  expect(await subject.state()).toMatchObject({ state: 'sending', message: 'claimed', attempt: 2 });
  drop();
  expect(await younger).toMatchObject({ kind: 'hold' });
});

test('a late success of the older attempt is recorded while the message is undecided', async () => {
  const subject = await due('keyed webhook');
  const older = await zombie(subject, 'accepted');
  http.answer((response) => response.destroy());
  expect(await createActivities(deps).attemptSend(subject.input)).toMatchObject({ kind: 'hold' });
  expect(await subject.state()).toMatchObject({ state: 'sending', message: 'claimed', attempt: 2 });
  expect(await older.wake()).toMatchObject({ kind: 'ended', outcome: 'sent' });
  expect(await subject.state()).toMatchObject({ state: 'done', outcome: 'sent', message: 'sent', receipts: 1 });
});

test.each([
  ['an exception filter', 'entry,event,exceptions,0,where,0,matchesRegex', '('],
  ['an audience', 'audience,matchesRegex', '('],
  ['a definition', 'variants', 'nonsense'],
])(
  '%s that cannot be evaluated when the message falls due parks it, without its text in the failure',
  async (_, path, value) => {
    const name = someone();
    const campaign = await r.launch({
      trigger: { customEvent: name },
      delay: { after: '1 minute' },
      audience: { attribute: 'country', matchesRegex: 'FR' },
      recheckAudience: true,
      exceptions: [{ customEvent: `${name}-bought`, where: [{ property: 'word', matchesRegex: 'a' }] }],
      messages: [{ channel: 'email', subject: 'Hello', text: 'Hello' }],
    });
    await r.track({ attributes: [{ external_id: name, email: `${name}@example.com`, country: 'FR' }] });
    await r.event(name, name);
    const [pairing] = await r.pairings(campaign, name);
    r.api.clock.now += MINUTE;
    await deps.pool.query(
      `update campaign_versions v set definition = jsonb_set(v.definition, $2::text[], $3::jsonb)
     from campaigns c where c.id = v.campaign_id and c.key = $1`,
      [campaign, `{${path}}`, JSON.stringify(value)],
    );
    // Something the exception filter has to look at.
    await deps.pool.query(
      `insert into events (seq, received_at, user_id, kind, name, time, properties)
     select nextval('events_seq'), $2::timestamptz, id, 'custom', $1::text || '-bought', $2::timestamptz, '{"word": "bcd"}'
     from users where external_id = $1::text`,
      [name, new Date(r.api.clock.now).toISOString()],
    );
    const { attemptSend } = createActivities(deps);
    const input = { pairingId: pairing?.id ?? 0, now: r.api.clock.now, inline: false };
    const failure: unknown = await attemptSend(input).catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: 'Parked', nonRetryable: true });
    expect(await r.pairings(campaign, name)).toMatchObject([
      { state: 'parked', evidence: { error: expect.stringMatching(/./) } },
    ]);
  },
);
