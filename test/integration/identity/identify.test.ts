// ID-02: people known by an alias or an address alone get an external id, or are who has it.
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const alias = (alias_name: string, alias_label = 'device') => ({ user_alias: { alias_label, alias_name } });
const identify = (body: object) => r.send('post', '/users/identify', { ...body });
const aliases = (...aliases_to_identify: object[]) => identify({ aliases_to_identify });
const get = async (user: string) => (await r.send('get', `/v1/users/${user}`)).body;

async function anonymous(attributes: object = {}): Promise<string> {
  const name = someone();
  await r.track({ attributes: [{ ...alias(name), _update_existing_only: false, ...attributes }] });
  return name;
}

async function known(attributes: object = {}): Promise<string> {
  const user = someone();
  await r.track({ attributes: [{ external_id: user, k: 1, ...attributes }] });
  return user;
}

test('ID-02: an external id that nobody has becomes that of the person', async () => {
  const [name, user] = [await anonymous({ a: 1 }), someone()];
  const people = await r.count('users');
  const { status, type, body } = await aliases({ external_id: user, ...alias(name) });
  expect([status, type, body]).toEqual([201, 'application/json', { aliases_processed: 1, message: 'success' }]);
  expect(await get(user)).toMatchObject({
    externalId: user,
    attributes: { a: 1 },
    aliases: [{ label: 'device', name }],
  });
  expect(await r.count('users')).toBe(people);
  // Once more changes nothing.
  expect((await aliases({ external_id: user, ...alias(name) })).body).toEqual(body);
});

test('ID-02: where somebody has it, the two are one', async () => {
  const [name, user] = [await anonymous({ a: 1, k: 2 }), await known()];
  await r.track({ events: [{ ...alias(name), name: 'x' }] });
  await aliases({ external_id: user, ...alias(name) });
  expect(await get(user)).toMatchObject({ attributes: { a: 1, k: 1 }, aliases: [{ label: 'device', name }] });
  expect((await r.events(user)).filter(({ kind }) => kind === 'custom')).toHaveLength(1);
});

test('ID-02: who has an alias of that label is not merged with, and nobody with somebody unknown or identified before', async () => {
  const [name, other, user] = [await anonymous(), await anonymous({ a: 1 }), await known()];
  await aliases({ external_id: user, ...alias(name) });
  const { body } = await aliases(
    { external_id: user, ...alias(other) },
    { external_id: user, ...alias('nobody’s') },
    { external_id: someone(), ...alias(name) },
    { external_id: await known(), ...alias(name) },
  );
  expect(body.aliases_processed).toBe(4);
  expect(body.skipped).toEqual(
    ['label_taken', 'unknown_user', 'identified_before', 'identified_before'].map((reason, index) => ({
      input_array: 'aliases_to_identify',
      index,
      reason,
    })),
  );
  expect((await get(user)).attributes).toEqual({ k: 1 });
});

test('ID-02: with merge_behavior none only the alias changes hands', async () => {
  const [name, user] = [await anonymous({ a: 1 }), await known()];
  const people = await r.count('users');
  await identify({ aliases_to_identify: [{ external_id: user, ...alias(name) }], merge_behavior: 'none' });
  expect(await get(user)).toMatchObject({ attributes: { k: 1 }, aliases: [{ label: 'device', name }] });
  expect(await r.count('users')).toBe(people);
});

test('ID-02: an address with its prioritization names the person too', async () => {
  const [first, second] = [someone(), await known()];
  const email = `${someone()}@example.com`;
  await r.track({
    attributes: [
      { email, a: 1 },
      { phone: '+33 7 01', b: 2 },
    ],
  });
  const { body } = await identify({
    emails_to_identify: [{ external_id: first, email, prioritization: ['unidentified', 'most_recently_updated'] }],
    phone_numbers_to_identify: [{ external_id: second, phone: '+33701', prioritization: ['unidentified'] }],
  });
  expect(body).toEqual({ emails_processed: 1, phone_numbers_processed: 1, message: 'success' });
  expect(await get(first)).toMatchObject({ email, attributes: { a: 1 } });
  expect(await get(second)).toMatchObject({ phone: '+33 7 01', attributes: { b: 2, k: 1 } });
});

test('ID-02: of requests that identify somebody twice at a time, one does', async () => {
  for (let round = 0; round < 5; round++) {
    const [name, one, other] = [await anonymous({ a: 1 }), someone(), someone()];
    const answers = await Promise.all([one, other].map((external_id) => aliases({ external_id, ...alias(name) })));
    expect(answers.map(({ body }) => body.skipped === undefined).sort()).toEqual([false, true]);
    expect(await r.count('users where external_id = any($1)', [[one, other]])).toBe(1);
  }
});

describe('ID-02: a request that is not valid identifies nobody', () => {
  const REQUIRED = /^One of 'aliases_to_identify', 'emails_to_identify', 'phone_numbers_to_identify' is required/;
  const item = { external_id: 'a', ...alias('b') };
  test.each([
    [{}, REQUIRED],
    [{ aliases_to_identify: null }, REQUIRED],
    [{ aliases_to_identify: [] }, /must not be empty/],
    [{ aliases_to_identify: Array(51).fill(item) }, /may not contain more than 50 people to identify/],
    [
      {
        aliases_to_identify: Array(30).fill(item),
        emails_to_identify: Array(30).fill({
          external_id: 'a',
          email: 'a@example.com',
          prioritization: ['identified'],
        }),
      },
      /may not contain more than 50 people to identify/,
    ],
    [{ aliases_to_identify: [alias('b')] }, /^'external_id' must be a text/],
    [{ aliases_to_identify: [{ external_id: 'a' }] }, /^'user_alias' must be an object/],
    [{ aliases_to_identify: [item], merge_behavior: 'all' }, /^'merge_behavior' must be 'merge' or 'none'/],
    [{ emails_to_identify: [{ external_id: 'a', email: 'a@example.com' }] }, /^'prioritization' must have/],
    [{ phone_numbers_to_identify: [{ external_id: 'a', prioritization: ['identified'] }] }, /^'phone' must be/],
  ])('%j', async (sent, message) => {
    const { status, type, body } = await identify(sent);
    expect([status, type, body.message]).toEqual([400, 'application/json', expect.stringMatching(message)]);
  });
});
