// The attribute part of recording: what the stream keeps of it.
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

test('one “attributes changed” event per request and person, from creation on, before the other events', async () => {
  const user = someone();
  await r.track({
    events: [{ external_id: user, name: 'x' }],
    attributes: [
      { external_id: user, tier: 'silver', email: 'a@example.com' },
      { external_id: user, tier: 'gold', time_zone: 'Europe/Paris', email_subscribe: 'opted_in' },
    ],
  });
  const [changed, ...rest] = await r.events(user);
  expect(changed).toMatchObject({
    kind: 'attributes',
    properties: {
      tier: [null, 'gold'],
      email: [null, 'a@example.com'],
      time_zone: [null, 'Europe/Paris'],
      email_subscribe: ['subscribed', 'opted_in'],
    },
  });
  expect(rest.map(({ kind }) => kind)).toEqual(['custom']);
  await r.track({ attributes: [{ external_id: user, tier: 'gold' }] });
  expect(await r.events(user)).toHaveLength(2);
});

test('a field that ends a request as it began it has not changed', async () => {
  const user = someone();
  await r.track({ attributes: [{ external_id: user, tier: 'gold', level: 1 }] });
  await r.track({
    attributes: [
      { external_id: user, tier: 'silver', level: 2 },
      { external_id: user, tier: 'gold' },
    ],
  });
  await r.track({
    attributes: [
      { external_id: user, tier: 'x' },
      { external_id: user, tier: 'gold' },
    ],
  });
  expect((await r.events(user)).slice(1).map(({ properties }) => properties)).toEqual([{ level: [1, 2] }]);
});

test('the changes in the stream rebuild the profile', async () => {
  const user = someone();
  for (const attributes of [{ a: 1 }, { a: 2, b: ['x'] }, { a: null, c: { d: 1 } }, { b: { add: ['y'] } }]) {
    await r.track({ attributes: [{ external_id: user, ...attributes }] });
  }
  const rebuilt: Record<string, unknown> = {};
  for (const { properties } of await r.events(user)) {
    for (const [name, change] of Object.entries(properties)) {
      if (!Array.isArray(change)) throw new Error('a change is a pair');
      if (change[1] === null) delete rebuilt[name];
      else rebuilt[name] = change[1];
    }
  }
  const { rows } = await r.api.database.pool.query('select attributes from users where external_id = $1', [user]);
  expect(rebuilt).toEqual(rows[0].attributes);
});
