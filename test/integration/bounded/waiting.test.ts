// L9: what one person waits for may be far more than is let in now, from before there was that bound (AB-19). What ends or
// moves it goes page by page, in a process of a 256 MB heap.
import { expectSmall, iso, type Monsters, startMonsters } from './monsters.js';

jest.setTimeout(600_000);

let m: Monsters;
beforeAll(async () => {
  m = await startMonsters();
});
afterAll(() => m.close());
afterEach(() => expectSmall(m));

const LONGEST_MS = 10_000;
const WAITING = {
  trigger: { customEvent: 'large' },
  delay: { after: '10 days' },
  exceptions: [{ customEvent: 'enough' }],
};

async function promptly<T>(work: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  const done = await work();
  expect(Date.now() - startedAt).toBeLessThan(LONGEST_MS);
  return done;
}

const track = (user: string, name: string, properties = {}) =>
  m.send('post', '/users/track', { events: [{ external_id: user, name, time: iso(Date.now()), properties }] });

async function firedOf(id: number): Promise<number | undefined> {
  const { rows } = await m.pool.query<{ n: number }>(
    `select count(*) as n from events where user_id = $1 and kind = 'exceptionFired'`,
    [id],
  );
  return rows[0]?.n;
}

test('L9: an exception ends 100,000 that one person waits for, 6,000 with the request and the rest in pages', async () => {
  const { user, id } = await m.someone();
  const campaign = await m.launch(WAITING);
  const follows = await m.launch({ trigger: { exceptionFiredOf: campaign }, reEligibility: { after: '0 seconds' } });
  await m.waits(campaign, [id], { times: 100_000 });
  await promptly(() => track(user, 'enough'));
  expect(await m.endsOf(id)).toMatchObject({ exception: 6_000 });
  expect(await m.sweepAll('finish')).toBeGreaterThan(94);
  expect(await m.endsOf(id)).toMatchObject({ exception: 100_000 });
  expect(await firedOf(id)).toBe(100_000);
  // AB-19 holds for what these led to.
  expect(await m.pairingsOf(follows, id)).toHaveLength(1_000);
});

test('L9: an event with properties ends only those of them that it agrees with', async () => {
  const { user, id } = await m.someone();
  const where = [{ property: 'n', equalsTrigger: 'n' }];
  const campaign = await m.launch({ ...WAITING, exceptions: [{ customEvent: 'some', where }] });
  await m.waits(campaign, [id], { times: 20_000, properties: `jsonb_build_object('n', n % 2)` });
  await promptly(() => track(user, 'some', { n: 1 }));
  await m.sweepAll('finish');
  expect(await m.endsOf(id)).toEqual({ exception: 10_000, waiting: 10_000 });
});

test('L9: a stop ends 100,000 that one person waits for, 1,000 at a time', async () => {
  const { id } = await m.someone();
  const campaign = await m.launch(WAITING);
  await m.waits(campaign, [id], { times: 100_000 });
  await promptly(() => m.send('post', `/v1/campaigns/${campaign}/stop`, {}, 200));
  expect(await m.sweepAll('closeOld')).toBeGreaterThan(99);
  expect(await m.endsOf(id)).toEqual({ campaign_stopped: 100_000 });
});

/** People of 1 MB each, as their attributes may have. */
async function manyLarge(count: number): Promise<readonly number[]> {
  const { rows } = await m.pool.query<{ id: number }>(
    `insert into users (external_id, created_at, updated_at, attributes)
     select 'large-' || gen_random_uuid(), now(), now(), jsonb_build_object('big', repeat('x', 950000))
     from generate_series(1, $1::int) returning id`,
    [count],
  );
  return rows.map(({ id }) => id);
}

test('L9: a stop ends what 900 people of much data wait for, without reading what is known of them', async () => {
  const campaign = await m.launch(WAITING);
  const ids = await manyLarge(900);
  await m.waits(campaign, ids);
  await m.send('post', `/v1/campaigns/${campaign}/stop`, {}, 200);
  await m.sweepAll('closeOld');
  for (const id of [ids[0], ids.at(-1)]) expect(await m.endsOf(id ?? 0)).toEqual({ campaign_stopped: 1 });
});

test('L9: an edit of the hours looks again at what 900 people of much data are held for, without reading it either', async () => {
  const campaign = await m.launch(WAITING);
  const ids = await manyLarge(900);
  await m.waits(campaign, ids);
  await m.pool.query(
    `update pairings set due_at = now() - interval '1 hour', wake_at = now() + interval '1 day' where user_id = any($1)`,
    [ids],
  );
  await m.pool.query('insert into hold_reviews (campaign_id) select id from campaigns where key = $1', [campaign]);
  await m.sweepAll('editedHolds');
  const { rows } = await m.pool.query(
    'select count(*) as n from pairings where user_id = any($1) and wake_at <= clock_timestamp()',
    [ids],
  );
  expect(rows).toEqual([{ n: 900 }]);
});

test('L9: a new time zone moves 20,000 that one person waits for, in pages', async () => {
  const { user, id } = await m.someone({ time_zone: 'UTC' });
  const campaign = await m.launch({ ...WAITING, delay: { inDays: 9, at: '10:00' } });
  await m.waits(campaign, [id], { times: 20_000 });
  const attributes = [{ external_id: user, time_zone: 'Asia/Tokyo' }];
  await promptly(() => m.send('post', '/users/track', { attributes }));
  await m.sweepAll('finish');
  const { rows } = await m.pool.query(
    `select count(distinct due_at) as instants, min(to_char(due_at at time zone 'Asia/Tokyo', 'HH24:MI')) as at
     from pairings where user_id = $1`,
    [id],
  );
  expect(rows).toEqual([{ instants: 1, at: '10:00' }]);
});
