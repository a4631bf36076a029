// Days of a calendar, as they come again every year: 29 February counts as 1 March (SG-03).
import { DAY_MS } from './localTime.js';

export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** What a text that begins with a date begins with, as PostgreSQL and JavaScript both read it. */
export const DATE_PATTERN = '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(?![0-9])';
const DATE = new RegExp(DATE_PATTERN);

/** The date that a text begins with; null where it begins with none. */
export function readDate(text: string): CalendarDate | null {
  if (!DATE.test(text)) return null;
  return { year: Number(text.slice(0, 4)), month: Number(text.slice(5, 7)), day: Number(text.slice(8, 10)) };
}

/** The day of a wall clock (`localTime.ts`), so many days from then on. */
export function dateOfLocal(localMs: number, days = 0): CalendarDate {
  const local = new Date(localMs + days * DAY_MS);
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
}

/** Month and day as one number: 24 December is 1224. */
export function monthDayOf({ month, day }: Pick<CalendarDate, 'month' | 'day'>): number {
  return month * 100 + day;
}

/** The same of a day that comes again every year. */
export function recurringDay(date: Pick<CalendarDate, 'month' | 'day'>): number {
  const monthDay = monthDayOf(date);
  return monthDay === 229 ? 301 : monthDay;
}

/** Whole years from a day of birth to another day; negative before it. */
export function yearsBetween(birth: CalendarDate, today: CalendarDate): number {
  return today.year - birth.year - (monthDayOf(today) < recurringDay(birth) ? 1 : 0);
}
