// SU-07, SU-04: the state of an address and the profiles that have it agree, whoever says what of it while many of them are
// still to follow something that was said before; and whatever was said last holds at each send.
import { followAddresses } from '../../../stream/people/followAddresses.js';
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

const SHARERS = 130;
let serial = 0;

/** External ids of people of one address, more than follow it at once. */
async function crowd(count = SHARERS): Promise<{ readonly email: string; readonly users: readonly string[] }> {
  const name = `crowd-${++serial}`;
  const email = `${name}@example.com`;
  const users = Array.from({ length: count }, (_, n) => `${name}-${n}`);
  await r.api.database.pool.query(
    `insert into users (external_id, email, email_added_at, created_at, updated_at)
     select u, $2, now(), now(), now() from unnest($1::text[]) with ordinality as x(u, n) order by n`,
    [users, email],
  );
  return { email, users };
}

const at = (users: readonly string[], n: number) => users.at(n) ?? '';
const set = (user: string, attributes: object) => r.track({ attributes: [{ external_id: user, ...attributes }] });
const group = (state: string) => ({
  subscription_groups: [{ subscription_group_id: 'family', subscription_state: state }],
});

async function followAll(): Promise<void> {
  const { pool, clock, stream } = r.api.deps;
  while (await followAddresses({ pool, clock, stream }));
}

async function statesOf(email: string): Promise<Readonly<Record<string, number>>> {
  const { rows } = await r.api.database.pool.query<{ state: string; n: number }>(
    'select email_subscription as state, count(*) as n from users where lower(email) = $1 group by 1',
    [email],
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

/** What becomes of a message to the person that is due now. */
async function sent(user: string): Promise<unknown> {
  const name = `now-${++serial}`;
  const campaign = await r.launch({ trigger: { customEvent: name } });
  await r.event(user, name);
  const [pairing] = await r.pairings(campaign, user);
  if (pairing === undefined) return (await r.rejections(campaign, user))[0]?.reason;
  const answer = await sending.attempt(campaign, user);
  return answer.kind === 'ended' ? (answer.reason ?? answer.outcome) : answer.kind;
}

async function expectLeft(names: readonly string[]): Promise<void> {
  const { rows } = await r.api.database.pool.query<{ name: string }>('select name from address_changes order by name');
  expect(rows.map(({ name }) => name)).toEqual(names);
}

test('an unsubscribe of somebody who has still to follow an opt-in is not taken for one that changes nothing', async () => {
  const { email, users } = await crowd();
  await set(at(users, 0), { email_subscribe: 'unsubscribed' });
  await followAll();
  await set(at(users, -1), { email_subscribe: 'opted_in' });
  expect(await sent(at(users, 3))).toBe('sent');
  await set(at(users, 0), { email_subscribe: 'unsubscribed' });
  expect(await sent(at(users, 3))).toBe('unreachable');
  expect(await sent(at(users, -1))).toBe('unreachable');
  await followAll();
  expect(await statesOf(email)).toEqual({ unsubscribed: SHARERS });
  expect(await sent(at(users, -1))).toBe('unreachable');
});

test('an opt-in of somebody who has still to follow an unsubscribe opens the address again', async () => {
  const { email, users } = await crowd();
  await set(at(users, 0), { email_subscribe: 'unsubscribed' });
  await set(at(users, 5), { email_subscribe: 'subscribed' });
  await followAll();
  expect(await statesOf(email)).toEqual({ subscribed: SHARERS });
  expect(await sent(at(users, 0))).toBe('sent');
  expect(await sent(at(users, 7))).toBe('sent');
});

test('what many have still to follow is not done to them once it was taken back, when only few are left', async () => {
  const { email, users } = await crowd();
  await set(at(users, 0), { email_subscribe: 'unsubscribed', ...group('unsubscribed') });
  await followAll();
  await set(at(users, 0), { email_subscribe: 'opted_in', ...group('subscribed') });
  for (const user of users.slice(50)) await set(user, { email: null });
  await set(at(users, 1), { email_subscribe: 'unsubscribed', ...group('unsubscribed') });
  await expectLeft([]);
  await followAll();
  expect(await statesOf(email)).toEqual({ unsubscribed: 50 });
  expect((await r.send('get', `/v1/users/${at(users, 2)}`)).body.subscriptionGroups).toEqual({
    family: 'unsubscribed',
  });
  expect(await sent(at(users, 2))).toBe('unreachable');
});

test.each([null, 'elsewhere'])(
  'who leaves the address before they followed an unsubscribe takes it along (%s)',
  async (to) => {
    const { users } = await crowd();
    await set(at(users, 0), { email_subscribe: 'unsubscribed' });
    const late = at(users, -1);
    await set(late, { email: to === null ? null : `${late}@example.com` });
    await followAll();
    expect((await r.send('get', `/v1/users/${late}`)).body.emailSubscription).toBe('unsubscribed');
    const other = at(users, -2);
    await set(other, { email: `${other}@example.com`, email_subscribe: 'opted_in' });
    expect(await sent(other)).toBe('sent');
  },
);

test('a state that is none neither follows nor takes the place of one that does', async () => {
  const { email, users } = await crowd();
  await set(at(users, 0), { email_subscribe: 'unsubscribed' });
  await set(at(users, -1), { email_subscribe: 'perhaps' });
  await followAll();
  expect(await statesOf(email)).toEqual({ unsubscribed: SHARERS });
  expect(await sent(at(users, -1))).toBe('unreachable');
});

describe('an address that nobody has any more, and that was unsubscribed', () => {
  async function left(): Promise<string> {
    const { email, users } = await crowd(1);
    await set(at(users, 0), { email_subscribe: 'unsubscribed' });
    await set(at(users, 0), { email: null });
    return email;
  }

  test('unsubscribes whoever takes it on, as it is not sent to', async () => {
    const email = await left();
    const late = someone();
    await set(late, { email });
    expect(await statesOf(email)).toEqual({ unsubscribed: 1 });
    expect(await sent(late)).toBe('unreachable');
    await set(late, { email_subscribe: 'subscribed' });
    expect(await sent(late)).toBe('sent');
  });

  test('is open to whoever says so as they take it on', async () => {
    const email = await left();
    const late = someone();
    await set(late, { email, email_subscribe: 'subscribed' });
    expect(await statesOf(email)).toEqual({ subscribed: 1 });
    expect(await sent(late)).toBe('sent');
  });
});

test.each([1, SHARERS])(
  'an unsubscribed person who takes on the address of %d others unsubscribes it, as all of them are told',
  async (count) => {
    const { email, users } = await crowd(count);
    const late = someone();
    await set(late, { email: `${late}@example.com` });
    await set(late, { email_subscribe: 'unsubscribed' });
    expect(await sent(at(users, 0))).toBe('sent');
    await set(late, { email });
    expect(await sent(at(users, 0))).toBe('unreachable');
    await followAll();
    expect(await statesOf(email)).toEqual({ unsubscribed: count + 1 });
    await set(at(users, 0), { email_subscribe: 'subscribed' });
    expect(await sent(at(users, 0))).toBe('sent');
    await followAll();
    expect(await statesOf(email)).toEqual({ subscribed: count + 1 });
  },
);
