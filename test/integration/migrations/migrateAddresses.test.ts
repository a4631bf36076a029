// What the migration about addresses makes of people from before it.
import { emailKey, phoneKey } from '../../../domain/profile/contact.js';
import { EMAIL_KEY, PHONE_KEY } from '../../../storage/queries/people/addressKeys.js';
import { createEarlierDatabase, type EarlierDatabase } from '../../setup/earlierDatabase.js';

let database: EarlierDatabase;

beforeAll(async () => {
  database = await createEarlierDatabase('000004');
  await database.pool.query(`
    insert into users (external_id, email, phone, email_subscription, created_at, updated_at) values
      ('gone', 'Ann@Example.com', '+33 1', 'unsubscribed', '2026-01-01', '2026-01-01'),
      ('same', 'ann@example.COM', '+33-1', 'opted_in', '2026-01-01', '2026-01-01'),
      ('twice', 'ANN@EXAMPLE.COM', null, 'unsubscribed', '2026-01-01', '2026-01-01'),
      ('other', 'bob@example.com', null, 'subscribed', '2026-01-01', '2026-01-01'),
      ('none', null, null, 'unsubscribed', '2026-01-01', '2026-01-01')
  `);
  await database.migrate();
});
afterAll(async () => {
  await database.drop();
});

const rows = async (sql: string, values: unknown[] = []) => (await database.pool.query(sql, values)).rows;

test('SU-07, B5: whoever shares an unsubscribed address is unsubscribed by the upgrade, told as an event', async () => {
  expect(await rows('select external_id, email, email_subscription as state, version from users order by id')).toEqual([
    { external_id: 'gone', email: 'Ann@Example.com', state: 'unsubscribed', version: 1 },
    { external_id: 'same', email: 'ann@example.COM', state: 'unsubscribed', version: 2 },
    { external_id: 'twice', email: 'ANN@EXAMPLE.COM', state: 'unsubscribed', version: 1 },
    { external_id: 'other', email: 'bob@example.com', state: 'subscribed', version: 1 },
    { external_id: 'none', email: null, state: 'unsubscribed', version: 1 },
  ]);
  expect(
    await rows(
      `select u.external_id, e.properties from events e join users u on u.id = e.user_id where e.kind = 'attributes'`,
    ),
  ).toEqual([{ external_id: 'same', properties: { email_subscribe: ['opted_in', 'unsubscribed'] } }]);
});

test.each(['Ann.Smith@Example.COM', 'É@Bücher.example', '\u212Aelvin@x.example', 'İ@x.example'])(
  'B4: the database compares %s by the same key as the program',
  async (email) => {
    expect(await rows(`select ${EMAIL_KEY} as key from (select $1::text as email) u`, [email])).toEqual([
      { key: emailKey(email) },
    ]);
  },
);

test.each(['+1 (555) 010-20.30', '+49/30/123', '030 123'])(
  'B4: the database compares the number %s by the same key as the program',
  async (phone) => {
    expect(await rows(`select ${PHONE_KEY} as key from (select $1::text as phone) u`, [phone])).toEqual([
      { key: phoneKey(phone) },
    ]);
  },
);

test('UT-01: external ids have up to 987 bytes, not characters', async () => {
  const insert = (externalId: string) =>
    rows('insert into users (external_id, created_at, updated_at) values ($1, now(), now()) returning external_id', [
      externalId,
    ]);
  expect(await insert('é'.repeat(493))).toHaveLength(1);
  await expect(insert('é'.repeat(494))).rejects.toThrow('users_external_id_check');
});
