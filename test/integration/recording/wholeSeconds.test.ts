// Times without a fraction of a second, as `date -u +%FT%TZ` writes them: recorded, and found again at send time.
import { HOUR, type Recording, SECOND, someone, startRecording } from '../../setup/recording.js';
import { startSending } from '../../setup/sending.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

/** The second that the clock is in, so many ms from now, without a fraction. */
const inSeconds = (offsetMs = 0) => r.iso(offsetMs).replace(/\.\d+Z$/, 'Z');
/** The clock moves on to so many ms into its next second. */
const nextSecond = (ms: number) => {
  r.api.clock.now = Math.floor(r.api.clock.now / SECOND) * SECOND + SECOND + ms;
};
const states = async (campaign: string, user: string) =>
  (await r.pairings(campaign, user)).map(({ state, reason }) => [state, reason].filter(Boolean).join(':'));
const reminder = (name: string) =>
  r.launch({ trigger: { customEvent: name }, delay: { after: '1 hour' }, exceptions: [{ purchase: 'any' }] });

test('H1: an event stamped in whole seconds within the second of the launch enters', async () => {
  nextSecond(412);
  const campaign = await r.launch({ trigger: { customEvent: 'h1' } });
  const [user, exact, early] = [someone(), someone(), someone()];
  r.api.clock.now += 200;
  await r.event(user, 'h1', { time: inSeconds() });
  await r.event(exact, 'h1', { time: inSeconds().replace('Z', '.000Z') });
  await r.event(early, 'h1', { time: inSeconds(-SECOND) });
  expect(await states(campaign, user)).toEqual(['waiting']);
  expect(await states(campaign, exact)).toEqual([]);
  for (const late of [exact, early]) {
    expect((await r.rejections(campaign, late)).map(({ reason }) => reason)).toEqual(['before_launch']);
  }
  const { body } = await r.send('get', `/v1/explain?campaign=${campaign}&user=${early}`);
  expect(body.sentence).toMatch(/some time within that second/);
  expect(body.sentence).toMatch(
    /1\.412 seconds before the campaign was active \(since [^)]*\.412 \(UTC\)\), though it arrived/,
  );
  expect(body.sentence).toMatch(/clock of its sender/);
});

test('H1: a purchase stamped in whole seconds within the second of the trigger cancels if it came after it', async () => {
  const campaign = await reminder('h1-bought');
  const [after, before, wholeTrigger] = [someone(), someone(), someone()];
  nextSecond(700);
  await r.event(after, 'h1-bought');
  await r.purchase(before, { time: inSeconds() });
  await r.event(wholeTrigger, 'h1-bought', { time: inSeconds() });
  r.api.clock.now += 100;
  await r.purchase(after, { time: inSeconds() });
  await r.event(before, 'h1-bought', { time: inSeconds() });
  await r.purchase(wholeTrigger, { time: r.iso(-500) });
  expect(await states(campaign, after)).toEqual(['done:exception']);
  expect(await states(campaign, before)).toEqual(['waiting']);
  expect(await states(campaign, wholeTrigger)).toEqual(['done:exception']);
  const { body } = await r.send('get', `/v1/explain?campaign=${campaign}&user=${after}`);
  expect(body.sentence).toMatch(/some time within that second\), which arrived after the trigger of the same second/);
});

test('UT, AB-18: every documented form of time is recorded, and whether it had a fraction', async () => {
  const user = someone();
  const forms = [
    ['2026-03-06T10:00:01:250Z', '2026-03-06T10:00:01.250Z', false],
    ['2026-03-06T10:00:01:250+0100', '2026-03-06T09:00:01.250Z', false],
    ['03/06/2026', '2026-03-06T00:00:00.000Z', true],
    ['20260306T100001Z', '2026-03-06T10:00:01.000Z', true],
    ['2026-03-06T10:00:01', '2026-03-06T10:00:01.000Z', true],
    ['2026-03-06T10:00:01.000Z', '2026-03-06T10:00:01.000Z', false],
  ] as const;
  await r.track({ events: forms.map(([time]) => ({ external_id: user, name: 'ut-forms', time })) });
  const item = { external_id: user, product_id: 'ut-forms', currency: 'EUR', price: 1, time: '20260306T100001Z' };
  await r.track({ purchases: [item] });
  const { rows } = await r.api.database.pool.query(
    'select e.time, e.whole_second from events e join users u on u.id = e.user_id where u.external_id = $1 order by e.seq',
    [user],
  );
  const expected = [...forms, ['', '2026-03-06T10:00:01.000Z', true] as const];
  expect(rows).toEqual(expected.map(([, iso, whole_second]) => ({ time: Date.parse(iso), whole_second })));
});

test('AB-18: a time of the future is taken as now, with its fraction', async () => {
  const user = someone();
  nextSecond(300);
  await r.event(user, 'ab18-future', { time: inSeconds(2 * SECOND) });
  await r.event(user, 'ab18-future', { time: inSeconds() });
  const { rows } = await r.api.database.pool.query(
    'select e.time, e.whole_second from events e join users u on u.id = e.user_id where u.external_id = $1 order by e.seq',
    [user],
  );
  expect(rows).toEqual([
    { time: r.api.clock.now, whole_second: false },
    { time: r.api.clock.now - 300, whole_second: true },
  ]);
});

test('H1, AB-37: the exception is found again at send time, where it is after the trigger by arrival only', async () => {
  const sending = startSending(r);
  const campaign = await reminder('h1-found');
  const [bought, kept] = [someone(), someone()];
  for (const user of [bought, kept]) {
    await r.track({ attributes: [{ external_id: user, email: `${user}@example.com` }] });
  }
  nextSecond(900);
  await r.purchase(kept, { time: inSeconds() });
  for (const user of [bought, kept]) await r.event(user, 'h1-found');
  // As an older release, or a worker that came late, would have left it: in the stream, and nobody cancelled by it.
  await r.api.database.pool.query(
    `insert into events (seq, received_at, user_id, kind, name, time, properties, whole_second)
     select nextval('events_seq'), $2::timestamptz, id, 'purchase', 'sku', date_trunc('second', $2::timestamptz), '{}', true
     from users where external_id = $1`,
    [bought, r.iso()],
  );
  r.api.clock.now += HOUR;
  expect(await sending.attempt(campaign, bought)).toMatchObject({ outcome: 'cancelled', reason: 'exception' });
  expect(await sending.attempt(campaign, kept)).toMatchObject({ outcome: 'sent' });
  await sending.stop();
});
