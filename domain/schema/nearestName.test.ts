import { nearestName } from './nearestName.js';

describe('the name that was probably meant', () => {
  const KNOWN = ['delay', 'duration', 'name', 'audience'];

  it.each([
    ['dellay', 'delay'],
    ['DELAY', 'delay'],
    ['duratoin', 'duration'],
    ['adience', 'audience'],
    ['nam', 'name'],
    ['nmae', null],
    ['durations', 'duration'],
    ['dration', 'duration'],
    ['d', null],
    ['', null],
    ['elephant', null],
  ])('of %j is %j', (name, meant) => {
    expect(nearestName(name, KNOWN)).toBe(meant);
  });

  it('is the nearest of several, and of equally near ones the first', () => {
    expect(nearestName('atLeasst', ['atMost', 'atLeast'])).toBe('atLeast');
    expect(nearestName('bat', ['cat', 'hat'])).toBe('cat');
  });

  it('may differ by a third of its letters, by one at least, and no more', () => {
    expect(nearestName('abcdef', ['abcdxy'])).toBe('abcdxy');
    expect(nearestName('abcdef', ['abcxyz'])).toBeNull();
    expect(nearestName('ab', ['ax'])).toBe('ax');
    expect(nearestName('ab', ['xy'])).toBeNull();
  });

  it('is none for a name too long to be one', () => {
    expect(nearestName('x'.repeat(64), ['x'.repeat(63)])).toBe('x'.repeat(63));
    expect(nearestName('x'.repeat(65), ['x'.repeat(64)])).toBeNull();
  });
});
