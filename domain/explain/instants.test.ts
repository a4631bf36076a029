import { showInstant, showSpan } from './instants.js';

const TEN = Date.UTC(2025, 2, 6, 10);

describe('M14: an instant is told on both clocks', () => {
  test.each([
    ['the zone and UTC', TEN, 'Europe/Paris', '2025-03-06 11:00 (Europe/Paris; 10:00 UTC)'],
    ['the date in UTC where it is another', TEN, 'Pacific/Auckland', '2025-03-06 23:00 (Pacific/Auckland; 10:00 UTC)'],
    ['the date before', TEN + 6 * 3_600_000, 'Asia/Tokyo', '2025-03-07 01:00 (Asia/Tokyo; 2025-03-06 16:00 UTC)'],
    ['UTC once', TEN, 'UTC', '2025-03-06 10:00 (UTC)'],
    ['seconds where there are any', '2025-03-06T10:00:05Z', 'UTC', '2025-03-06 10:00:05 (UTC)'],
    ['seconds on both', '2025-03-06T10:00:05Z', 'Asia/Kolkata', '2025-03-06 15:30:05 (Asia/Kolkata; 10:00:05 UTC)'],
  ])('%s', (_, value, zone, shown) => {
    expect(showInstant(value, zone)).toBe(shown);
  });

  test('what is no instant is said so', () => {
    for (const value of [undefined, null, true, 'soon']) expect(showInstant(value, 'UTC')).toBe('an unknown time');
  });
});

test('a span is told by its two largest units', () => {
  expect(showSpan(999)).toBe('0 seconds');
  expect(showSpan(61_000)).toBe('1 minute 1 second');
  expect(showSpan(3_600_000)).toBe('1 hour');
  expect(showSpan(2 * 86_400_000 + 5 * 60_000 + 3_000)).toBe('2 days 5 minutes');
});
