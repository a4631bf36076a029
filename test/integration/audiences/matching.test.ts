// SG-11: events of the last days whose properties pass, as a person's facts are read from the stream.
import { DAY, type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const audience = (more: object = {}) => ({
  eventCount: 'cart',
  atLeast: 2,
  inLast: '7 days',
  where: [{ property: 'items[].price', moreThan: 50 }],
  ...more,
});
const cart = (price: number) => ({ properties: { items: [{ price }], note: 'x' } });

async function checked(person: string, asked: object = audience()) {
  const { status, body } = await r.send('post', '/v1/audiences/check', { audience: asked, external_id: person });
  expect(status).toBe(200);
  return body.audience;
}

test('of a person those count that pass, in these days', async () => {
  const person = someone();
  await r.event(person, 'cart', cart(60));
  await r.event(person, 'cart', cart(40));
  await r.event(person, 'other', cart(60));
  await r.event(person, 'cart', cart(60), -6 * DAY);
  expect(await checked(person)).toMatchObject({ pass: true, value: 2 });
  expect(await checked(person, audience({ inLast: '2 days' }))).toMatchObject({ pass: false, value: 1 });
});

test('a trigger enters by what was stored before it and what comes with it', async () => {
  const person = someone();
  const campaign = await r.launch({ audience: audience(), trigger: { customEvent: `go ${person}` } });
  await r.event(person, 'cart', cart(60));
  await r.event(person, `go ${person}`);
  expect((await r.rejections(campaign, person)).map(({ reason }) => reason)).toEqual(['outside_audience']);
  // Both in one request: the second is judged by the first.
  await r.track({
    events: [
      { external_id: person, name: 'cart', ...cart(70) },
      { external_id: person, name: `go ${person}` },
    ],
  });
  expect(await r.pairings(campaign, person)).toHaveLength(1);
});

test('of more than 1,000 in these days it cannot be answered, and says so', async () => {
  const person = someone();
  await r.event(person, 'cart', cart(60));
  await r.api.database.pool.query(
    `insert into events (seq, received_at, user_id, kind, name, time, properties)
     select nextval('events_seq'), e.received_at, e.user_id, e.kind, e.name, e.time, e.properties
     from events e join users u on u.id = e.user_id, generate_series(1, $2::int)
     where u.external_id = $1::text and e.kind = 'custom'`,
    [person, 999],
  );
  expect(await checked(person)).toMatchObject({ pass: true, value: 1_000 });
  await r.event(person, 'cart', cart(60));
  expect(await checked(person)).toMatchObject({
    pass: false,
    value: null,
    problem: expect.stringContaining('too often'),
  });
});
