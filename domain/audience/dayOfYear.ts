// Days that come again every year (SG-03): birthdays, and the days of other dates. "Today" is by `clockOfDays`.
import { z } from 'zod';
import type { Json } from '../json.js';
import { parseInstant } from '../profile/parseInstant.js';
import { withAllowed } from '../schema/fields.js';
import { type CalendarDate, dateOfLocal, monthDayOf, readDate, recurringDay } from '../timing/calendarDate.js';
import { type AskedAt, clockOfDays } from './askedAt.js';

const MOST_DAYS = 365;
const RELATIVE = /^(?:today|in (?<ahead>\d{1,3}) days?|(?<ago>\d{1,3}) days? ago)$/;
const MONTH_AND_DAY = /^(?<month>\d{2})-(?<day>\d{2})$/;
/** A leap year, so that 29 February is one of its days. */
const ANY_YEAR = '2000';

type Day = { readonly kind: 'fixed'; readonly monthDay: number } | { readonly kind: 'relative'; readonly days: number };

/** Null: the text is no day. */
function parseDay(text: string): Day | null {
  const relative = RELATIVE.exec(text);
  if (relative !== null) {
    const { ahead, ago } = relative.groups ?? {};
    const days = Number(ahead ?? 0) - Number(ago ?? 0);
    return Math.abs(days) <= MOST_DAYS ? { kind: 'relative', days } : null;
  }
  const isDay = MONTH_AND_DAY.test(text) && parseInstant(`${ANY_YEAR}-${text}`) !== null;
  const date = isDay ? readDate(`${ANY_YEAR}-${text}`) : null;
  return date === null ? null : { kind: 'fixed', monthDay: recurringDay(date) };
}

export const dayOfYearText = z
  .string()
  .max(20)
  .refine((text) => parseDay(text) !== null, {
    error: () =>
      withAllowed('is not a day of the year', 'today, "in 7 days", "7 days ago", or month and day such as "12-24"'),
  });

/** Month and day that the text means by a wall clock. */
export function monthDayAsked(text: string, localNow: number): number {
  const day = parseDay(text);
  if (day === null) throw new RangeError(`Not a day of the year: ${JSON.stringify(text)}.`);
  return day.kind === 'fixed' ? day.monthDay : monthDayOf(dateOfLocal(localNow, day.days));
}

/** Whether a date, or the day of a date-time by the same clock, is that day of its year. */
export function isDayOfYear(value: Json | undefined, text: string, askedAt: AskedAt): boolean {
  const date = typeof value === 'string' ? dateOf(value, askedAt) : null;
  return date !== null && recurringDay(date) === monthDayAsked(text, clockOfDays(askedAt.now, askedAt));
}

function dateOf(text: string, askedAt: AskedAt): CalendarDate | null {
  const at = parseInstant(text);
  if (at === null) return null;
  return text.length === 'YYYY-MM-DD'.length ? readDate(text) : dateOfLocal(clockOfDays(at, askedAt));
}
