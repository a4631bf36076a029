// UT-05: whom an item names, and whether naming creates them.
import { MINUTE, type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

interface Person {
  readonly id: number;
  readonly external_id: string | null;
  readonly attributes: Record<string, unknown>;
}

async function people(where: string, value: string): Promise<readonly Person[]> {
  const { rows } = await r.api.database.pool.query(
    `select id, external_id, attributes from users where ${where} order by id`,
    [value],
  );
  return rows;
}

async function changesOf(id: number | undefined): Promise<readonly unknown[]> {
  const { rows } = await r.api.database.pool.query(
    `select properties from events where user_id = $1 and kind = 'attributes' order by seq`,
    [id],
  );
  return rows.map(({ properties }) => properties);
}

const alias = (name: string) => ({ alias_label: 'crm', alias_name: name });
const byAlias = `id in (select user_id from user_aliases where label = 'crm' and name = $1)`;
const place = (index: number) => ({ input_array: 'attributes', index });
const send = (...attributes: object[]) => r.track({ attributes: attributes.map((item) => ({ ...item })) });

test('UT-05: an unknown external_id creates one profile, however often a request names it', async () => {
  const user = someone();
  await r.track({
    attributes: [{ external_id: user, a: 1 }],
    events: [
      { external_id: user, name: 'x' },
      { external_id: user, name: 'y' },
    ],
  });
  expect(await people('external_id = $1', user)).toMatchObject([{ attributes: { a: 1 } }]);
});

test('UT-05: with _update_existing_only nobody is created and the item is skipped', async () => {
  const user = someone();
  const answer = await send({ external_id: user, _update_existing_only: true, a: 1 }, { external_id: someone(), a: 1 });
  expect(answer).toMatchObject({ attributes_processed: 2, skipped: [place(0)] });
  expect(await people('external_id = $1', user)).toEqual([]);
  await send({ external_id: user, a: 1 });
  await send({ external_id: user, _update_existing_only: true, a: 2 });
  expect(await people('external_id = $1', user)).toMatchObject([{ attributes: { a: 2 } }]);
});

test('UT-05: an item that may not create finds the person another item of the request creates', async () => {
  const user = someone();
  const answer = await send({ external_id: user, _update_existing_only: true, a: 1 }, { external_id: user, b: 1 });
  expect(answer).toEqual({ message: 'success', attributes_processed: 2 });
  expect(await people('external_id = $1', user)).toMatchObject([{ attributes: { a: 1, b: 1 } }]);
});

test('UT-05: an alias creates only when _update_existing_only is false, and once', async () => {
  const answer = await send({ user_alias: alias('7'), a: 1 }, { user_alias: alias('7'), _update_existing_only: true });
  expect(answer).toMatchObject({ attributes_processed: 2, skipped: [place(0), place(1)] });
  const before = await r.count('users');
  const create = { user_alias: alias('7'), _update_existing_only: false, a: 2 };
  await Promise.all(Array.from({ length: 6 }, () => send(create)));
  await send({ user_alias: alias('7'), a: 3 });
  const found = await people(byAlias, '7');
  expect(found).toMatchObject([{ external_id: null, attributes: { a: 3 } }]);
  expect(await changesOf(found[0]?.id)).toEqual([{ a: [null, 2] }, { a: [2, 3] }]);
  expect(await r.count('users')).toBe(before + 1);
});

test('UT-05: two labels that concatenate alike are two people', async () => {
  const item = (alias_label: string, alias_name: string) => ({
    user_alias: { alias_label, alias_name },
    _update_existing_only: false,
    who: `${alias_label}|${alias_name}`,
  });
  await send(item('a', 'b:c'), item('a:b', 'c'), item('a","b', 'c'));
  expect(await r.count(`users where attributes ? 'who'`)).toBe(3);
});

test('UT-05: an unknown e-mail or phone creates a profile that has it from birth', async () => {
  await Promise.all(
    Array.from({ length: 6 }, () => send({ email: 'born@example.com', a: 1 }, { phone: '+33 1 23', b: 1 })),
  );
  const [byEmail, ...moreByEmail] = await people('email = $1', 'born@example.com');
  const [byPhone, ...moreByPhone] = await people('phone = $1', '+33 1 23');
  expect([...moreByEmail, ...moreByPhone]).toEqual([]);
  expect(byEmail).toMatchObject({ external_id: null, attributes: { a: 1 } });
  expect(byPhone).toMatchObject({ external_id: null, attributes: { b: 1 } });
  expect(await changesOf(byEmail?.id)).toEqual([
    { email: [null, 'born@example.com'], a: [null, 1], $email_added: [null, true] },
  ]);
  expect(await changesOf(byPhone?.id)).toEqual([{ phone: [null, '+33 1 23'], b: [null, 1] }]);
});

test('UT-05: a profile created by an event of an address has its birth in the stream too', async () => {
  await r.track({ events: [{ email: 'event@example.com', name: 'x' }] });
  const [person] = await people('email = $1', 'event@example.com');
  expect(await changesOf(person?.id)).toEqual([{ email: [null, 'event@example.com'], $email_added: [null, true] }]);
});

test('UT-01: e-mail names the person when phone is given too, and phone becomes an attribute', async () => {
  await send({ email: 'both@example.com', phone: '+44 20 1' });
  expect(await people('phone = $1', '+44 20 1')).toHaveLength(1);
  await send({ email: 'both@example.com', seen: 2 });
  expect(await people('phone = $1', '+44 20 1')).toMatchObject([{ attributes: { seen: 2 } }]);
});

test('UT-05: of several with one address, those with an external id come first, then the last updated', async () => {
  const [first, second] = [someone(), someone()];
  const email = 'shared@example.com';
  await send({ email, who: 'address only' });
  await send({ external_id: first, email, who: 'first' });
  r.api.clock.now += MINUTE;
  await send({ external_id: second, email, who: 'second' });
  await send({ email, picked: 1 });
  expect((await people('email = $1', email)).map(({ attributes }) => attributes.picked)).toEqual([
    undefined,
    undefined,
    1,
  ]);
  r.api.clock.now += MINUTE;
  await send({ external_id: first, touched: true });
  r.api.clock.now += MINUTE;
  await send({ email, picked: 2 });
  expect((await people('email = $1', email)).map(({ attributes }) => attributes.picked)).toEqual([undefined, 2, 1]);
});

test('UT-01: braze_id is our own id; an unknown one is skipped and creates nobody', async () => {
  const user = someone();
  await send({ external_id: user, a: 1 });
  const [person] = await people('external_id = $1', user);
  const before = await r.count('users');
  const answer = await send({ braze_id: String(person?.id), a: 2 }, { braze_id: '999999999', a: 3 });
  expect(answer).toMatchObject({ attributes_processed: 2, skipped: [place(1)] });
  expect(await people('external_id = $1', user)).toMatchObject([{ attributes: { a: 2 } }]);
  expect(await r.count('users')).toBe(before);
});

test('one person named in three ways in one request is one person, changed once', async () => {
  const user = someone();
  await send({ external_id: user, email: 'three@example.com' });
  const [person] = await people('external_id = $1', user);
  await send({ braze_id: String(person?.id), a: 1 }, { email: 'three@example.com', b: 1 }, { external_id: user, c: 1 });
  expect((await changesOf(person?.id)).slice(1)).toEqual([{ a: [null, 1], b: [null, 1], c: [null, 1] }]);
});
