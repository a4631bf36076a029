import { findsRegularExpression, regularExpressionProblem } from './regularExpression.js';

describe('a regular expression', () => {
  it('AB-06: keeps its two readings apart, with and without regard to case', () => {
    expect(findsRegularExpression('gmail', 'ann@GMAIL.com', { ignoreCase: true })).toBe(true);
    expect(findsRegularExpression('gmail', 'ann@GMAIL.com', { ignoreCase: false })).toBe(false);
    expect(findsRegularExpression('gmail', 'ann@GMAIL.com', { ignoreCase: true })).toBe(true);
    expect(findsRegularExpression('gmail', 'ann@gmail.com', { ignoreCase: false })).toBe(true);
  });

  it('is told what is wrong with it', () => {
    expect(regularExpressionProblem('^a+$')).toBeNull();
    expect(regularExpressionProblem('(a')).toMatch(/missing closing \)/);
    expect(() => findsRegularExpression('(a', 'a', { ignoreCase: false })).toThrow(/missing closing \)/);
  });

  it('stays right however many others were used since', () => {
    for (let n = 0; n < 1_100; n += 1) {
      expect(findsRegularExpression(`^${n}$`, String(n), { ignoreCase: false })).toBe(true);
    }
    expect(findsRegularExpression('^0$', '0', { ignoreCase: false })).toBe(true);
    expect(findsRegularExpression('^0$', '1', { ignoreCase: false })).toBe(false);
  });
});
