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
import { accept, answerWith, hook, messageIds, passTime, sent } from './world/providers.js';
import { startWorld, type World } from './world/world.js';

const drop = (response: ServerResponse) => response.destroy();

let world: World;

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
    const { message, requests } = hook(world, { honoursWebhookId: true });
    const campaign = await launch(world, { trigger, messages: [message] });
    const user = await newcomer(world);
    world.http.answer(drop);
    await event(world, user, ping);
    await until(() => requests().length === 2, 'the repetition at once');
    world.http.answer(accept);
    await passTime(world, 5 * MINUTE);
    expect(await endings(world, campaign, user)).toMatchObject([sent]);
    expect(requests().length).toBeGreaterThanOrEqual(3);
    expect(new Set(requests().map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(requests().map(({ body }) => body)).size).toBe(1);
    expect(await receipts(world, campaign, user)).toEqual({ receipts: 1, received: 1 });
  });

  it('a keyed webhook that hangs is given up in time and repeated with the same webhook-id', async () => {
    const { message, requests } = hook(world, { honoursWebhookId: true });
    const campaign = await launch(world, { trigger, messages: [message] });
    const user = await newcomer(world);
    world.http.answer(() => undefined);
    await event(world, user, ping);
    await until(() => requests().length === 1, 'the first request');
    world.http.answer(accept);
    await until(() => requests().length === 2, 'the repetition');
    await passTime(world, MINUTE);
    expect(await endings(world, campaign, user)).toMatchObject([sent]);
    expect(new Set(requests().map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('what a provider says of a repetition settles nothing of the lost answer before it', async () => {
    const { message, requests } = hook(world, { honoursWebhookId: true });
    const campaign = await launch(world, { ...cancellable, messages: [message] });
    const user = await newcomer(world);
    const answers = [drop, answerWith(503)];
    world.http.answer((response) => (answers.shift() ?? accept)(response));
    await event(world, user, ping);
    await passTime(world, 61 * SECOND);
    await until(() => requests().length >= 2, 'the repetition');
    // Dispatch has begun and may have succeeded: too late to cancel.
    await purchase(world, user);
    await passTime(world, HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([sent]);
    expect(new Set(requests().map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('an e-mail whose answer is lost is sent again after its lease, with the same Message-ID', async () => {
    const campaign = await launch(world, { trigger });
    const user = await newcomer(world);
    world.smtp.behave('takeThenDropReply');
    await event(world, user, ping);
    await world.settle();
    expect(messageIds(world, campaign)).toHaveLength(1);
    world.smtp.behave('accept');
    await passTime(world, 10 * SECOND);
    expect(messageIds(world, campaign)).toHaveLength(1);
    await passTime(world, 30 * SECOND);
    expect(await endings(world, campaign, user)).toMatchObject([sent]);
    const ids = messageIds(world, campaign);
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
    await passTime(world, 20 * MINUTE);
    expect(messageIds(world, campaign).length).toBeGreaterThanOrEqual(4);
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: null }]);
    world.smtp.behave('accept');
    await passTime(world, DAY);
    expect(await endings(world, campaign, user)).toMatchObject([sent]);
    expect(new Set(messageIds(world, campaign)).size).toBe(1);
  });

  it('an e-mail never answered is repeated twice, then unknown, which counts as received', async () => {
    const campaign = await launch(world, { trigger });
    const user = await newcomer(world);
    world.smtp.behave('takeThenDropReply');
    await event(world, user, ping);
    await passTime(world, HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'unknown', reason: 'no_answer' }]);
    expect(messageIds(world, campaign)).toHaveLength(3);
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
    await passTime(world, HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'unknown', reason: 'no_answer' }]);
    expect(messageIds(world, campaign)).toHaveLength(1);
    await event(world, user, 'ping');
    expect(await refusals(world, campaign, user)).toEqual(['already_received']);
  });
});
