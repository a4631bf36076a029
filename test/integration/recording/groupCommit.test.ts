// Requests that come together share a transaction (stream/recorder.ts): none of them can tell.
import { parseTrackInSlices } from '../../../api/schemas/track/track.js';
import { createRecorder, type Recorded } from '../../../stream/recorder.js';
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const post = (body: Record<string, unknown>) => r.send('post', '/users/track', body);
const visit = (user: string, name = 'visit') => ({ external_id: user, name, time: r.iso() });
const people = (count: number) => Array.from({ length: count }, () => someone());

/** How many transactions wrote the events of these people. */
async function transactions(users: readonly string[]): Promise<number> {
  const { rows } = await r.api.database.pool.query<{ n: number }>(
    `select count(distinct e.xmin::text)::int as n from events e join users u on u.id = e.user_id
     where u.external_id = any($1::text[]) and e.kind = 'custom'`,
    [users],
  );
  return rows[0]?.n ?? 0;
}

test('requests that come while others are committed share transactions, and each is answered for itself', async () => {
  const users = people(30);
  const answers = await Promise.all(
    users.map((user, n) =>
      post({
        attributes: [{ external_id: user, n }],
        events: [
          visit(user),
          { ...visit(`nobody-${user}`), _update_existing_only: true },
          ...(n % 2 ? [visit(user)] : []),
        ],
      }),
    ),
  );
  for (const [n, { status, body }] of answers.entries()) {
    expect([status, body]).toEqual([
      201,
      {
        message: 'success',
        attributes_processed: 1,
        events_processed: 2 + (n % 2),
        skipped: [{ input_array: 'events', index: 1 }],
      },
    ]);
  }
  const visitors = (times: number) =>
    r.count(`(select from events where name = 'visit' group by user_id having count(*) = ${times}) t`);
  expect([await visitors(1), await visitors(2)]).toEqual([15, 15]);
  const shared = await transactions(users);
  expect(shared).toBeGreaterThan(0);
  expect(shared).toBeLessThan(30);
});

test('one that comes alone is committed alone', async () => {
  const users = people(3);
  for (const user of users) expect((await post({ events: [visit(user)] })).status).toBe(201);
  expect(await transactions(users)).toBe(3);
});

test('one that cannot be recorded takes none of its neighbours with it', async () => {
  await r.api.database.pool.query(`
    create function explode() returns trigger language plpgsql as $$
    begin raise exception 'no such thing' using errcode = 'XX000'; end $$;
    create trigger explode before insert on events for each row when (new.name = 'explosive') execute function explode();
  `);
  const users = people(20);
  const answers = await Promise.all(
    users.map((user, n) => post({ events: [visit(user, n === 7 ? 'explosive' : 'calm')] })),
  );
  expect(answers.map(({ status }) => status)).toEqual(users.map((_, n) => (n === 7 ? 500 : 201)));
  expect(await r.count(`events where name = 'calm'`)).toBe(19);
  expect(await r.count('users where external_id = $1', [users[7]])).toBe(0);
});

test('AB-08: two changes of one person that come together are two changes, each of which may trigger', async () => {
  const campaign = await r.launch({
    trigger: { attributeChanged: 'tier', to: 'gold' },
    reEligibility: { after: '0 seconds' },
  });
  const [user = ''] = people(1);
  await r.track({ attributes: [{ external_id: user, tier: 'silver' }] });
  const set = (tier: string) => post({ attributes: [{ external_id: user, tier }] });
  const answers = await Promise.all(['gold', 'silver', 'gold', 'silver', 'gold', 'silver'].map(set));
  expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201));
  // In whatever order they came, none was folded into another: every turn to gold is seen.
  const changes = (await r.events(user)).filter(({ properties }) => Array.isArray(properties.tier));
  const turns = changes.filter(({ properties }) => (properties.tier as string[])[1] === 'gold');
  expect(turns.length).toBeGreaterThan(0);
  expect(await r.pairings(campaign, user)).toHaveLength(turns.length);
  expect(new Set(changes.map(({ seq }) => seq)).size).toBe(changes.length);
});

test('EV-08: events of one person in several requests share a transaction, in the order of the requests', async () => {
  const [user = '', other = ''] = people(2);
  await r.track({ events: [visit(user), visit(other)] });
  const buy = (id: string) => ({ external_id: user, product_id: id, currency: 'EUR', price: 1, time: r.iso() });
  const answers = await together([
    { purchases: [buy('first')] },
    { events: [visit(user, 'second')], purchases: [buy('third')] },
    { events: [visit(user, 'fourth'), visit(other, 'elsewhere')] },
  ]);
  expect(answers).not.toContain(null);
  const recorded = (await r.events(user)).slice(1);
  expect(recorded.map(({ name }) => name)).toEqual(['first', 'second', 'third', 'fourth']);
  expect(await writers(user)).toEqual([1, 1, 1, 1]);
});

test('EV-08: a change of somebody whom an earlier request names is applied after the events of that one', async () => {
  const [user = ''] = people(1);
  await r.track({ attributes: [{ external_id: user, tier: 'silver' }], events: [visit(user)] });
  const campaign = await r.launch({
    trigger: { customEvent: 'asked' },
    audience: { attribute: 'tier', equals: 'silver' },
    reEligibility: { after: '0 seconds' },
  });
  const set = (tier: string) => ({ attributes: [{ external_id: user, tier }], events: [visit(user, 'asked')] });
  const answers = await together([{ events: [visit(user, 'asked')] }, set('gold'), set('silver'), set('gold')]);
  expect(answers).not.toContain(null);
  const asked = (await r.events(user)).filter(({ name }) => name === 'asked').map(({ seq }) => seq);
  expect((await r.pairings(campaign, user)).map(({ trigger_seq }) => trigger_seq)).toEqual([asked[0], asked[2]]);
});

test('EV-08: of a shared transaction that fails, requests about one person are recorded in their order', async () => {
  const users = people(4);
  const [user = ''] = users;
  await r.track({ events: users.map((each) => visit(each)) });
  const bodies = users.map((each, n) => ({
    events: [visit(user, `step ${n}`), visit(each, n === 1 ? 'explosive' : 'calm')],
  }));
  expect((await together(bodies)).map((each) => each !== null)).toEqual([true, false, true, true]);
  const steps = (await r.events(user)).map(({ name }) => name).filter((name) => name.startsWith('step'));
  expect(steps).toEqual(['step 0', 'step 2', 'step 3']);
});

test('requests about somebody whose row is locked do not hold up those about others', async () => {
  const [locked = '', ...others] = people(9);
  await Promise.all([locked, ...others].map((user) => r.track({ events: [visit(user)] })));
  const client = await r.api.database.pool.connect();
  try {
    await client.query('begin');
    await client.query('select from users where external_id = $1 for update', [locked]);
    const held = [1, 2, 3].map(() => post({ events: [visit(locked, 'held')] }).then(({ status }) => status));
    const free = await Promise.all(others.map((user) => post({ events: [visit(user, 'free')] })));
    expect(free.map(({ status }) => status)).toEqual(others.map(() => 201));
    expect(await r.count(`events where name = 'held'`)).toBe(0);
    await client.query('commit');
    expect(await Promise.all(held)).toEqual([201, 201, 201]);
  } finally {
    client.release();
  }
  expect(await r.count(`events where name = 'held'`)).toBe(3);
});

test('EV-08: an event that waited for its person is decided by the campaigns of when it got them', async () => {
  const [user = ''] = people(1);
  await r.track({ events: [visit(user, 'before')] });
  const client = await r.api.database.pool.connect();
  let posted: Promise<unknown>;
  let campaign: string;
  try {
    await client.query('begin');
    await client.query('select from users where external_id = $1 for update', [user]);
    posted = post({ events: [visit(user, 'late')] }).then(({ status }) => status);
    await untilSomebodyWaits();
    campaign = await r.launch({ trigger: { customEvent: 'late' } });
    await client.query('commit');
  } finally {
    client.release();
  }
  expect(await posted).toBe(201);
  const seqs = (await r.events(user)).map(({ seq }) => seq);
  expect((await r.pairings(campaign, user)).map(({ trigger_seq }) => trigger_seq)).toEqual([seqs.at(-1)]);
});

/** Records requests that are read in one turn of the event loop, in this order; the answer to each, or null where it failed. */
async function together(bodies: readonly Record<string, unknown>[]): Promise<readonly (Recorded | null)[]> {
  const { deps, clock, database } = r.api;
  const recorder = createRecorder({
    pool: database.pool,
    clock: () => Promise.resolve(clock.now),
    stream: deps.stream,
    onRecorded: () => undefined,
  });
  const requests = await Promise.all(bodies.map(parseTrackInSlices));
  return await Promise.all(
    requests.map(async (parsed) => {
      if (parsed.kind === 'refused') throw new Error('refused');
      return await recorder.record(parsed.incoming).catch(() => null);
    }),
  );
}

/** How many of the person's newest events were written together, by event, without the first. */
async function writers(user: string): Promise<readonly number[]> {
  const { rows } = await r.api.database.pool.query<{ n: number }>(
    `select dense_rank() over (order by e.xmin::text)::int as n from events e join users u on u.id = e.user_id
     where u.external_id = $1 and e.name <> 'visit' order by e.seq`,
    [user],
  );
  return rows.map(({ n }) => n);
}

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    if ((await r.count('pg_locks where not granted')) > 0) return;
  }
}
