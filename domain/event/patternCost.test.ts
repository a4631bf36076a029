import { RE2JS } from 're2js';
import { patternCost } from './patternCost.js';
import { findsRegularExpression, LOOKED_AT, MAX_INSTRUCTIONS, regularExpressionProblem } from './regularExpression.js';

describe('what a regular expression costs', () => {
  it.each([
    'abc',
    '^a+b*c?$',
    '(?:abc){200}',
    '(a?){100}b',
    '(?:[a-z0-9]{1,20}){20}',
    '((ab){3}c){7,9}',
    '[]a]{50}',
    '[^]a]{50}',
    '[[:alpha:]x]{9}',
    '\\Qa{1000}\\E',
    'a{,3}',
    '\\d{40}\\.x',
    'a|b|cc|dd',
  ])('of %s is near the number of its instructions', (pattern) => {
    const size = RE2JS.compile(pattern).programSize();
    // A property adds its table.
    expect(patternCost(pattern)).toBeGreaterThanOrEqual(size / 3);
    expect(patternCost(pattern)).toBeLessThanOrEqual(size * 2 + 100);
  });

  it('SG-21: is bounded before it is compiled, and said', () => {
    for (const dear of ['a{1000}'.repeat(30), `[${'\\pL'.repeat(300)}]`, `[${'[:^alpha:]'.repeat(300)}]`])
      expect(regularExpressionProblem(dear)).toMatch(/about [\d,]+ instructions, of at most 1,000/);
    expect(regularExpressionProblem('a?'.repeat(600))).toMatch(/about 1,202 instructions, of at most 1,000/);
    expect(regularExpressionProblem('a'.repeat(MAX_INSTRUCTIONS - 10))).toBeNull();
  });

  it('SG-21: the first 10,240 characters of a value are looked at, and no more', () => {
    const behind = (n: number) => `${'x'.repeat(n - 1)}y`;
    expect(findsRegularExpression('y', behind(LOOKED_AT), { ignoreCase: true })).toBe(true);
    expect(findsRegularExpression('y', behind(LOOKED_AT + 1), { ignoreCase: true })).toBe(false);
  });
});
