// An import is history: facts count it, no campaign hears it, whatever the age of its events.
import { type Explaining, startExplaining } from '../../setup/explaining.js';
import { DAY, HOUR, MINUTE, someone } from '../../setup/recording.js';
import { type Sending, startSending } from '../../setup/sending.js';
import { simulation } from '../../setup/simulating.js';
import { namesOf, totalOf } from '../recording/readBack.js';
import { type Importing, startImporting } from './importing.js';

let r: Explaining;
let sending: Sending;
let importing: Importing;
beforeAll(async () => {
  r = await startExplaining();
  sending = startSending(r);
  importing = startImporting(r.api.deps);
});
afterAll(async () => {
  importing.end();
  await sending.stop();
  await r.api.close();
});

let files = 0;
const importItems = (kind: 'users' | 'events', ...items: object[]) => {
  files += 1;
  return importing.run(importing.ndjson(`${kind}-${files}.ndjson`, items));
};
const names = (campaign: string, user: string) => namesOf(r, campaign, user);

test.each([
  ['now', 0],
  ['an hour ago', -HOUR],
  ['last year', -370 * DAY],
])('an imported event of %s lets nobody in, and neither does a purchase or a session', async (_, offset) => {
  const event = `entering-${offset}`;
  const campaigns = [
    await r.launch({ trigger: { customEvent: event } }),
    await r.launch({ trigger: { purchase: 'any' } }),
    await r.launch({ trigger: { sessionStart: true } }),
  ];
  const user = someone();
  const time = r.iso(offset);
  await importItems(
    'events',
    { external_id: user, name: event, time },
    { external_id: user, product_id: 'sku', currency: 'EUR', price: 5, time },
    { external_id: user, kind: 'session', time },
  );
  for (const campaign of campaigns) {
    expect(await names(campaign, user)).toEqual([]);
    expect(await r.rejections(campaign, user)).toEqual([]);
  }
  expect((await r.events(user)).map(({ kind }) => kind).sort()).toEqual(['custom', 'purchase', 'session']);
  await r.event(user, event);
  expect(await names(campaigns[0] ?? '', user)).toEqual(['waiting']);
  for (const campaign of campaigns) await r.send('post', `/v1/campaigns/${campaign}/stop`);
});

test('AB-07, AB-08: an imported change of a profile lets nobody in; the same change by a request does', async () => {
  const campaign = await r.launch({ trigger: { attributeChanged: 'tier' } });
  const added = await r.launch({ trigger: { emailAdded: true } });
  const [imported, tracked] = [someone(), someone()];
  await importItems('users', { external_id: imported, tier: 'gold', email: `${imported}@example.com` });
  await r.track({ attributes: [{ external_id: tracked, tier: 'gold', email: `${tracked}@example.com` }] });
  for (const each of [campaign, added]) {
    expect(await names(each, imported)).toEqual([]);
    expect(await names(each, tracked)).toEqual(['waiting']);
  }
});

describe('with a message that waits', () => {
  const reminder = (name: string) =>
    r.launch({
      trigger: { customEvent: name },
      delay: { after: '1 hour' },
      exceptions: [{ purchase: 'any' }],
    });
  const bought = (user: string) => ({ external_id: user, product_id: 'sku', currency: 'EUR', price: 5, time: r.iso() });

  test('AB-31, AB-37: an imported exception ends none of it, neither at once nor when it is due; a recorded one does', async () => {
    const campaign = await reminder('waits');
    const [imported, tracked] = [someone(), someone()];
    for (const user of [imported, tracked]) await r.event(user, 'waits');
    r.api.clock.now += MINUTE;
    await importItems('events', bought(imported));
    await importItems('users', { external_id: imported, tier: 'gold', email: `${imported}@example.com` });
    await r.purchase(tracked);
    expect(await names(campaign, imported)).toEqual(['waiting']);
    expect(await names(campaign, tracked)).toEqual(['done:exception']);
    r.api.clock.now += HOUR;
    await sending.attempt(campaign, imported);
    expect(await names(campaign, imported)).toEqual(['done:sent']);
  });

  test('AB-38: a trigger that arrives after an imported exception enters; after a recorded one it is born cancelled', async () => {
    const campaign = await reminder('late');
    const [imported, tracked] = [someone(), someone()];
    r.api.clock.now += HOUR;
    await importItems('events', bought(imported));
    await r.purchase(tracked);
    for (const user of [imported, tracked]) await r.event(user, 'late', {}, -MINUTE);
    expect(await names(campaign, imported)).toEqual(['waiting']);
    expect(await names(campaign, tracked)).toEqual(['done:exception']);
  });

  test('AB-15: an imported time zone moves it, as it would have by a request', async () => {
    const campaign = await r.launch({
      trigger: { customEvent: 'moves' },
      delay: { inDays: 1, at: '09:00' },
    });
    const [imported, tracked] = [someone(), someone()];
    for (const user of [imported, tracked])
      await r.track({
        attributes: [{ external_id: user, time_zone: 'Europe/Paris' }],
        events: [{ external_id: user, name: 'moves' }],
      });
    await importItems('users', { external_id: imported, time_zone: 'Asia/Tokyo' });
    await r.track({ attributes: [{ external_id: tracked, time_zone: 'Asia/Tokyo' }] });
    const due = async (user: string) => (await r.pairings(campaign, user)).map((pairing) => pairing.due_at);
    expect(await due(imported)).toEqual(await due(tracked));
    expect(await names(campaign, imported)).toEqual(['waiting']);
  });
});

test('SG-11: what was imported counts: totals, recent days, first and last', async () => {
  const user = someone();
  const campaign = await r.launch({
    trigger: { customEvent: 'counted' },
    audience: {
      all: [
        { eventCount: 'viewed', atLeast: 3 },
        { eventCount: 'viewed', atLeast: 1, inLast: '7 days' },
      ],
    },
  });
  await r.event(user, 'counted');
  expect(await names(campaign, user)).toEqual([]);
  const viewed = [-400 * DAY, -20 * DAY, -2 * DAY].map((offset) => ({
    external_id: user,
    name: 'viewed',
    time: r.iso(offset),
  }));
  await importItems('events', ...viewed);
  expect(await totalOf(r, user, 'custom', 'viewed')).toMatchObject({
    count: 3,
    first_at: r.api.clock.now - 400 * DAY,
    last_at: r.api.clock.now - 2 * DAY,
  });
  await r.event(user, 'counted');
  expect(await names(campaign, user)).toEqual(['waiting']);
});

test('events are received when they happened, in the month that was, those from before ten years then', async () => {
  const user = someone();
  await importItems(
    'events',
    { external_id: user, name: 'old', time: '2021-02-03T04:05:06.000Z' },
    { external_id: user, name: 'ancient', time: '1987-06-05T00:00:00.000Z' },
    { external_id: user, name: 'future', time: r.iso(DAY) },
  );
  const { rows } = await r.api.database.pool.query(
    `select e.name, e.time, e.received_at, e.tableoid::regclass::text as month, e.imported
     from events e join users u on u.id = e.user_id where u.external_id = $1 order by e.seq`,
    [user],
  );
  const { now } = r.api.clock;
  const today = new Date(now);
  const earliest = Date.UTC(today.getUTCFullYear() - 10, today.getUTCMonth(), 1);
  expect(rows).toMatchObject([
    {
      name: 'old',
      time: Date.UTC(2021, 1, 3, 4, 5, 6),
      received_at: Date.UTC(2021, 1, 3, 4, 5, 6),
      month: 'events_202102',
      imported: true,
    },
    { name: 'ancient', time: Date.UTC(1987, 5, 5), received_at: earliest },
    { name: 'future', time: now, received_at: now },
  ]);
});

test('explain says that it was imported', async () => {
  const campaign = await r.launch({ trigger: { customEvent: 'told' } });
  const user = someone();
  r.nextDay();
  await importItems('events', { external_id: user, name: 'told', time: r.iso(-HOUR) });
  expect(await r.explain(campaign, user)).toMatchObject({
    status: 'never_entered',
    reason: 'imported',
    sentence: `${user} did told at ${r.at(-HOUR)}, which came by an import: an import triggers nothing.`,
  });
});

test('what was imported can be simulated, of people as the import says they are', async () => {
  const [gold, silver] = [someone(), someone()];
  await importItems('users', { external_id: gold, tier: 'gold' }, { external_id: silver, tier: 'silver' });
  const from = r.api.clock.now - 200 * DAY;
  const at = (ms: number) => new Date(from + ms).toISOString();
  await importItems(
    'events',
    ...[gold, silver].map((user) => ({ external_id: user, name: 'sim-imported', time: at(HOUR) })),
    { external_id: gold, name: 'sim-imported', time: at(2 * HOUR) },
    { external_id: gold, product_id: 'sku', currency: 'EUR', price: 5, time: at(90 * MINUTE) },
  );
  const answer = await simulation(r, '/v1/campaigns/simulate', {
    definition: {
      name: 'Simulated',
      trigger: { customEvent: 'sim-imported' },
      audience: { attribute: 'tier', equals: 'gold' },
      delay: { after: '45 minutes' },
      exceptions: [{ purchase: 'any' }],
      messages: [{ channel: 'webhook', url: 'https://receiver.example/', body: {} }],
    },
    from: at(0),
    to: at(DAY),
  });
  expect(answer).toMatchObject({ people: 2, entries: 2, cancellations: { exception: 1 }, sends: { total: 1 } });
});
