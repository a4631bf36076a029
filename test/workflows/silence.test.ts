// A provider that took a message, or did not, and never said: repeated under one key, or left in doubt, never silent.
import type { ServerResponse } from 'node:http';
import {
  DAY,
  endings,
  event,
  HOUR,
  launch,
  MINUTE,
  newcomer,
  purchase,
  receipts,
  refusals,
  SECOND,
  someone,
  until,
} from './world/people.js';
import { startWorld, type World } from './world/world.js';

const sent = { outcome: 'sent', reason: 'sent' };
const accept = (response: ServerResponse) => response.writeHead(204).end();
const drop = (response: ServerResponse) => response.destroy();
const answerWith =
  (status: number, headers = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, headers).end('no');

let world: World;

async function passTime(ms: number): Promise<void> {
  await world.advanceTo((await world.now()) + ms);
  await world.settle();
}

/** A webhook to a path of its own, and what reached it. */
function hook(more: Record<string, unknown> = {}) {
  const path = `/${someone('hook')}`;
  const message = { channel: 'webhook', url: `http://${world.http.host}${path}`, body: { hello: 'you' }, ...more };
  return { message, requests: () => world.http.requests.filter(({ url }) => url === path) };
}

async function messageIds(campaign: string): Promise<readonly string[]> {
  return world.smtp.received.filter(({ bytes }) => bytes.includes(`Message of ${campaign}\r\n`)).map(({ key }) => key);
}

describe('silence', () => {
  beforeAll(async () => {
    world = await startWorld();
  }, 120_000);
  afterAll(() => world.stop(), 60_000);
  beforeEach(() => {
    world.smtp.reset();
    world.http.answer(accept);
    ping = someone('ping');
    trigger = { customEvent: ping };
    cancellable = { trigger, delay: { after: '1 minute' }, exceptions: [{ purchase: 'any' }] };
  });

  /** An event of the test's own, so that campaigns of other tests stay out of it. */
  let ping = '';
  let trigger = { customEvent: '' };
  let cancellable = {};

  it('a keyed webhook whose answer is lost is repeated with the same webhook-id and body: one receipt', async () => {
    const { message, requests } = hook({ honoursWebhookId: true });
    const campaign = await launch(world, { trigger, messages: [message] });
    const user = await newcomer(world);
    world.http.answer(drop);
    await event(world, user, ping);
    await until(() => requests().length === 2, 'the repetition at once');
    world.http.answer(accept);
    await passTime(5 * MINUTE);
    expect(await endings(world, campaign, user)).toMatchObject([sent]);
    expect(requests().length).toBeGreaterThanOrEqual(3);
    expect(new Set(requests().map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(requests().map(({ body }) => body)).size).toBe(1);
    expect(await receipts(world, campaign, user)).toEqual({ receipts: 1, received: 1 });
  });

  it('a keyed webhook that hangs is given up in time and repeated with the same webhook-id', async () => {
    const { message, requests } = hook({ honoursWebhookId: true });
    const campaign = await launch(world, { trigger, messages: [message] });
    const user = await newcomer(world);
    world.http.answer(() => undefined);
    await event(world, user, ping);
    await until(() => requests().length === 1, 'the first request');
    world.http.answer(accept);
    await until(() => requests().length === 2, 'the repetition');
    await passTime(MINUTE);
    expect(await endings(world, campaign, user)).toMatchObject([sent]);
    expect(new Set(requests().map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('what a provider says of a repetition settles nothing of the lost answer before it', async () => {
    const { message, requests } = hook({ honoursWebhookId: true });
    const campaign = await launch(world, { ...cancellable, messages: [message] });
    const user = await newcomer(world);
    const answers = [drop, answerWith(503)];
    world.http.answer((response) => (answers.shift() ?? accept)(response));
    await event(world, user, ping);
    await passTime(61 * SECOND);
    await until(() => requests().length >= 2, 'the repetition');
    // Dispatch has begun and may have succeeded: too late to cancel.
    await purchase(world, user);
    await passTime(HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([sent]);
    expect(new Set(requests().map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('an e-mail whose answer is lost is sent again after its lease, with the same Message-ID', async () => {
    const campaign = await launch(world, { trigger });
    const user = await newcomer(world);
    world.smtp.behave('takeThenDropReply');
    await event(world, user, ping);
    await world.settle();
    expect(await messageIds(campaign)).toHaveLength(1);
    world.smtp.behave('accept');
    await passTime(10 * SECOND);
    expect(await messageIds(campaign)).toHaveLength(1);
    await passTime(30 * SECOND);
    expect(await endings(world, campaign, user)).toMatchObject([sent]);
    const ids = await messageIds(campaign);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(await receipts(world, campaign, user)).toEqual({ receipts: 1, received: 1 });
  });

  it('an e-mail in doubt whose repetition is refused stays in doubt and is repeated until accepted', async () => {
    const campaign = await launch(world, { trigger });
    const user = await newcomer(world);
    world.smtp.behave('takeThenDropReply');
    await event(world, user, ping);
    await world.settle();
    world.smtp.behave('refuse');
    await passTime(20 * MINUTE);
    expect((await messageIds(campaign)).length).toBeGreaterThanOrEqual(4);
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: null }]);
    world.smtp.behave('accept');
    await passTime(DAY);
    expect(await endings(world, campaign, user)).toMatchObject([sent]);
    expect(new Set(await messageIds(campaign)).size).toBe(1);
  });

  it('an e-mail never answered is repeated twice, then unknown, which counts as received', async () => {
    const campaign = await launch(world, { trigger });
    const user = await newcomer(world);
    world.smtp.behave('takeThenDropReply');
    await event(world, user, ping);
    await passTime(HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'unknown', reason: 'no_answer' }]);
    expect(await messageIds(campaign)).toHaveLength(3);
    await event(world, user, ping);
    expect(await refusals(world, campaign, user)).toEqual(['already_received']);
  });
});

describe('EMAIL_ON_AMBIGUOUS=assumeSent', () => {
  beforeAll(async () => {
    world = await startWorld({ environment: { EMAIL_ON_AMBIGUOUS: 'assumeSent' } });
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  it('an e-mail whose answer is lost is unknown, never sent twice, and counts as received', async () => {
    const campaign = await launch(world, { trigger: { customEvent: 'ping' } });
    const user = await newcomer(world);
    world.smtp.behave('takeThenDropReply');
    await event(world, user, 'ping');
    await passTime(HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'unknown', reason: 'no_answer' }]);
    expect(await messageIds(campaign)).toHaveLength(1);
    await event(world, user, 'ping');
    expect(await refusals(world, campaign, user)).toEqual(['already_received']);
  });
});
