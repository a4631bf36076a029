// Exceptions, recorded: what they cancel, what they leave alone, and that the order of arrival does not matter.
import { HOUR, MINUTE, type Recording, SECOND, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const names = async (campaign: string, user: string) =>
  (await r.pairings(campaign, user)).map(({ state, reason }) => [state, reason].filter(Boolean).join(':'));

const reminder = (name: string, more: object = {}) =>
  r.launch({
    trigger: { customEvent: name },
    delay: { after: '1 hour' },
    exceptions: [{ purchase: 'any' }],
    ...more,
  });

test('AB-31: an exception after the trigger cancels, asks the run to be woken and is an event itself', async () => {
  const campaign = await reminder('ab31');
  const user = someone();
  await r.event(user, 'ab31');
  r.api.clock.now += MINUTE;
  await r.purchase(user);
  const [pairing] = await r.pairings(campaign, user);
  expect(pairing).toMatchObject({
    state: 'done',
    outcome: 'cancelled',
    reason: 'exception',
    evidence: { event: 'purchase', name: 'sku', at: r.iso() },
  });
  expect(await r.count('outbox where target_id = $1 and kind = $2', [pairing?.id, 'close'])).toBe(1);
  const events = await r.events(user);
  expect(events.map(({ kind }) => kind)).toEqual(['custom', 'purchase', 'exceptionFired']);
  expect(events[2]).toMatchObject({ name: campaign, time: r.api.clock.now, properties: { by: events[1]?.seq } });
});

test('AB-31: an exception before the trigger, or one with nothing waiting, does nothing', async () => {
  const campaign = await reminder('ab31-before');
  const user = someone();
  await r.purchase(user);
  await r.event(user, 'ab31-before');
  await r.purchase(user, {}, -MINUTE);
  expect(await names(campaign, user)).toEqual(['waiting']);
  expect((await r.events(user)).filter(({ kind }) => kind === 'exceptionFired')).toEqual([]);
});

test('AB-31a: at equal times stream order decides, in one request and in two', async () => {
  const campaign = await reminder('ab31a');
  const [after, before] = [someone(), someone()];
  await r.event(after, 'ab31a');
  await r.purchase(after);
  await r.purchase(before);
  await r.event(before, 'ab31a');
  expect(await names(campaign, after)).toEqual(['done:exception']);
  expect(await names(campaign, before)).toEqual(['waiting']);
});

test('AB-31a, AB-33: an event is never its own exception; its repeat cancels and starts anew', async () => {
  const campaign = await reminder('search', { exceptions: [{ customEvent: 'search' }] });
  const user = someone();
  await r.event(user, 'search');
  expect(await names(campaign, user)).toEqual(['waiting']);
  r.api.clock.now += 5 * MINUTE;
  await r.event(user, 'search');
  const [first, second] = await r.pairings(campaign, user);
  expect([first?.reason, second?.state]).toEqual(['exception', 'waiting']);
  expect(second?.due_at).toBe(r.api.clock.now + HOUR);
});

test('AB-33: five repeats in one request leave one waiting, whatever their order', async () => {
  const campaign = await reminder('typing', { exceptions: [{ customEvent: 'typing' }] });
  const user = someone();
  r.api.clock.now += HOUR;
  await r.track({
    events: [-3, -1, -5, -2, -4].map((n) => ({ external_id: user, name: 'typing', time: r.iso(n * SECOND) })),
  });
  const pairings = await r.pairings(campaign, user);
  expect(pairings).toHaveLength(5);
  expect(pairings.filter(({ state }) => state === 'waiting').map(({ trigger_time }) => trigger_time)).toEqual([
    r.api.clock.now - SECOND,
  ]);
  expect(
    await r.count(
      'outbox o join pairings p on p.id = o.target_id where p.user_id = (select id from users where external_id = $1)',
      [user],
    ),
  ).toBe(1);
});

test('AB-38: a trigger that arrives after its exception is born cancelled, and the exception fires', async () => {
  const campaign = await reminder('ab38');
  const user = someone();
  r.api.clock.now += HOUR;
  await r.purchase(user, {}, -10 * MINUTE);
  await r.event(user, 'ab38', {}, -20 * MINUTE);
  const pairings = await r.pairings(campaign, user);
  expect(pairings).toMatchObject([
    { state: 'done', outcome: 'cancelled', reason: 'exception', evidence: { at: r.iso(-10 * MINUTE) } },
  ]);
  expect(await r.count('outbox where target_id = $1', [pairings[0]?.id])).toBe(0);
  expect((await r.events(user)).map(({ kind }) => kind)).toEqual(['purchase', 'custom', 'exceptionFired']);
});

test('AB-38: the earliest stored exception is the one that is told', async () => {
  const campaign = await reminder('ab38-first');
  const user = someone();
  r.api.clock.now += HOUR;
  await r.purchase(user, { product_id: 'late' }, -5 * MINUTE);
  await r.purchase(user, { product_id: 'early' }, -10 * MINUTE);
  await r.purchase(user, { product_id: 'before' }, -30 * MINUTE);
  await r.event(user, 'ab38-first', {}, -20 * MINUTE);
  expect((await r.pairings(campaign, user))[0]?.evidence).toMatchObject({ name: 'early' });
});

test('AB-39: equalsTrigger cancels only the pairing it agrees with, late or not', async () => {
  const campaign = await reminder('cart', {
    exceptions: [{ customEvent: 'bought', where: [{ property: 'cart_id', equalsTrigger: 'cart_id' }] }],
  });
  const user = someone();
  r.api.clock.now += HOUR;
  const of = (cart: string) => ({ properties: { cart_id: cart } });
  await r.event(user, 'cart', of('a'), -30 * MINUTE);
  await r.event(user, 'cart', of('b'), -30 * MINUTE);
  await r.event(user, 'bought', of('b'), -10 * MINUTE);
  await r.event(user, 'cart', of('b'), -20 * MINUTE);
  await r.event(user, 'cart', of('c'), -20 * MINUTE);
  expect(await names(campaign, user)).toEqual(['waiting', 'done:exception', 'done:exception', 'waiting']);
});

test('AB-32: who was cancelled by an exception enters again at the next trigger', async () => {
  const campaign = await reminder('ab32');
  const user = someone();
  await r.event(user, 'ab32');
  await r.purchase(user);
  await r.event(user, 'ab32');
  expect(await names(campaign, user)).toEqual(['done:exception', 'waiting']);
});

test('an exception leaves alone what is being sent, parked or of an older generation', async () => {
  const campaign = await reminder('busy');
  const user = someone();
  for (const state of ['sending', 'parked']) {
    await r.event(user, 'busy');
    await r.api.database.pool.query(
      `update pairings p set state = $2 from users u where u.id = p.user_id and u.external_id = $1 and state = 'waiting'`,
      [user, state],
    );
  }
  await r.event(user, 'busy');
  await r.send('post', `/v1/campaigns/${campaign}/stop`);
  await r.send('post', `/v1/campaigns/${campaign}/resume`);
  await r.purchase(user);
  expect(await names(campaign, user)).toEqual(['sending', 'parked', 'waiting']);
});
