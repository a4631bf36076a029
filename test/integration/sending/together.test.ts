// Attempts of one moment are decided in one transaction (activities/deciding/decider.ts): none of them can tell.
import { type Recording, someone, startRecording } from '../../setup/recording.js';
import { type Sending, startSending } from '../../setup/sending.js';

let r: Recording;
let sending: Sending;
beforeAll(async () => {
  r = await startRecording();
  sending = startSending(r);
});
afterAll(async () => {
  await sending.stop();
  await r.api.close();
});

const crowd = (count: number) => Array.from({ length: count }, () => someone());

interface Decided {
  readonly state: string;
  readonly outcome: string | null;
  readonly reason: string | null;
}

async function enter(campaign: string, users: readonly string[], event: string): Promise<void> {
  await r.track({ attributes: users.map((external_id) => ({ external_id, email: `${external_id}@example.com` })) });
  await r.track({ events: users.map((external_id) => ({ external_id, name: event, time: r.iso() })) });
  expect(await r.count(`pairings p join campaigns c on c.id = p.campaign_id where c.key = '${campaign}'`)).toBe(
    users.length,
  );
}

async function decidedOf(campaign: string, user: string): Promise<Decided | undefined> {
  const [pairing] = await r.pairings(campaign, user);
  return pairing === undefined ? undefined : { state: pairing.state, outcome: pairing.outcome, reason: pairing.reason };
}

/** How many transactions claimed messages of the campaign. */
async function transactions(campaign: string): Promise<number> {
  const { rows } = await r.api.database.pool.query<{ n: number }>(
    `select count(distinct m.xmin::text)::int as n from messages m join campaigns c on c.id = m.campaign_id where c.key = $1`,
    [campaign],
  );
  return rows[0]?.n ?? 0;
}

const attempts = (campaign: string, users: readonly string[]) =>
  Promise.all(users.map((user) => sending.attempt(campaign, user)));

test('whoever is due at one moment shares few transactions, and each is decided by what is their own', async () => {
  const event = someone();
  const campaign = await r.launch({
    trigger: { customEvent: event },
    delay: { after: '1 hour' },
    exceptions: [{ customEvent: `${event} bought` }],
    audience: { attribute: 'tier', doesNotEqual: 'gold' },
    recheckAudience: true,
  });
  const users = crowd(30);
  await enter(campaign, users, event);
  const [left = '', unsubscribed = '', bought = '', ...others] = users;
  await r.track({
    attributes: [
      { external_id: left, tier: 'gold' },
      { external_id: unsubscribed, email_subscribe: 'unsubscribed' },
    ],
  });
  // An exception that nobody acted on yet: the attempt finds it (AB-37).
  await r.api.database.pool.query(
    `insert into events (seq, user_id, kind, name, time, received_at, properties)
     select nextval('events_seq'), id, 'custom', $2::text, $3::timestamptz, $3::timestamptz, '{}' from users where external_id = $1::text`,
    [bought, `${event} bought`, new Date(r.api.clock.now + 60_000).toISOString()],
  );
  r.api.clock.now += 3_600_000;
  await attempts(campaign, users);
  expect(await decidedOf(campaign, left)).toEqual({ state: 'done', outcome: 'dropped', reason: 'left_audience' });
  expect(await decidedOf(campaign, unsubscribed)).toEqual({ state: 'done', outcome: 'dropped', reason: 'unreachable' });
  expect(await decidedOf(campaign, bought)).toEqual({ state: 'done', outcome: 'cancelled', reason: 'exception' });
  for (const user of others)
    expect(await decidedOf(campaign, user)).toEqual({ state: 'done', outcome: 'sent', reason: 'sent' });
  expect(await transactions(campaign)).toBeLessThan(30);
});

test('somebody who is locked holds up nobody else', async () => {
  const event = someone();
  const campaign = await r.launch({ trigger: { customEvent: event } });
  const users = crowd(10);
  await enter(campaign, users, event);
  const [locked = '', ...others] = users;
  const holder = await r.api.database.pool.connect();
  try {
    await holder.query('begin');
    await holder.query('select from users where external_id = $1 for update', [locked]);
    const waiting = sending.attempt(campaign, locked);
    await attempts(campaign, others);
    for (const user of others) expect(await decidedOf(campaign, user)).toMatchObject({ outcome: 'sent' });
    expect(await decidedOf(campaign, locked)).toMatchObject({ state: 'waiting' });
    await holder.query('rollback');
    await waiting;
  } finally {
    holder.release();
  }
  expect(await decidedOf(campaign, locked)).toMatchObject({ outcome: 'sent' });
});

test('one whose template fails is parked, and its neighbours are sent', async () => {
  const event = someone();
  const messages = [{ channel: 'email', subject: 'Hello', text: '{{ 6 | divided_by: custom_attribute.parts }}' }];
  const campaign = await r.launch({ trigger: { customEvent: event }, messages });
  const users = crowd(10);
  await enter(campaign, users, event);
  const [broken = '', ...others] = users;
  await r.track({ attributes: users.map((external_id) => ({ external_id, parts: external_id === broken ? 0 : 2 })) });
  const results = await Promise.allSettled(users.map((user) => sending.attempt(campaign, user)));
  expect(results.map(({ status }) => status)).toEqual(['rejected', ...others.map(() => 'fulfilled')]);
  expect(await decidedOf(campaign, broken)).toMatchObject({ state: 'parked' });
  for (const user of others) expect(await decidedOf(campaign, user)).toMatchObject({ outcome: 'sent' });
});

test('messages of much text are claimed few at a time', async () => {
  const event = someone();
  const messages = [{ channel: 'email', subject: 'Hello', text: 'x'.repeat(200_000), html: 'y'.repeat(200_000) }];
  const campaign = await r.launch({ trigger: { customEvent: event }, messages });
  const users = crowd(12);
  await enter(campaign, users, event);
  await attempts(campaign, users);
  for (const user of users) expect(await decidedOf(campaign, user)).toMatchObject({ outcome: 'sent' });
  // Three of them are more than a million characters.
  expect(await transactions(campaign)).toBeGreaterThanOrEqual(4);
});

test('two attempts of each person at one moment send once', async () => {
  const event = someone();
  const campaign = await r.launch({ trigger: { customEvent: event } });
  const users = crowd(12);
  await enter(campaign, users, event);
  await attempts(campaign, [...users, ...users]);
  expect(await r.count(`messages m join campaigns c on c.id = m.campaign_id where c.key = '${campaign}'`)).toBe(12);
  for (const user of users) expect(await decidedOf(campaign, user)).toMatchObject({ outcome: 'sent' });
});
