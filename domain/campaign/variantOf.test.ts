import type { Variant } from './campaign.js';
import { variantOf } from './variantOf.js';

const variant = (key: string, share: number): Variant => ({ key, share, messages: {} });
const PEOPLE = Array.from({ length: 10_000 }, (_, n) => n + 1);

function keys(id: number, variants: readonly Variant[]): readonly string[] {
  return PEOPLE.map((userId) => variantOf({ campaign: { id, variants }, userId }).key);
}

const count = (found: readonly string[], key: string) => found.filter((each) => each === key).length;

describe('the variant that a person gets', () => {
  test('MV-02: as many people as the shares say', () => {
    const found = keys(7, [variant('a', 20), variant('b', 30), variant('c', 50)]);
    // Of 10,000; the widest, 50, has a standard deviation of 50 people.
    for (const [key, share] of Object.entries({ a: 20, b: 30, c: 50 }))
      expect(Math.abs(count(found, key) - share * 100)).toBeLessThan(250);
  });

  test('MV-02: the same each time, whatever the messages, and by each campaign anew', () => {
    const halves = [variant('a', 50), variant('b', 50)];
    const found = keys(7, halves);
    expect(keys(7, [{ ...variant('a', 50), messages: { email: { subject: 'x' } } }, variant('b', 50)])).toEqual(found);
    const other = keys(8, halves);
    const same = found.filter((key, index) => key === other[index]);
    expect(Math.abs(same.length - 5_000)).toBeLessThan(250);
  });

  test('MV-02: moving shares moves only those between the old and the new border', () => {
    const before = keys(7, [variant('a', 50), variant('b', 50)]);
    const after = keys(7, [variant('a', 60), variant('b', 40)]);
    expect(before.every((key, index) => key === after[index] || (key === 'b' && after[index] === 'a'))).toBe(true);
    expect(Math.abs(before.filter((key, index) => key !== after[index]).length - 1_000)).toBeLessThan(150);
  });

  test('one of one is no matter of chance, and of none there is none', () => {
    expect(new Set(keys(7, [variant('main', 100)]))).toEqual(new Set(['main']));
    expect(() => keys(7, [])).toThrow('campaign 7 has no variant');
  });
});
