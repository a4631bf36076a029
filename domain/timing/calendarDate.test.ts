import { dateOfLocal, readDate, recurringDay, yearsBetween } from './calendarDate.js';
import { toLocalMs } from './localTime.js';

const on = (text: string) => {
  const date = readDate(text);
  if (date === null) throw new Error(`no date: ${text}`);
  return date;
};

it.each<[string, string, number]>([
  ['1990-11-02', '2026-11-01', 35],
  ['1990-11-02', '2026-11-02', 36],
  ['2008-02-29', '2026-02-28', 17],
  ['2008-02-29', '2026-03-01', 18],
  ['2008-02-29', '2028-02-29', 19],
  ['2008-02-29', '2028-03-01', 20],
  ['2026-11-03', '2026-11-02', -1],
])('SG-03: who was born on %s is on %s of the age %s', (birth, today, age) => {
  expect(yearsBetween(on(birth), on(today))).toBe(age);
});

it('SG-03: 29 February comes again on 1 March', () => {
  expect([recurringDay(on('2008-02-29')), recurringDay(on('2008-03-01')), recurringDay(on('2008-02-28'))]).toEqual([
    301, 301, 228,
  ]);
});

it('tells the day by the zone’s clock, and days from then on', () => {
  const at = Date.parse('2026-12-31T23:30:00Z');
  expect(dateOfLocal(at)).toEqual({ year: 2026, month: 12, day: 31 });
  expect(dateOfLocal(toLocalMs(at, 'Asia/Tokyo'))).toEqual({ year: 2027, month: 1, day: 1 });
  expect(dateOfLocal(at, 60)).toEqual({ year: 2027, month: 3, day: 1 });
});

it.each(['', 'x', '2026', '2026-13-01', '2026-00-01', '2026-01-32', '2026-01-011', '26-01-01', ' 2026-01-01'])(
  'reads no date in %j',
  (text) => expect(readDate(text)).toBeNull(),
);
