// `rappel secrets`: set from standard input, list, and rotate to a new key while rows of the old one are there.
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { describeSecrets, readInput, rotateSecrets, storeSecret } from '../../../cli/secrets.js';
import { createSecretCipher, type SecretCipher } from '../../../domain/secret/secretCipher.js';
import { loadSecrets } from '../../../storage/queries/secrets/secrets.js';
import { createTestDatabase, type TestDatabase } from '../../setup/database.js';

const [k1, k2] = ['k1', 'k2'].map((id) => ({ id, key: randomBytes(32) }));
const cipherOf = (...keys: (typeof k1)[]): SecretCipher => {
  const cipher = createSecretCipher(keys.flatMap((key) => (key === undefined ? [] : [key])));
  if (cipher === null) throw new Error('no key');
  return cipher;
};
const act = { actor: 'cli/ann', now: Date.UTC(2026, 11, 1, 9) };

// Hundreds of secrets are set one by one.
jest.setTimeout(60_000);

let database: TestDatabase;
let lines: string[];
beforeEach(async () => {
  database = await createTestDatabase();
  lines = [];
});
afterEach(() => database.drop());

const set = (name: string, value: string, cipher: SecretCipher | null = cipherOf(k1)) =>
  storeSecret(database.pool, cipher, { name, input: value, act });
const rotate = (cipher: SecretCipher | null) =>
  rotateSecrets(database.pool, cipher, { act, print: (line) => void lines.push(line) });
const opened = async (cipher: SecretCipher, ...names: string[]) => {
  const stored = await loadSecrets(database.pool, names);
  return stored.map((each) => [each.name, each.keyId, cipher.open(each.name, each)]);
};
const audited = async (action: string) =>
  (await database.pool.query('select actor, subject, before, after from audit_log where action = $1', [action])).rows;

test('a value is set as it comes from standard input, without the line break at its end', async () => {
  const input = await readInput(Readable.from([Buffer.from('Bearer of-the'), Buffer.from('-crm\n')]));
  expect(await set('crm', input)).toBe('Set crm, encrypted with k1');
  expect(await opened(cipherOf(k1), 'crm')).toEqual([['crm', 'k1', { kind: 'opened', value: 'Bearer of-the-crm' }]]);
  expect(await describeSecrets(database.pool)).toEqual([
    'crm  encrypted with k1  set 2026-12-01T09:00:00.000Z by cli/ann',
  ]);
  expect(await audited('secret.set')).toEqual([
    { actor: 'cli/ann', subject: 'secret/crm', before: null, after: { keyId: 'k1' } },
  ]);
});

test.each([
  ['crm', 'a line\nand another of it', 'value holds a character that no secret may have'],
  ['crm', 'tiny', 'value is too short'],
  ['No name', 'Bearer of-the-crm', 'name is not a key'],
])('%s set to %j is refused, and the value is not repeated', async (name, input, message) => {
  const refusal = await set(name, input).catch((error: Error) => error.message);
  expect(refusal).toContain(message);
  expect(refusal).not.toContain(input);
});

test('without keys nothing is set or rotated, and the setting is named', async () => {
  await expect(set('crm', 'Bearer of-the-crm', null)).rejects.toThrow('RAPPEL_SECRET_KEYS');
  await expect(rotate(null)).rejects.toThrow('RAPPEL_SECRET_KEYS');
});

test('a rotation re-encrypts page after page, says so, and leaves nothing to the next', async () => {
  const names = Array.from({ length: 250 }, (_, n) => `secret-${n}`);
  for (const name of names) await set(name, `Bearer of-${name}`);
  await set('newer', 'Bearer of-newer', cipherOf(k2, k1));
  const before = await loadSecrets(database.pool, ['newer']);

  expect(await rotate(cipherOf(k2, k1))).toEqual({ replaced: 250, unreadable: [] });
  expect(lines).toEqual([
    '100 encrypted with k2',
    '200 encrypted with k2',
    '250 encrypted with k2',
    'Encrypted with k2: 251',
    'No secret needs any more, so they can be taken out of RAPPEL_SECRET_KEYS: k1',
  ]);
  // The old key is not needed to read any of them.
  const now = await opened(cipherOf(k2), ...names);
  expect(now).toHaveLength(250);
  for (const [name, keyId, result] of now)
    expect([keyId, result]).toEqual(['k2', { kind: 'opened', value: `Bearer of-${name}` }]);
  expect(await loadSecrets(database.pool, ['newer'])).toEqual(before);
  const told = { actor: 'cli/ann', subject: 'secrets', before: null };
  expect(await audited('secret.rotate')).toEqual(
    [100, 100, 50].map((replaced) => ({ ...told, after: { keyId: 'k2', replaced } })),
  );

  expect(await rotate(cipherOf(k2, k1))).toEqual({ replaced: 0, unreadable: [] });
  expect(await audited('secret.rotate')).toHaveLength(3);
});

test('when a secret was set is not changed by a rotation', async () => {
  await set('crm', 'Bearer of-the-crm');
  const [line] = await describeSecrets(database.pool);
  await rotateSecrets(database.pool, cipherOf(k2, k1), {
    act: { actor: 'cli/bob', now: act.now + 86_400_000 },
    print: () => undefined,
  });
  expect(await describeSecrets(database.pool)).toEqual([line?.replace('k1', 'k2')]);
});

test('what no key opens stays as it is and is named; its key does not count as unused', async () => {
  await set('kept', 'Bearer of-kept');
  await set('lost', 'Bearer of-lost', cipherOf({ id: 'k0', key: randomBytes(32) }));
  expect(await rotate(cipherOf(k2, k1))).toEqual({ replaced: 1, unreadable: ['lost'] });
  expect(lines).toEqual([
    '1 encrypted with k2',
    'Encrypted with k0: 1',
    'Encrypted with k2: 1',
    'No secret needs any more, so they can be taken out of RAPPEL_SECRET_KEYS: k1',
    'No key of RAPPEL_SECRET_KEYS opens: lost',
  ]);
  expect(await opened(cipherOf(k2), 'lost')).toEqual([['lost', 'k0', { kind: 'unknown_key' }]]);
});
