// Recording is deciding: what one request leaves in the stream, the counters, the pairings and the outbox.
import { withTransaction } from '../../../storage/withTransaction.js';
import { createCampaignIndexCache } from '../../../stream/campaignIndex.js';
import type { Incoming } from '../../../stream/incoming.js';
import { recordEvents } from '../../../stream/recordEvents.js';
import { DAY, HOUR, type Recording, someone, startRecording } from '../../setup/recording.js';
import { namesOf, totalOf } from './readBack.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const names = (campaign: string, user: string) => namesOf(r, campaign, user);

const total = (user: string, kind: string, name: string) => totalOf(r, user, kind, name);

describe('repeats', () => {
  test('UT-10, AB-14: identical events are distinct, each may trigger', async () => {
    const campaign = await r.launch({ trigger: { customEvent: 'ut10' } });
    const user = someone();
    const twin = { external_id: user, name: 'ut10', properties: { a: 1 } };
    await r.track({ events: [twin, twin] });
    await r.track({ events: [twin] });
    expect(await names(campaign, user)).toEqual(['waiting', 'waiting', 'waiting']);
    expect(await total(user, 'custom', 'ut10')).toMatchObject({ count: 3 });
  });

  test('an event_id is recorded once: twice in a request, in two requests, and by twins at the same moment', async () => {
    const campaign = await r.launch({ trigger: { customEvent: 'once' } });
    const user = someone();
    const item = (id: string) => ({ external_id: user, name: 'once', event_id: `${user}-${id}` });
    await r.track({ events: [item('1'), item('1'), item('2')] });
    await r.track({ events: [item('2'), item('1')] });
    await Promise.all(Array.from({ length: 8 }, () => r.track({ events: [item('3'), item('4')] })));
    await Promise.all(Array.from({ length: 8 }, () => r.track({ events: [item('6'), item('5')] })));
    expect(await names(campaign, user)).toHaveLength(6);
    expect(await total(user, 'custom', 'once')).toMatchObject({ count: 6 });
  });

  test('an event_id of a request that failed is not used up', async () => {
    const user = someone();
    const item: Incoming = {
      kind: 'custom',
      inputArray: 'events',
      index: 0,
      identity: { kind: 'externalId', value: user },
      updateExistingOnly: false,
      name: 'once-more',
      time: r.api.clock.now,
      properties: {},
      eventId: `${user}-1`,
    };
    const record = (fail: boolean) =>
      withTransaction(r.api.database.pool, async (tx) => {
        await recordEvents(tx, r.api.deps.stream, [item], r.api.clock.now);
        if (fail) throw new Error('later in the transaction');
      });
    await expect(record(true)).rejects.toThrow('later in the transaction');
    expect(await r.count('users where external_id = $1', [user])).toBe(0);
    await record(false);
    expect(await r.events(user)).toHaveLength(1);
  });
});

describe('counters', () => {
  test('UT-07: a purchase of quantity 3 counts three, under its product and under any; the money adds up', async () => {
    const user = someone();
    await r.track({
      purchases: [
        { external_id: user, product_id: 'sku', currency: 'EUR', price: 2.5, quantity: 3, time: r.iso(-HOUR) },
        { external_id: user, product_id: 'sku', currency: 'EUR', price: 1 },
        { external_id: user, product_id: 'hat', currency: 'EUR', price: 10, time: r.iso(-2 * HOUR) },
      ],
    });
    await r.purchase(user, { price: 0.5, quantity: 2 });
    const { now } = r.api.clock;
    expect(await total(user, 'purchase', 'sku')).toEqual({ count: 6, amount: 9.5, first_at: now - HOUR, last_at: now });
    expect(await total(user, 'purchase', '')).toEqual({
      count: 7,
      amount: 19.5,
      first_at: now - 2 * HOUR,
      last_at: now,
    });
  });

  test('what comes late moves the first time of its total and never the last one back', async () => {
    const user = someone();
    const { now } = r.api.clock;
    for (const at of [-DAY, -40 * DAY, -3 * DAY]) {
      await r.event(user, 'seen', {}, at);
      await r.purchase(user, {}, at);
      await r.track({ events: [{ external_id: user, kind: 'session', time: r.iso(at) }] });
    }
    const late = { count: 3, first_at: now - 40 * DAY, last_at: now - DAY };
    expect(await total(user, 'custom', 'seen')).toMatchObject(late);
    expect(await total(user, 'purchase', '')).toMatchObject(late);
    expect(await total(user, 'session', '')).toMatchObject(late);
  });

  test('UT-06: names and times are stored as they came, to the millisecond and of any year', async () => {
    const user = someone();
    const name = 'a,"b"{c}\\ d é 🛒';
    const times = ['0001-01-01T00:00:00.000Z', '0900-01-01T00:00:00.005Z', '1850-06-01T12:00:00.001Z', r.iso(-1)];
    await r.track({ events: times.map((time) => ({ external_id: user, name, time, properties: { [name]: [null] } })) });
    const { rows } = await r.api.database.pool.query(
      `select e.time, to_char(e.time at time zone 'UTC', 'US') as micros, e.properties from events e
       join users u on u.id = e.user_id where u.external_id = $1 and e.kind = 'custom' and e.name = $2 order by e.time`,
      [user, name],
    );
    expect(rows.map(({ time }) => new Date(time).toISOString())).toEqual(times);
    expect(rows.map(({ micros }) => micros.slice(3))).toEqual(['000', '000', '000', '000']);
    expect(rows[0].properties).toEqual({ [name]: [null] });
  });
});

describe('campaigns that change', () => {
  test('a change in one process is known to every other before it matches', async () => {
    const user = someone();
    const other = { ...r.api.deps.stream, campaigns: createCampaignIndexCache() };
    const item = (name: string): Incoming => ({
      kind: 'custom',
      inputArray: 'events',
      index: 0,
      identity: { kind: 'externalId', value: user },
      updateExistingOnly: false,
      name,
      time: r.api.clock.now,
      properties: {},
      eventId: null,
    });
    const there = (name: string) =>
      withTransaction(r.api.database.pool, (tx) => recordEvents(tx, other, [item(name)], r.api.clock.now));
    await there('two-caches');
    const campaign = await r.launch({ trigger: { customEvent: 'two-caches' } });
    await there('two-caches');
    expect(await names(campaign, user)).toEqual(['waiting']);
    await r.send('post', `/v1/campaigns/${campaign}/stop`);
    await there('two-caches');
    expect(await r.pairings(campaign, user)).toHaveLength(1);
    await r.send('post', `/v1/campaigns/${campaign}/resume`);
    const { body } = await r.send('get', `/v1/campaigns/${campaign}`);
    await r.send('put', `/v1/campaigns/${campaign}`, {
      ...body.definition,
      entry: { event: { trigger: { customEvent: 'renamed' } } },
    });
    await there('two-caches');
    await there('renamed');
    expect(await r.pairings(campaign, user)).toHaveLength(2);
  });
});

test('a transaction that rolls back leaves nothing of what recording wrote', async () => {
  await r.launch({
    trigger: { customEvent: 'nothing' },
    delay: { after: '1 hour' },
    exceptions: [{ purchase: 'any' }],
  });
  const user = someone();
  await r.event(user, 'nothing');
  const counts = () =>
    Promise.all(
      ['users', 'events', 'event_totals', 'pairings', 'rejections', 'outbox', `pairings where state = 'waiting'`].map(
        (table) => r.count(table),
      ),
    );
  const before = await counts();
  const base = { updateExistingOnly: false, time: r.api.clock.now, properties: {}, eventId: null };
  const incoming: Incoming[] = [
    {
      ...base,
      inputArray: 'events',
      index: 0,
      identity: { kind: 'externalId', value: user },
      kind: 'custom',
      name: 'nothing',
    },
    {
      ...base,
      inputArray: 'purchases',
      index: 0,
      identity: { kind: 'externalId', value: user },
      kind: 'purchase',
      name: 'sku',
    },
    {
      ...base,
      inputArray: 'events',
      index: 1,
      identity: { kind: 'email', value: 'n@example.com' },
      kind: 'custom',
      name: 'x',
    },
  ];
  const failed = withTransaction(r.api.database.pool, async (tx) => {
    const result = await recordEvents(tx, r.api.deps.stream, incoming, r.api.clock.now);
    expect(result.outboxWritten).toBe(true);
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect(await counts()).toEqual(before);
});

test('outboxWritten is said only when something waits there', async () => {
  await r.launch({ trigger: { customEvent: 'wakes' } });
  const before = r.api.wakes.count;
  await r.event(someone(), 'nobody listens');
  expect(r.api.wakes.count).toBe(before);
  await r.event(someone(), 'wakes');
  expect(r.api.wakes.count).toBe(before + 1);
});

test('who is deleted while the request waits for the lock is unknown to it, and the others are recorded', async () => {
  const [gone, stays] = [someone(), someone()];
  await r.track({ attributes: [gone, stays].map((external_id) => ({ external_id, tier: 'gold' })) });
  const { rows } = await r.api.database.pool.query('select id from users where external_id = $1', [gone]);
  const client = await r.api.database.pool.connect();
  await client.query('begin');
  await client.query('delete from users where id = $1', [rows[0].id]);
  const recording = r.track({
    events: [
      { braze_id: String(rows[0].id), name: 'x' },
      { external_id: stays, name: 'x' },
    ],
  });
  await untilBlocked();
  await client.query('commit');
  client.release();
  expect(await recording).toMatchObject({ events_processed: 2, skipped: [{ input_array: 'events', index: 0 }] });
  expect((await r.events(stays)).map(({ kind }) => kind)).toEqual(['attributes', 'custom']);
});

/** Until a session of this database waits for a lock. */
async function untilBlocked(): Promise<void> {
  const deadline = Date.now() + 5_000;
  while ((await r.count(`pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)) === 0) {
    if (Date.now() > deadline) throw new Error('nobody waits for a lock');
  }
}
