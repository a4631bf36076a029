// H6, K6: people with more history than a process has memory. Each statement that reads it runs here in a process of a
// 256 MB heap, which must live on and answer as it would of anybody else.
import { type SmallApi, startSmallApi } from '../../setup/smallApi.js';

jest.setTimeout(300_000);

let api: SmallApi;
beforeAll(async () => {
  api = await startSmallApi();
});
afterAll(() => api.close());
afterEach(async () => {
  const memoryMb = await api.memoryMb();
  process.stdout.write(`${expect.getState().currentTestName}: ${Math.round(memoryMb)} MB\n`);
  expect(memoryMb).toBeLessThan(450);
});

const HOUR = 3_600_000;
const iso = (at: number) => new Date(at).toISOString();
let serial = 0;

async function send(method: string, path: string, body?: object, status = 201) {
  const answer = await api.send(method, path, body);
  expect([path, answer.status, answer.status === status ? null : answer.body]).toEqual([path, status, null]);
  return answer.body;
}

async function launch(definition: object): Promise<string> {
  const key = `campaign-${++serial}`;
  const messages = [{ channel: 'email', subject: 'Hello', text: 'Hello' }];
  await send('post', '/v1/campaigns', { key, name: key, messages, delay: { after: '1 hour' }, ...definition });
  await send('post', `/v1/campaigns/${key}/launch`, {}, 200);
  return key;
}

async function someone(): Promise<{ user: string; id: number }> {
  const user = `monster-${++serial}`;
  await send('post', '/users/track', { attributes: [{ external_id: user, email: `${user}@example.com` }] });
  const { rows } = await api.pool.query('select id from users where external_id = $1', [user]);
  return { user, id: rows[0].id };
}

interface History {
  readonly id: number;
  readonly kind?: string;
  readonly count: number;
  /** Of the large property, in bytes; compressed on disk. */
  readonly bytes: number;
  /** Of the first; a second apart. */
  readonly at: number;
  /** More properties of event `n`, SQL. */
  readonly more?: string;
}

async function happened({ id, kind = 'purchase', count, bytes, at, more = `'{}'` }: History): Promise<void> {
  await api.pool.query(
    `insert into events (seq, received_at, user_id, kind, name, time, properties)
     select nextval('events_seq'), now(), $1, $2, 'sku', $3::timestamptz + n * interval '1 second',
       jsonb_build_object('note', repeat('x', $4), 'price', 1) || ${more}::jsonb
     from generate_series(1, $5::int) n`,
    [id, kind, iso(at), bytes, count],
  );
}

const pairingsOf = async (campaign: string, id: number) =>
  (
    await api.pool.query(
      `select p.* from pairings p join campaigns c on c.id = p.campaign_id where c.key = $1 and p.user_id = $2 order by p.id`,
      [campaign, id],
    )
  ).rows;

test('H6: a small trigger looks through 14,000 large purchases after it, and finds the one that is its exception', async () => {
  const { user, id } = await someone();
  const definition = (n: number) => ({
    trigger: { customEvent: 'late' },
    exceptions: [{ purchase: 'sku', where: [{ property: 'n', equals: n }] }],
  });
  const ends = await launch(definition(13_000));
  const goesOn = await launch(definition(15_000));
  await api.pool.query(`update campaigns set active_since = now() - interval '1 day'`);
  await api.pool.query('update campaigns_revision set revision = revision + 1');
  const at = Date.now() - 6 * HOUR;
  await happened({ id, count: 14_000, bytes: 90_000, at, more: `jsonb_build_object('n', n)` });
  const startedAt = Date.now();
  await send('post', '/users/track', { events: [{ external_id: user, name: 'late', time: iso(at) }] });
  process.stdout.write(`trigger: ${Date.now() - startedAt} ms\n`);
  expect(await pairingsOf(ends, id)).toMatchObject([{ state: 'done', outcome: 'cancelled', reason: 'exception' }]);
  expect((await pairingsOf(ends, id))[0].evidence).toMatchObject({ at: iso(at + 13_000_000) });
  expect(await pairingsOf(goesOn, id)).toMatchObject([{ state: 'waiting' }]);
});

test('H6: what is asked for may itself be large: it is looked through page by page', async () => {
  const { user, id } = await someone();
  const exceptions = [{ purchase: 'sku', where: [{ property: 'note', contains: 'never' }] }];
  const campaign = await launch({ trigger: { customEvent: 'late' }, exceptions });
  await api.pool.query(`update campaigns set active_since = now() - interval '1 day'`);
  await api.pool.query('update campaigns_revision set revision = revision + 1');
  const at = Date.now() - 6 * HOUR;
  await happened({ id, count: 2_000, bytes: 90_000, at });
  await happened({ id, count: 1, bytes: 10, at: at + 3 * HOUR, more: `'{"note": "now or never"}'` });
  await send('post', '/users/track', { events: [{ external_id: user, name: 'late', time: iso(at) }] });
  // More than is kept in memory at entry: it is judged before it is sent, and explained so at once.
  expect(await pairingsOf(campaign, id)).toMatchObject([{ state: 'waiting' }]);
  const startedAt = Date.now();
  const told = await send('get', `/v1/explain?campaign=${campaign}&user=${user}`, undefined, 200);
  process.stdout.write(`explain: ${Date.now() - startedAt} ms\n`);
  expect(told).toMatchObject({
    status: 'will_not_receive',
    reason: 'exception',
    evidence: { at: iso(at + 3 * HOUR + 1_000) },
  });
});

test('H6: an exception that compares with large triggers of a thousand waiting pairings', async () => {
  const { user, id } = await someone();
  const campaign = await launch({
    trigger: { customEvent: 'large' },
    delay: { after: '10 days' },
    reEligibility: { after: '0 seconds' },
    exceptions: [{ customEvent: 'ends', where: [{ property: 'n', equalsTrigger: 'n' }] }],
  });
  await api.pool.query(
    `insert into pairings (campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, trigger_kind,
       trigger_name, trigger_time, trigger_seq, trigger_properties, due_at, wake_at, created_at)
     select c.id, $2, 'e:-' || n, c.version, c.generation, 'main', 'waiting', 'custom', 'large', now() - interval '1 hour', -n,
       jsonb_build_object('n', n % 2, 'note', repeat('x', 90000)), now() + interval '9 days', now() + interval '9 days', now()
     from campaigns c cross join generate_series(1, 5000) n where c.key = $1`,
    [campaign, id],
  );
  const startedAt = Date.now();
  await send('post', '/users/track', {
    events: [{ external_id: user, name: 'ends', time: iso(Date.now()), properties: { n: 1 } }],
  });
  process.stdout.write(`exception: ${Date.now() - startedAt} ms\n`);
  const { rows } = await api.pool.query(
    'select state, reason, count(*)::int as n from pairings where user_id = $1 group by 1, 2 order by 1',
    [id],
  );
  expect(rows).toEqual([
    { state: 'done', reason: 'exception', n: 2_500 },
    { state: 'waiting', reason: null, n: 2_500 },
  ]);
});

async function simulated(definition: object): Promise<Record<string, unknown>> {
  const messages = [{ channel: 'email', subject: 'x', text: 'x' }];
  const period = { from: iso(Date.now() - 24 * HOUR), to: iso(Date.now()) };
  const body = { definition: { name: `past-${++serial}`, messages, ...definition }, ...period };
  const lines = await send('post', '/v1/campaigns/simulate', body, 200);
  return (lines as { result?: Record<string, unknown> }[]).at(-1)?.result ?? {};
}

test('H6: simulate judges a person of 14,000 large purchases', async () => {
  const { id } = await someone();
  await happened({ id, count: 14_000, bytes: 90_000, at: Date.now() - 6 * HOUR, more: `jsonb_build_object('m', n)` });
  const definition = {
    trigger: { purchase: 'any', where: [{ property: 'm', atLeast: 13_990 }] },
    audience: { moneySpent: { atLeast: 13_995, inLast: '1 day' } },
    reEligibility: { after: '0 seconds' },
  };
  const result = await simulated(definition);
  expect(result).toMatchObject({ rejections: { outside_audience: 6 }, entries: 5, sends: { total: 5 }, leftOut: 0 });
});

test('H6: simulate leaves out a person whose profile changed by more than 16 MB, and says so', async () => {
  const [{ id }, other] = [await someone(), await someone()];
  await happened({ id, kind: 'attributes', count: 4_000, bytes: 1, at: Date.now() - 6 * HOUR });
  await api.pool.query(
    `update events set name = '', properties = jsonb_build_object('big', jsonb_build_array(null, repeat('y', 90000)))
     where user_id = $1 and kind = 'attributes' and name = 'sku'`,
    [id],
  );
  for (const each of [id, other.id])
    await happened({ id: each, kind: 'session', count: 1, bytes: 1, at: Date.now() - HOUR });
  await api.pool.query(`update events set name = '' where kind = 'session'`);
  expect(await simulated({ trigger: { sessionStart: true } })).toMatchObject({ people: 1, leftOut: 1 });
});

test('H6: the timeline of large changes comes in pages of 4 MB, none left out', async () => {
  const { user, id } = await someone();
  await happened({ id, kind: 'attributes', count: 120, bytes: 1_000_000, at: Date.now() - HOUR });
  const seqs: number[] = [];
  let pages = 0;
  for (let next: string | null = ''; next !== null; pages += 1) {
    const after: string = next === '' ? '' : `&after=${next}`;
    const page = (await send('get', `/v1/users/${user}/timeline?limit=100${after}`, undefined, 200)) as {
      entries: { kind: string; properties?: object; at: string }[];
      next: string | null;
    };
    expect(JSON.stringify(page).length).toBeLessThan(6_000_000);
    for (const { at } of page.entries) seqs.push(Date.parse(at));
    next = page.next;
  }
  expect(pages).toBeGreaterThan(20);
  expect(seqs).toHaveLength(121);
  expect(seqs).toEqual(seqs.toSorted((a, b) => b - a));
});

test('H6: explain and preview of people with large profiles and large triggers', async () => {
  const { user, id } = await someone();
  const campaign = await launch({ trigger: { attributeChanged: 'tier' }, delay: { after: '10 days' } });
  await happened({
    id,
    kind: 'attributes',
    count: 30,
    bytes: 2_000_000,
    at: Date.now() - HOUR,
    more: `'{"tier": [null, [1]]}'`,
  });
  await api.pool.query(`update events set name = '' where kind = 'attributes'`);
  const told = await send('get', `/v1/explain?campaign=${campaign}&user=${user}`, undefined, 200);
  expect(told).toMatchObject({ status: 'never_entered', reason: 'no_trigger' });
  await api.pool.query(
    `with people as (
       insert into users (external_id, created_at, updated_at, attributes)
       select $2 || n, now(), now(), jsonb_build_object('big', repeat('z', 1000000)) from generate_series(1, 300) n returning id
     )
     insert into pairings (campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, trigger_kind,
       trigger_name, trigger_time, trigger_seq, trigger_properties, due_at, wake_at, created_at)
     select c.id, people.id, 'e:1', c.version, c.generation, 'main', 'waiting', 'attributes', 'tier', now(), 1, '{}',
       now() + interval '9 days', now() + interval '9 days', now()
     from campaigns c cross join people where c.key = $1`,
    [campaign, user],
  );
  const messages = [{ channel: 'email', subject: 'Hello', text: 'Hello' }];
  const definition = {
    key: campaign,
    name: campaign,
    messages,
    trigger: { attributeChanged: 'tier' },
    delay: { after: '1 day' },
  };
  const preview = await send('put', `/v1/campaigns/${campaign}?preview=true`, definition, 200);
  expect(preview).toMatchObject({ waiting: 300 });
});
