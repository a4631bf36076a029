// L10: an address that 50,000 people share. Its state is one of the address (SU-07): no request locks them all, no message
// is sent to an unsubscribed address meanwhile, and the profiles follow in pages.
import { expectSmall, type Monsters, startMonsters } from './monsters.js';

jest.setTimeout(600_000);

const SHARERS = 50_000;
const LONGEST_MS = 2_000;
let m: Monsters;
let serial = 0;
beforeAll(async () => {
  m = await startMonsters();
});
afterAll(() => m.close());
afterEach(() => expectSmall(m));

interface Crowd {
  readonly email: string;
  /** External ids of the first and the last of them. */
  readonly first: string;
  readonly last: string;
}

async function crowd(): Promise<Crowd> {
  const name = `crowd-${++serial}`;
  const email = `${name}@example.com`;
  await m.pool.query(
    `insert into users (external_id, email, email_added_at, created_at, updated_at)
     select $1 || '-' || n, $2, now(), now(), now() from generate_series(1, $3::int) n order by n`,
    [name, email, SHARERS],
  );
  await m.pool.query('analyze users');
  return { email, first: `${name}-1`, last: `${name}-${SHARERS}` };
}

async function set(user: string, attributes: object): Promise<void> {
  const startedAt = Date.now();
  await m.send('post', '/users/track', { attributes: [{ external_id: user, ...attributes }] });
  expect(Date.now() - startedAt).toBeLessThan(LONGEST_MS);
}

async function statesOf({ email }: Pick<Crowd, 'email'>): Promise<Readonly<Record<string, number>>> {
  const { rows } = await m.pool.query<{ state: string; n: number }>(
    'select email_subscription as state, count(*) as n from users where lower(email) = $1 group by 1',
    [email],
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

const changesOf = async (user: string) =>
  (
    await m.pool.query<{ properties: object }>(
      `select e.properties from events e join users u on u.id = e.user_id
       where u.external_id = $1 and e.kind = 'attributes' order by e.seq`,
      [user],
    )
  ).rows.map(({ properties }) => properties);

const explained = (campaign: string, user: string) =>
  m.send('get', `/v1/explain?campaign=${campaign}&user=${user}`, undefined, 200);

/** A change of state, told with since when the states before and after are so. */
const subscribed = (from: string, to: string, since: unknown = null) => ({
  email_subscribe: [from, to],
  email_subscription_since: [since, expect.any(String)],
});

test('L10: one of them unsubscribes: nobody of the address is sent to from then on, and all follow in pages', async () => {
  const people = await crowd();
  const welcome = await m.launch({ trigger: { customEvent: 'hi' } });
  const left = await m.launch({ trigger: { emailSubscriptionChanged: true, to: 'unsubscribed' } });
  const time = new Date().toISOString();
  await m.send('post', '/users/track', { events: [{ external_id: people.last, name: 'hi', time }] });
  expect(await explained(welcome, people.last)).toMatchObject({ status: 'will_receive' });

  await set(people.first, { email_subscribe: 'unsubscribed' });
  expect(await statesOf(people)).toEqual({ unsubscribed: 1, subscribed: SHARERS - 1 });
  expect(await explained(welcome, people.last)).toMatchObject({ status: 'will_not_receive', reason: 'unreachable' });
  const late = await m.someone();
  await set(late.user, { email: people.email.toUpperCase() });
  expect(await statesOf(people)).toEqual({ unsubscribed: 2, subscribed: SHARERS - 1 });

  expect(await m.sweepAll('follow')).toBeGreaterThan(50);
  expect(await statesOf(people)).toEqual({ unsubscribed: SHARERS + 1 });
  expect(await changesOf(people.last)).toEqual([subscribed('subscribed', 'unsubscribed')]);
  const { rows } = await m.pool.query(
    'select count(*) as n from pairings p join campaigns c on c.id = p.campaign_id where c.key = $1',
    [left],
  );
  expect(rows).toEqual([{ n: SHARERS + 1 }]);
});

test('L10: what is said last holds: those who had not followed what was said before never do', async () => {
  const people = await crowd();
  await set(people.first, { email_subscribe: 'unsubscribed' });
  await m.sweep('follow');
  await set(people.last, { email_subscribe: 'opted_in' });
  await m.sweepAll('follow');
  expect(await statesOf(people)).toEqual({ opted_in: SHARERS });
  expect(await changesOf(people.last)).toEqual([subscribed('subscribed', 'opted_in')]);
  expect(await changesOf(people.first)).toEqual([
    subscribed('subscribed', 'unsubscribed'),
    subscribed('unsubscribed', 'opted_in', expect.any(String)),
  ]);
});

test('L10: a group set for one of them is followed by all', async () => {
  const people = await crowd();
  const group = { subscription_group_id: 'family', subscription_state: 'unsubscribed' };
  await set(people.first, { subscription_groups: [group] });
  await m.sweepAll('follow');
  expect(await m.send('get', `/v1/users/${people.last}`, undefined, 200)).toMatchObject({
    subscriptionGroups: { family: 'unsubscribed' },
  });
});

test('L10: a group set by a phone number that 300 people of much data share is set in pages', async () => {
  const name = `phone-${++serial}`;
  await m.pool.query(
    `insert into users (external_id, phone, created_at, updated_at, attributes)
     select $1 || '-' || n, $2, now(), now(), jsonb_build_object('big', repeat('x', 950000)) from generate_series(1, 300) n`,
    [name, '+33 6 00 00 00 01'],
  );
  const group = { subscription_group_id: 'family', subscription_state: 'unsubscribed' };
  await m.send('post', '/subscription/status/set', { ...group, phone: '+33-6-00-00-00-01' });
  const { rows } = await m.pool.query(
    `select count(*) as n from users where external_id like $1 || '-%' and attributes::text like '%unsubscribed%'`,
    [name],
  );
  expect(rows).toEqual([{ n: 300 }]);
});

test('L10: few people of much data are not all read for what one says of their address, and follow in pages', async () => {
  const name = `large-${++serial}`;
  const addresses = [1, 2, 3, 4].map((n) => `${name}-${n}@example.com`);
  await m.pool.query(
    `insert into users (external_id, email, email_added_at, created_at, updated_at, attributes)
     select e || '-' || n, e, now(), now(), now(), jsonb_build_object('big', repeat('x', 950000))
     from unnest($1::text[]) as e cross join generate_series(1, 90) n`,
    [addresses],
  );
  await m.send('post', '/users/track', {
    attributes: addresses.map((email) => ({ external_id: `${email}-1`, email_subscribe: 'unsubscribed' })),
  });
  expect(await m.sweepAll('follow')).toBeGreaterThan(4);
  for (const email of addresses) expect(await statesOf({ email })).toEqual({ unsubscribed: 90 });
});
