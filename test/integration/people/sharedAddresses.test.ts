// What follows an e-mail address that several profiles have: the global e-mail state, and subscription groups.
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const person = async (user: string) => (await r.send('get', `/v1/users/${user}`)).body;
const stateOf = async (user: string) => (await person(user)).emailSubscription;
const changesOf = async (user: string) =>
  (await r.events(user)).filter(({ kind }) => kind === 'attributes').map(({ properties }) => properties);
const set = (user: string, attributes: object) => ({ external_id: user, ...attributes });

async function sharing(count: number, spell: (email: string, n: number) => string = (email) => email) {
  const users = Array.from({ length: count }, someone);
  const email = `${users[0]}@example.com`;
  await r.track({ attributes: users.map((user, n) => set(user, { email: spell(email, n) })) });
  return { users, email };
}

test('SU-07, B5: unsubscribing one profile unsubscribes all of its address, each told as a change of theirs', async () => {
  const campaign = await r.launch({ trigger: { emailSubscriptionChanged: true, to: 'unsubscribed' } });
  const { users } = await sharing(3, (email, n) => (n === 1 ? email.toUpperCase() : email));
  const stranger = someone();
  await r.track({ attributes: [set(stranger, { email: `${stranger}@example.com` })] });
  await r.track({ attributes: [set(users[0] ?? '', { email_subscribe: 'unsubscribed' })] });
  for (const user of users) {
    expect(await stateOf(user)).toBe('unsubscribed');
    expect((await changesOf(user)).at(-1)).toMatchObject({ email_subscribe: ['subscribed', 'unsubscribed'] });
    expect(await r.pairings(campaign, user)).toHaveLength(1);
  }
  expect(await stateOf(stranger)).toBe('subscribed');
  expect(await r.pairings(campaign, stranger)).toEqual([]);
});

test('SU-07, B5: within one request too, and back again', async () => {
  const [one, two] = [someone(), someone()];
  const email = `${one}@example.com`;
  await r.track({
    attributes: [set(one, { email, email_subscribe: 'unsubscribed' }), set(two, { email: email.toUpperCase() })],
  });
  expect([await stateOf(one), await stateOf(two)]).toEqual(['unsubscribed', 'unsubscribed']);
  await r.track({ attributes: [set(two, { email_subscribe: 'opted_in' })] });
  expect([await stateOf(one), await stateOf(two)]).toEqual(['opted_in', 'opted_in']);
});

test('SU-07, B5: whoever takes on an unsubscribed address is unsubscribed, and stays so after leaving it', async () => {
  const campaign = await r.launch({ trigger: { emailSubscriptionChanged: true } });
  const { users, email } = await sharing(1);
  await r.track({ attributes: [set(users[0] ?? '', { email_subscribe: 'unsubscribed' })] });
  const late = someone();
  await r.track({ attributes: [set(late, { email: `${late}@example.com` })] });
  await r.track({ attributes: [set(late, { email })] });
  expect(await stateOf(late)).toBe('unsubscribed');
  expect(await r.pairings(campaign, late)).toHaveLength(1);
  await r.track({ attributes: [set(late, { email: `${late}@example.com` })] });
  expect(await stateOf(late)).toBe('unsubscribed');
  const free = someone();
  await r.track({ attributes: [set(free, { email: `${free}@example.com` })] });
  expect(await stateOf(free)).toBe('subscribed');
});

test('SU-07: a state that the same object sets wins over the one of the address, and spreads', async () => {
  const { users, email } = await sharing(1);
  await r.track({ attributes: [set(users[0] ?? '', { email_subscribe: 'unsubscribed' })] });
  const late = someone();
  await r.track({ attributes: [set(late, { email, email_subscribe: 'opted_in' })] });
  expect([await stateOf(users[0] ?? ''), await stateOf(late)]).toEqual(['opted_in', 'opted_in']);
});

test('SU-04: a group set for one profile, by track or by external id, holds for all of its address', async () => {
  const campaign = await r.launch({ trigger: { subscriptionGroupChanged: 'family', source: 'rest_api' } });
  const { users } = await sharing(2);
  const group = { subscription_group_id: 'family', subscription_state: 'unsubscribed' };
  await r.track({ attributes: [set(users[0] ?? '', { subscription_groups: [group] })] });
  for (const user of users) {
    expect((await person(user)).subscriptionGroups).toEqual({ family: 'unsubscribed' });
    expect(await r.pairings(campaign, user)).toHaveLength(1);
  }
  await r.send('post', '/subscription/status/set', {
    ...group,
    subscription_state: 'subscribed',
    external_id: users[1],
  });
  expect((await person(users[0] ?? '')).subscriptionGroups).toEqual({ family: 'subscribed' });
});

test('SU-07: requests at the same time that set the state and take on the address leave nobody subscribed', async () => {
  const rounds = Array.from({ length: 12 }, async () => {
    const [one, two, three] = [someone(), someone(), someone()];
    const email = `${one}@example.com`;
    await r.track({ attributes: [one, two, three].map((user) => set(user, { a: 1 })) });
    await Promise.all([
      r.track({ attributes: [set(one, { email, email_subscribe: 'unsubscribed' })] }),
      r.track({ attributes: [set(two, { email: email.toUpperCase() })] }),
      r.track({ attributes: [set(three, { email })], events: [{ external_id: three, name: 'seen' }] }),
    ]);
    return await Promise.all([one, two, three].map(stateOf));
  });
  for (const states of await Promise.all(rounds)) expect(states).toEqual(Array(3).fill('unsubscribed'));
});

test('SU-07: an address and a state that stay as they are cost known people no statement more', async () => {
  const user = someone();
  const email = `${user}@example.com`;
  await r.track({ attributes: [set(user, { email, email_subscribe: 'opted_in' })] });
  const { pool } = r.api.database;
  const statements = jest.spyOn(Object.getPrototypeOf(await borrowed(pool)), 'query');
  try {
    await r.track({ attributes: [set(user, { n: 1 })] });
    const plain = statements.mock.calls.length;
    statements.mockClear();
    await r.track({ attributes: [set(user, { n: 2, email, email_subscribe: 'opted_in' })] });
    expect(plain).toBeGreaterThan(3);
    expect(statements.mock.calls.length).toBe(plain);
  } finally {
    statements.mockRestore();
  }
});

async function borrowed(pool: Recording['api']['database']['pool']): Promise<object> {
  const client = await pool.connect();
  client.release();
  return client;
}
