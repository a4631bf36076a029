import { randomBytes } from 'node:crypto';
import { generateApiKey, hashApiKey, isSameKey, isScope, KEY_RANDOM_BYTES, prefixOf } from './apiKey.js';

describe('API keys', () => {
  it('are a prefix and 32 random bytes, found by the prefix and proved by a SHA-256', () => {
    const { key, prefix, hash } = generateApiKey(randomBytes(KEY_RANDOM_BYTES));
    expect(key).toMatch(/^rpl_[\w-]{8}_[\w-]{43}$/);
    expect(prefixOf(key)).toBe(prefix);
    expect(hash).toEqual(hashApiKey(key));
    expect(hash).toHaveLength(32);
  });

  it('differ in every part from one another', () => {
    const [one, two] = [randomBytes(KEY_RANDOM_BYTES), randomBytes(KEY_RANDOM_BYTES)].map(generateApiKey);
    expect(one?.prefix).not.toBe(two?.prefix);
    expect(one?.key.slice(13)).not.toBe(two?.key.slice(13));
  });

  it('are not made of fewer random bytes', () => {
    expect(() => generateApiKey(randomBytes(16))).toThrow('A key is made of 38 random bytes, not 16');
  });

  it('are the same only when every character is', () => {
    const { key, hash } = generateApiKey(randomBytes(KEY_RANDOM_BYTES));
    expect(isSameKey(key, hash)).toBe(true);
    expect(isSameKey(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`, hash)).toBe(false);
    expect(isSameKey(key, Buffer.alloc(0))).toBe(false);
  });

  it.each(['', 'rpl_', 'Bearer rpl_abcdefgh_x', 'rpl_abcdefgh_short', `rpl_abcdefgh_${'a'.repeat(44)}`, 'sk_live_1'])(
    'are not what %j looks like',
    (text) => {
      expect(prefixOf(text)).toBeNull();
    },
  );

  it('know their scopes', () => {
    expect(isScope('track')).toBe(true);
    expect(isScope('admin')).toBe(false);
  });
});
