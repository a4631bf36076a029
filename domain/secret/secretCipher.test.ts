import { randomBytes } from 'node:crypto';
import { createSecretCipher, type SealedSecret, type SecretCipher } from './secretCipher.js';
import { KEY_BYTES, type SecretKey, secretKeysText } from './secretKeys.js';

const keyOf = (id: string): SecretKey => ({ id, key: randomBytes(KEY_BYTES) });
const cipherOf = (...keys: readonly SecretKey[]): SecretCipher => {
  const cipher = createSecretCipher(keys);
  if (cipher === null) throw new Error('a cipher needs a key');
  return cipher;
};

describe('the cipher of secrets', () => {
  const [older, newer] = [keyOf('k1'), keyOf('k2')];
  const VALUE = 'Bearer a-token-of-a-receiver';
  const sealed = cipherOf(older).seal('crm', VALUE);

  test('what was sealed is opened, and is not in what is stored', () => {
    expect(cipherOf(older).open('crm', sealed)).toEqual({ kind: 'opened', value: VALUE });
    expect(sealed.ciphertext.includes(VALUE)).toBe(false);
    expect(sealed).toMatchObject({ keyId: 'k1', nonce: expect.objectContaining({ length: 12 }) });
  });

  test('one value sealed twice is stored differently', () => {
    const again = cipherOf(older).seal('crm', VALUE);
    expect([again.nonce.equals(sealed.nonce), again.ciphertext.equals(sealed.ciphertext)]).toEqual([false, false]);
  });

  test('the newest key seals, and each key opens what it has sealed', () => {
    const both = cipherOf(newer, older);
    expect(both.open('crm', sealed)).toEqual({ kind: 'opened', value: VALUE });
    const resealed = both.seal('crm', VALUE);
    expect([both.newestKeyId, both.keyIds, resealed.keyId]).toEqual(['k2', ['k2', 'k1'], 'k2']);
    expect(cipherOf(older).open('crm', resealed)).toEqual({ kind: 'unknown_key' });
  });

  const flipped = (bytes: Buffer, at: number) => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  const last = sealed.ciphertext.length - 1;
  test.each<[string, string, SealedSecret]>([
    ['its first byte changed', 'crm', { ...sealed, ciphertext: flipped(sealed.ciphertext, 0) }],
    ['its tag changed', 'crm', { ...sealed, ciphertext: flipped(sealed.ciphertext, last) }],
    ['its nonce changed', 'crm', { ...sealed, nonce: flipped(sealed.nonce, 0) }],
    ['its end cut off', 'crm', { ...sealed, ciphertext: sealed.ciphertext.subarray(0, -1) }],
    ['nothing but a tag left', 'crm', { ...sealed, ciphertext: sealed.ciphertext.subarray(0, 8) }],
    ['a nonce of another length', 'crm', { ...sealed, nonce: sealed.nonce.subarray(1) }],
    ['the name of another', 'other', sealed],
  ])('with %s it is damaged', (_what, name, stored) => {
    expect(cipherOf(older).open(name, stored)).toEqual({ kind: 'damaged' });
  });

  test('another key under the same id opens nothing', () => {
    expect(cipherOf(keyOf('k1')).open('crm', sealed)).toEqual({ kind: 'damaged' });
  });

  test('without a key there is no cipher', () => {
    expect(createSecretCipher([])).toBeNull();
  });
});

describe('the keys as they are set', () => {
  const [a, b] = [randomBytes(KEY_BYTES).toString('base64'), randomBytes(KEY_BYTES).toString('base64')];

  test('are read in their order', () => {
    const keys = secretKeysText.parse(`k2:${b}, k1:${a}`);
    expect(keys.map(({ id, key }) => [id, key.toString('base64')])).toEqual([
      ['k2', b],
      ['k1', a],
    ]);
  });

  test.each([
    ['no id', `:${a}`],
    ['no key', 'k1:'],
    ['an id alone', 'k1'],
    ['an id with capitals', `K1:${a}`],
    ['a key of 31 bytes', `k1:${randomBytes(31).toString('base64')}`],
    ['a key of 33 bytes', `k1:${randomBytes(33).toString('base64')}`],
    ['a key without its padding', `k1:${a.replace(/=+$/, '')}`],
    ['a key that is no base64', `k1:${'*'.repeat(44)}`],
    ['an id twice', `k1:${a},k1:${b}`],
    ['a comma at the end', `k1:${a},`],
    ['too many keys', Array.from({ length: 21 }, (_, n) => `k${n}:${a}`).join(',')],
  ])('with %s they are refused', (_what, text) => {
    expect(secretKeysText.safeParse(text).success).toBe(false);
  });
});
