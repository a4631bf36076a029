import { slugOf } from './slug.js';

describe('the key made of a name', () => {
  it.each([
    ['Cart reminder', 'cart-reminder'],
    ['  50 % off!  ', '50-off'],
    ['Été à Nîmes', 'ete-a-nimes'],
    ['ﬁrst_one', 'first-one'],
    ['---', null],
    ['購物車', null],
    ['購物車 2', '2'],
  ])('%s: %s', (name, key) => {
    expect(slugOf(name)).toBe(key);
  });

  it('has at most 100 characters, and neither begins nor ends with a hyphen', () => {
    expect(slugOf('x'.repeat(150))).toBe('x'.repeat(100));
    expect(slugOf(`-${'x'.repeat(150)}`)).toBe('x'.repeat(100));
    expect(slugOf(`${'x'.repeat(99)} ${'y'.repeat(50)}`)).toBe('x'.repeat(99));
  });
});
