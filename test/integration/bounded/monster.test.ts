// H6, K6: people with more history than a process has memory. Each statement that reads it runs here in a process of a
// 256 MB heap, which must live on and answer as it would of anybody else.
import { expectSmall, HOUR, iso, type Monsters, startMonsters } from './monsters.js';

jest.setTimeout(300_000);

let m: Monsters;
beforeAll(async () => {
  m = await startMonsters();
});
afterAll(() => m.close());
afterEach(() => expectSmall(m));

const LARGE = 90_000;
const late = (user: string, at: number) =>
  m.send('post', '/users/track', { events: [{ external_id: user, name: 'late', time: iso(at) }] });

test('H6: a small trigger looks through 14,000 large purchases after it, and finds the one that is its exception', async () => {
  const { user, id } = await m.someone();
  const definition = (n: number) => ({
    trigger: { customEvent: 'late' },
    exceptions: [{ purchase: 'sku', where: [{ property: 'n', equals: n }] }],
  });
  const ends = await m.launch(definition(13_000));
  const goesOn = await m.launch(definition(15_000));
  await m.sinceYesterday();
  const at = Date.now() - 6 * HOUR;
  await m.happened({ id, count: 14_000, bytes: LARGE, at, more: `jsonb_build_object('n', n)` });
  await late(user, at);
  expect(await m.pairingsOf(ends, id)).toMatchObject([
    { state: 'done', outcome: 'cancelled', reason: 'exception', evidence: { at: iso(at + 13_000_000) } },
  ]);
  expect(await m.pairingsOf(goesOn, id)).toMatchObject([{ state: 'waiting' }]);
});

test('H6: what is asked for may itself be large: it is looked through page by page', async () => {
  const { user, id } = await m.someone();
  const exceptions = [{ purchase: 'sku', where: [{ property: 'note', contains: 'never' }] }];
  const campaign = await m.launch({ trigger: { customEvent: 'late' }, exceptions });
  await m.sinceYesterday();
  const at = Date.now() - 6 * HOUR;
  await m.happened({ id, count: 2_000, bytes: LARGE, at });
  await m.happened({ id, count: 1, bytes: 10, at: at + 3 * HOUR, more: `'{"note": "now or never"}'` });
  await late(user, at);
  // More than is kept in memory at entry: it is judged before it is sent, and explained so at once.
  expect(await m.pairingsOf(campaign, id)).toMatchObject([{ state: 'waiting' }]);
  expect(await m.send('get', `/v1/explain?campaign=${campaign}&user=${user}`, undefined, 200)).toMatchObject({
    status: 'will_not_receive',
    reason: 'exception',
    evidence: { at: iso(at + 3 * HOUR + 1_000) },
  });
});

test('H6: an exception that compares with the large triggers of 5,000 waiting pairings', async () => {
  const { user, id } = await m.someone();
  const campaign = await m.launch({
    trigger: { customEvent: 'large' },
    delay: { after: '10 days' },
    exceptions: [{ customEvent: 'ends', where: [{ property: 'n', equalsTrigger: 'n' }] }],
  });
  const properties = `jsonb_build_object('n', n % 2, 'note', repeat('x', ${LARGE}))`;
  await m.waits(campaign, [id], { times: 5_000, properties });
  const time = iso(Date.now());
  await m.send('post', '/users/track', { events: [{ external_id: user, name: 'ends', time, properties: { n: 1 } }] });
  expect(await m.endsOf(id)).toEqual({ exception: 2_500, waiting: 2_500 });
});

test('H6: simulate judges a person of 14,000 large purchases', async () => {
  const { id } = await m.someone();
  const at = Date.now() - 6 * HOUR;
  await m.happened({ id, count: 14_000, bytes: LARGE, at, more: `jsonb_build_object('m', n)` });
  const result = await m.simulated({
    trigger: { purchase: 'any', where: [{ property: 'm', atLeast: 13_990 }] },
    audience: { moneySpent: { atLeast: 13_995, inLast: '1 day' } },
    reEligibility: { after: '0 seconds' },
  });
  expect(result).toMatchObject({ rejections: { outside_audience: 6 }, entries: 5, sends: { total: 5 }, leftOut: 0 });
});

test('H6: simulate leaves out a person whose profile changed by more than 16 MB, and says so', async () => {
  const [monster, other] = [await m.someone(), await m.someone()];
  const at = Date.now() - HOUR;
  await m.happened({ id: monster.id, kind: 'attributes', count: 3_000, bytes: LARGE, at });
  for (const { id } of [monster, other]) await m.happened({ id, kind: 'session', count: 1, bytes: 1, at });
  expect(await m.simulated({ trigger: { sessionStart: true } })).toMatchObject({ people: 1, leftOut: 1 });
});

interface Page {
  readonly entries: readonly { readonly at: string }[];
  readonly next: string | null;
}

test('H6: the timeline of large changes comes in pages of 4 MB, none left out', async () => {
  const { user, id } = await m.someone();
  await m.happened({ id, kind: 'attributes', count: 120, bytes: 1_000_000, at: Date.now() - HOUR });
  const times: number[] = [];
  let pages = 0;
  for (let after: string | null = ''; after !== null; pages += 1) {
    const url: string = `/v1/users/${user}/timeline?limit=100${after}`;
    const page = (await m.send('get', url, undefined, 200)) as Page;
    expect(JSON.stringify(page).length).toBeLessThan(6_000_000);
    times.push(...page.entries.map(({ at }) => Date.parse(at)));
    after = page.next === null ? null : `&after=${page.next}`;
  }
  expect(pages).toBeGreaterThan(20);
  expect(times).toHaveLength(121);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

test('H6: explain and preview of people with large profiles and large changes', async () => {
  const { user, id } = await m.someone();
  const rules = { trigger: { attributeChanged: 'tier' }, delay: { after: '10 days' } };
  const campaign = await m.launch(rules);
  const more = `'{"tier": [null, [1]]}'`;
  await m.happened({ id, kind: 'attributes', count: 30, bytes: 2_000_000, at: Date.now() - HOUR, more });
  expect(await m.send('get', `/v1/explain?campaign=${campaign}&user=${user}`, undefined, 200)).toMatchObject({
    status: 'never_entered',
    reason: 'no_trigger',
  });
  const { rows } = await m.pool.query<{ id: number }>(
    `insert into users (external_id, created_at, updated_at, attributes)
     select $1 || n, now(), now(), jsonb_build_object('big', repeat('z', 1000000)) from generate_series(1, 300) n
     returning id`,
    [user],
  );
  await m.waits(
    campaign,
    rows.map((row) => row.id),
  );
  const messages = [{ channel: 'email', subject: 'Hello', text: 'Hello' }];
  const edited = { key: campaign, name: campaign, messages, ...rules, delay: { after: '1 day' } };
  expect(await m.send('put', `/v1/campaigns/${campaign}?preview=true`, edited, 200)).toMatchObject({ waiting: 300 });
});
