import fc from 'fast-check';
import { formatDurationText, parseDurationText } from './durationText.js';

describe('lengths of time in words', () => {
  it.each([
    ['1 hour', 3_600_000],
    ['30 days', 2_592_000_000],
    ['1 month', 2_592_000_000],
    ['2 weeks', 1_209_600_000],
    ['90 seconds', 90_000],
    ['1 hour 30 minutes', 5_400_000],
    ['0.1 hours', 360_000],
    ['0 seconds', 0],
    [' 5 Minutes ', 300_000],
  ])('RE-04: "%s" is %d ms', (text, ms) => {
    expect(parseDurationText(text)).toBe(ms);
  });

  it.each(['', '1', 'hour', '1 hours30', '-1 hour', '1.5 seconds', '1 year', '1e3 days', 'P1D', '1 hour,'])(
    '"%s" is not a length of time',
    (text) => {
      expect(parseDurationText(text)).toBeNull();
    },
  );

  it('a canonical text is read back as the same length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000 }), (seconds) => {
        expect(parseDurationText(formatDurationText(seconds * 1_000))).toBe(seconds * 1_000);
      }),
    );
  });

  it('prefers the largest unit that divides the length', () => {
    expect(formatDurationText(3_600_000)).toBe('1 hour');
    expect(formatDurationText(2_592_000_000)).toBe('30 days');
    expect(formatDurationText(5_400_000)).toBe('90 minutes');
    expect(formatDurationText(0)).toBe('0 seconds');
  });
});
