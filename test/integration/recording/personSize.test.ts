// UT-12: how much of a person there may be. What is refused is told by item, and its neighbours are recorded.
import { MAX_PERSON_ATTRIBUTES, MAX_PERSON_BYTES } from '../../../domain/profile/attributes/profileSize.js';
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const attributes = (count: number, from = 0, value: unknown = 'x') =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${from + n}`, value]));
const post = (items: readonly Record<string, unknown>[]) => r.send('post', '/users/track', { attributes: items });

async function stored(user: string): Promise<Record<string, unknown>> {
  const { rows } = await r.api.database.pool.query<{ attributes: Record<string, unknown> }>(
    'select attributes from users where external_id = $1',
    [user],
  );
  return rows[0]?.attributes ?? {};
}

const A_REQUEST = 45;

/** Someone new who has so many attributes. */
async function grown(count: number, value?: unknown): Promise<string> {
  const user = someone();
  for (let from = 0; from < count; from += A_REQUEST) {
    const item = { external_id: user, ...attributes(Math.min(A_REQUEST, count - from), from, value) };
    expect((await post([item])).body).toEqual({ message: 'success', attributes_processed: 1 });
  }
  return user;
}

test('UT-12: an item sets 250 attributes, each subscription group counted as one; one more refuses the item alone', async () => {
  const [many, few] = [someone(), someone()];
  const groups = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      subscription_group_id: `g${n}`,
      subscription_state: 'subscribed',
    }));
  const { status, body } = await post([
    { external_id: many, ...attributes(251) },
    { external_id: many, ...attributes(200), subscription_groups: groups(51) },
    { external_id: few, ...attributes(200), subscription_groups: groups(50), _merge_objects: true },
  ]);
  expect(status).toBe(201);
  expect(body).toEqual({
    message: 'success',
    attributes_processed: 1,
    errors: [0, 1].map((index) => ({
      type: 'An object must not have more than 250 attributes',
      input_array: 'attributes',
      index,
    })),
  });
  expect(Object.keys(await stored(few))).toHaveLength(250);
  expect(await stored(many)).toEqual({});
});

test('UT-12: a person has 2,000 attributes; an item that would make it more is refused, others and smaller ones are not', async () => {
  const user = await grown(MAX_PERSON_ATTRIBUTES);
  const { body } = await post([
    { external_id: user, one_more: 1 },
    { external_id: user, a0: null, instead: 1 },
    { external_id: user, a1: 'other' },
  ]);
  expect(body).toEqual({
    message: 'success',
    attributes_processed: 2,
    errors: [{ type: 'The person would have more than 2000 attributes', input_array: 'attributes', index: 0 }],
  });
  const after = await stored(user);
  expect(Object.keys(after)).toHaveLength(MAX_PERSON_ATTRIBUTES);
  expect(after).toMatchObject({ instead: 1, a1: 'other' });
});

test('UT-12: a person’s attributes take 1 MB; an item that would make them larger is refused whole', async () => {
  const value = Array.from({ length: 4 }, (_, n) => `${n}${'é'.repeat(254)}`);
  const each = Buffer.byteLength(JSON.stringify({ a100: value })) - 1;
  const user = await grown(Math.floor(MAX_PERSON_BYTES / each) - 5, value);
  const { body } = await post([
    { external_id: user, ...attributes(20, 5_000, value), email: 'kept@example.com' },
    { external_id: user, last: 'small' },
  ]);
  expect(body).toEqual({
    message: 'success',
    attributes_processed: 1,
    errors: [{ type: "The person's attributes would exceed 1 MB", input_array: 'attributes', index: 0 }],
  });
  const after = await stored(user);
  expect(after.last).toBe('small');
  expect(after).not.toHaveProperty('a5000');
  expect(await r.count('users where email = $1', ['kept@example.com'])).toBe(0);
  expect(Buffer.byteLength(JSON.stringify(after))).toBeLessThanOrEqual(MAX_PERSON_BYTES);
});

test('SU-07: an item that is refused does not make its person inherit the state of an address it did not take on', async () => {
  await r.track({
    attributes: [{ external_id: someone(), email: 'gone@example.com', email_subscribe: 'unsubscribed' }],
  });
  const full = await grown(MAX_PERSON_ATTRIBUTES);
  const other = someone();
  const { body } = await post([
    { external_id: full, email: 'gone@example.com', one_more: 1 },
    { external_id: other, email: 'gone@example.com', one_more: 1 },
  ]);
  expect(body.errors).toHaveLength(1);
  const { rows } = await r.api.database.pool.query(
    'select external_id, email, email_subscription from users where external_id = any($1::text[]) order by id',
    [[full, other]],
  );
  expect(rows).toEqual([
    { external_id: full, email: null, email_subscription: 'subscribed' },
    { external_id: other, email: 'gone@example.com', email_subscription: 'unsubscribed' },
  ]);
});
