// ID-01: aliases of people who exist, people known by an alias alone, and renamed aliases.
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const add = (...user_aliases: object[]) => r.send('post', '/users/alias/new', { user_aliases });
const rename = (...alias_updates: object[]) => r.send('post', '/users/alias/update', { alias_updates });
const alias = (alias_name: unknown, alias_label: unknown = 'crm') => ({ alias_label, alias_name });

async function known(): Promise<string> {
  const user = someone();
  await r.track({ attributes: [{ external_id: user, a: 1 }] });
  return user;
}

/** `label:name` of each alias of the person. */
async function aliasesOf(user: string): Promise<readonly string[]> {
  const { rows } = await r.api.database.pool.query<{ alias: string }>(
    `select a.label || ':' || a.name as alias from user_aliases a join users u on u.id = a.user_id
     where u.external_id = $1 order by 1`,
    [user],
  );
  return rows.map((row) => row.alias);
}

async function ownerOf(name: string, label = 'crm') {
  const { rows } = await r.api.database.pool.query<{ id: number; external_id: string | null }>(
    'select u.id, u.external_id from user_aliases a join users u on u.id = a.user_id where a.label = $1 and a.name = $2',
    [label, name],
  );
  return rows[0];
}

test('ID-01: with external_id the alias is added to that person, who is found by it', async () => {
  const user = await known();
  const answer = await add({ external_id: user, ...alias('1') }, { external_id: user, ...alias('1', 'shop') });
  expect([answer.status, answer.body]).toEqual([201, { aliases_processed: 2, message: 'success' }]);
  expect(answer.type).toBe('application/json');
  expect(await aliasesOf(user)).toEqual(['crm:1', 'shop:1']);
  await r.track({ attributes: [{ user_alias: alias('1'), b: 2 }] });
  expect(await r.count(`users where external_id = $1 and attributes = '{"a": 1, "b": 2}'`, [user])).toBe(1);
});

test('ID-01: nothing is added, and nobody made, where nobody has the external_id', async () => {
  const user = someone();
  const { status, body } = await add({ external_id: user, ...alias('2') });
  expect([status, body]).toEqual([
    201,
    { aliases_processed: 1, message: 'success', skipped: [{ index: 0, reason: 'unknown_user' }] },
  ]);
  expect(await r.count('users where external_id = $1', [user])).toBe(0);
  expect(await ownerOf('2')).toBeUndefined();
});

test('ID-01: without external_id somebody new is made, once, however many ask at a time', async () => {
  const before = await r.count('users');
  const asked = [
    add(alias('3')),
    add(alias('3'), alias('3')),
    r.send('post', '/users/track', { attributes: [{ user_alias: alias('3'), _update_existing_only: false, a: 1 }] }),
    add(alias('3')),
  ];
  for (const { status, body } of await Promise.all(asked)) expect([status, body.skipped]).toEqual([201, undefined]);
  expect(await r.count('users')).toBe(before + 1);
  expect((await ownerOf('3'))?.external_id).toBeNull();
});

test('ID-01: a label and a name are one person’s, and of a label a person has one name', async () => {
  const [ann, bob] = [await known(), await known()];
  await add({ external_id: ann, ...alias('4') });
  const { body } = await add(
    { external_id: bob, ...alias('4') },
    { external_id: ann, ...alias('5') },
    { external_id: ann, ...alias('4') },
    { external_id: bob, ...alias('6') },
    { external_id: ann, ...alias('6', 'shop') },
    { external_id: bob, ...alias('6', 'shop') },
  );
  expect(body).toEqual({
    aliases_processed: 6,
    message: 'success',
    skipped: [
      { index: 0, reason: 'alias_taken' },
      { index: 1, reason: 'label_taken' },
      { index: 5, reason: 'alias_taken' },
    ],
  });
  expect([await aliasesOf(ann), await aliasesOf(bob)]).toEqual([['crm:4', 'shop:6'], ['crm:6']]);
});

test('ID-01: numbers are accepted as ids and names, with all their digits', async () => {
  await r.track({ attributes: [{ external_id: '1187654321098765312', a: 1 }] });
  const text =
    '{"user_aliases":[{"external_id":1187654321098765312,"alias_label":7,"alias_name":22222222222222222222}]}';
  const answer = await r.send('post', '/users/alias/new').type('json').send(text);
  expect([answer.status, answer.body.skipped]).toEqual([201, undefined]);
  expect(await aliasesOf('1187654321098765312')).toEqual(['7:22222222222222222222']);
});

test('ID-01: an alias is renamed, and its person is found by the new name alone', async () => {
  const user = await known();
  await add({ external_id: user, ...alias('7') });
  const answer = await rename({ alias_label: 'crm', old_alias_name: '7', new_alias_name: '8' });
  expect([answer.status, answer.body]).toEqual([201, { aliases_processed: 1, message: 'success' }]);
  expect(await aliasesOf(user)).toEqual(['crm:8']);
  const body = await r.track({
    attributes: [
      { user_alias: alias('7'), a: 2 },
      { user_alias: alias('8'), a: 3 },
    ],
  });
  expect(body).toMatchObject({ skipped: [{ index: 0 }] });
});

test('ID-01: nothing is renamed where nobody has the old name or somebody has the new one', async () => {
  const [ann, bob] = [await known(), await known()];
  await add({ external_id: ann, ...alias('9') }, { external_id: bob, ...alias('10') });
  const update = (old_alias_name: string, new_alias_name: string) => ({
    alias_label: 'crm',
    old_alias_name,
    new_alias_name,
  });
  const { body } = await rename(
    update('nobody’s', '11'),
    update('9', '10'),
    update('9', '9'),
    update('10', '12'),
    update('9', '10'),
    update('10', '13'),
  );
  expect(body).toEqual({
    aliases_processed: 6,
    message: 'success',
    skipped: [
      { index: 0, reason: 'unknown_alias' },
      { index: 1, reason: 'alias_taken' },
    ],
  });
  expect([await aliasesOf(ann), await aliasesOf(bob)]).toEqual([['crm:13'], ['crm:12']]);
});

describe('ID-01: a request that is not valid is refused whole, and says which item is wrong', () => {
  const many = Array.from({ length: 51 }, (_, n) => alias(`many-${n}`));
  test.each([
    [{}, "'user_aliases' must be an array of objects"],
    [{ user_aliases: 'x' }, "'user_aliases' must be an array of objects"],
    [{ user_aliases: [alias('a'), 'x'] }, "'user_aliases' must be an array of objects"],
    [{ user_aliases: [] }, "'user_aliases' must not be empty"],
    [{ user_aliases: many }, 'a single request may not contain more than 50 user aliases'],
    [{ user_aliases: [alias('bad-1'), { alias_label: 'crm' }] }, /^'alias_name' must be a text of 1 to 255 characters/],
    [{ user_aliases: [alias('bad-1'), alias('x', '')] }, /^'alias_label' must be a text of 1 to 255 characters/],
    [{ user_aliases: [alias('bad-1'), alias('x'.repeat(256))] }, /^'alias_name' must be a text/],
    [{ user_aliases: [alias('bad-1'), alias('a\u0000b')] }, /must not contain the character U\+0000/],
    [{ user_aliases: [alias('bad-1'), { external_id: 'é'.repeat(494), ...alias('y') }] }, /1 to 987 bytes/],
    [{ user_aliases: [alias('bad-1'), { external_id: '', ...alias('y') }] }, /1 to 987 bytes/],
  ])('%j', async (sent, message) => {
    const answer = await r.send('post', '/users/alias/new', sent);
    expect([answer.status, answer.type]).toEqual([400, 'application/json']);
    expect(answer.body.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    if (typeof message !== 'string') expect(answer.body.problems).toMatchObject([{ path: 'user_aliases[1]' }]);
    expect(await ownerOf('bad-1')).toBeUndefined();
  });

  test('of a rename too', async () => {
    const { status, body } = await rename({ alias_label: 'crm', old_alias_name: 'x' });
    expect([status, body.message]).toEqual([400, expect.stringMatching(/^'new_alias_name' must be/)]);
  });
});

test('ID-01: 50 are taken, and external ids of 987 bytes', async () => {
  const user = 'é'.repeat(493) + 'x';
  await r.track({ attributes: [{ external_id: user, a: 1 }] });
  const { body } = await add(
    { external_id: user, ...alias('long') },
    ...Array.from({ length: 49 }, (_, n) => alias(`fifty-${n}`)),
  );
  expect(body).toEqual({ aliases_processed: 50, message: 'success' });
  expect(await aliasesOf(user)).toEqual(['crm:long']);
});

test('API-02: the routes that say who is who share 20,000 requests a minute', async () => {
  const first = await add({ external_id: someone(), ...alias('x') });
  const second = await rename({ alias_label: 'crm', old_alias_name: 'nobody’s', new_alias_name: 'x' });
  expect([first, second].map(({ headers }) => headers['x-ratelimit-limit'])).toEqual(['20000', '20000']);
  expect(Number(first.headers['x-ratelimit-remaining']) - Number(second.headers['x-ratelimit-remaining'])).toBe(1);
});
