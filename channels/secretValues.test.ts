import { randomBytes } from 'node:crypto';
import { createSecretCipher, type SecretCipher } from '../domain/secret/secretCipher.js';
import { createSecretValues, KEPT_MS } from './secretValues.js';

const cipher = createSecretCipher([{ id: 'k1', key: randomBytes(32) }]) as SecretCipher;
const other = createSecretCipher([{ id: 'k2', key: randomBytes(32) }]) as SecretCipher;
const found = (value: string) => ({ kind: 'found', value });

/** A table of secrets that counts how often it was asked, and a clock. */
function table(stored: Record<string, string>, using: SecretCipher | null = cipher) {
  const asked: (readonly string[])[] = [];
  const world = { now: 0, fails: false };
  const values = createSecretValues({
    cipher: using,
    load: (names) => {
      asked.push(names);
      if (world.fails) return Promise.reject(new Error('the database is away'));
      const rows = names.filter((name) => stored[name] !== undefined);
      return Promise.resolve(rows.map((name) => ({ name, ...cipher.seal(name, stored[name] ?? '') })));
    },
    monotonicMs: () => world.now,
  });
  return { values, asked, world };
}

test('values are decrypted and kept: whoever asks again, or at the same time, costs no statement', async () => {
  const { values, asked } = table({ a: 'value of a', b: 'value of b' });
  const all = await Promise.all([values.find(['a', 'b']), values.find(['b', 'a', 'a']), values.find(['a'])]);
  await values.find(['b']);
  expect(all.map((each) => each.get('a'))).toEqual(Array(3).fill(found('value of a')));
  expect(all[0]?.get('b')).toEqual(found('value of b'));
  expect(asked).toEqual([['a', 'b']]);
});

test('a replaced value, a new one and a deleted one are seen after five seconds, and not before', async () => {
  const stored: Record<string, string> = { a: 'first', gone: 'gone' };
  const { values, world } = table(stored);
  const look = async () => {
    const all = await values.find(['a', 'b', 'gone']);
    return ['a', 'b', 'gone'].map((name) => all.get(name));
  };
  const lacking = (name: string) => ({ kind: 'lacking', why: `secret '${name}' does not exist` });
  const before = [found('first'), lacking('b'), found('gone')];
  expect(await look()).toEqual(before);
  Object.assign(stored, { a: 'second', b: 'new' });
  delete stored.gone;
  world.now = KEPT_MS - 1;
  expect(await look()).toEqual(before);
  world.now = KEPT_MS;
  expect(await look()).toEqual([found('second'), found('new'), lacking('gone')]);
});

test('a database that does not answer is told to all who asked, and is asked again by the next', async () => {
  const { values, asked, world } = table({ a: 'value of a' });
  world.fails = true;
  const both = await Promise.allSettled([values.find(['a']), values.find(['a'])]);
  expect([both.map(({ status }) => status), asked.length]).toEqual([['rejected', 'rejected'], 1]);
  world.fails = false;
  expect((await values.find(['a'])).get('a')).toEqual(found('value of a'));
});

test('one that no key opens says which it was encrypted with', async () => {
  const { values } = table({ a: 'value of a' }, other);
  const why = "no key of RAPPEL_SECRET_KEYS opens secret 'a', encrypted with 'k1'";
  expect((await values.find(['a'])).get('a')).toEqual({ kind: 'lacking', why });
});

test('without keys nothing is asked for', async () => {
  const { values, asked } = table({ a: 'value of a' }, null);
  const why = 'RAPPEL_SECRET_KEYS is not set for this worker';
  expect([(await values.find(['a'])).get('a'), asked]).toEqual([{ kind: 'lacking', why }, []]);
});
