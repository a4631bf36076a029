// SG-14: since when the state of a subscription is what it is, as it is stored, read and filtered by.
import { createEarlierDatabase } from '../../setup/earlierDatabase.js';
import { DAY, HOUR, type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const profileOf = async (user: string) => (await r.send('get', `/v1/users/${user}`)).body;
const change = async (user: string, attributes: object) =>
  await r.track({ attributes: [{ external_id: user, ...attributes }] });
const check = async (user: string, audience: object) =>
  (await r.send('post', '/v1/audiences/check', { audience, external_id: user })).body.audience;

test('SG-14: a change of state is told with its instant; the same state again is none', async () => {
  const user = someone();
  await change(user, { tier: 'gold' });
  expect(await profileOf(user)).toMatchObject({ emailSubscriptionSince: null, pushSubscriptionSince: null });
  await change(user, { email_subscribe: 'unsubscribed' });
  const since = r.iso();
  r.api.clock.now += 2 * DAY;
  await change(user, { email_subscribe: 'unsubscribed', push_subscribe: 'opted_in', tier: 'silver' });
  const pushSince = r.iso();
  expect(await profileOf(user)).toMatchObject({ emailSubscriptionSince: since, pushSubscriptionSince: pushSince });
  expect((await r.events(user)).at(-1)?.properties).toEqual({
    push_subscribe: ['subscribed', 'opted_in'],
    push_subscription_since: [null, pushSince],
    tier: ['gold', 'silver'],
  });
  expect(await check(user, { emailSubscription: 'unsubscribed', moreThan: '2 days' })).toEqual({
    filter: 'e-mail unsubscribed since more than 2 days ago',
    pass: true,
    value: { state: 'unsubscribed', since },
  });
  expect(await check(user, { emailSubscription: 'unsubscribed', lessThan: '2 days' })).toMatchObject({ pass: false });
});

test('SG-14: nobody can say it of themselves', async () => {
  const user = someone();
  await change(user, { email_subscription_since: '2020-01-01T00:00:00Z', profile_created_at: '2020-01-01T00:00:00Z' });
  expect(await profileOf(user)).toMatchObject({ emailSubscriptionSince: null, createdAt: r.iso(), attributes: {} });
});

test('SG-14, EV-04: an event of the same request is judged by the state that it brings', async () => {
  const user = someone();
  const campaign = await r.launch({
    trigger: { customEvent: `left ${user}` },
    audience: { emailSubscription: 'unsubscribed', lessThan: '1 day' },
  });
  await r.track({
    attributes: [{ external_id: user, email: `${user}@example.com`, email_subscribe: 'unsubscribed' }],
    events: [{ external_id: user, name: `left ${user}` }],
  });
  expect(await r.pairings(campaign, user)).toHaveLength(1);
  r.api.clock.now += DAY + HOUR;
  await r.event(user, `left ${user}`);
  expect((await r.rejections(campaign, user)).map(({ reason }) => reason)).toEqual(['outside_audience']);
});

test('SG-14: of people from before it is read from the changes that are kept', async () => {
  const database = await createEarlierDatabase('000056');
  try {
    const { pool } = database;
    await pool.query(
      `insert into users (external_id, email_subscription, push_subscription, created_at, updated_at) values
         ('left', 'unsubscribed', 'subscribed', now(), now()), ('silent', 'unsubscribed', 'subscribed', now(), now())`,
    );
    await pool.query(`select ensure_partitions('2026-11-01T00:00Z'::timestamptz)`);
    await pool.query(
      `insert into events (seq, received_at, user_id, kind, name, time, properties)
       select nextval('events_seq'), c.at::timestamptz, u.id, 'attributes', '', c.at::timestamptz, c.changed::jsonb
       from users u, (values
         ('2026-11-02T10:00Z', '{"email_subscribe": ["subscribed", "opted_in"]}'),
         ('2026-11-03T10:00Z', '{"email_subscribe": ["opted_in", "unsubscribed"], "tier": [null, "gold"]}'),
         ('2026-11-04T10:00Z', '{"tier": ["gold", null]}')
       ) as c(at, changed)
       where u.external_id = 'left'`,
    );
    await database.migrate();
    const { rows } = await pool.query(
      'select external_id, email_subscription_since as email, push_subscription_since as push from users order by id',
    );
    expect(rows).toEqual([
      { external_id: 'left', email: Date.parse('2026-11-03T10:00Z'), push: null },
      { external_id: 'silent', email: null, push: null },
    ]);
  } finally {
    await database.drop();
  }
});
