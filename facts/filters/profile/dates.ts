/**
 * What filters over the day of birth and the creation of a profile are in SQL. Where days are each person's own ("today" is one
 * of two or three in the world) SQL keeps whoever passes on any of them, and `evaluate` has the last word.
 */
import { clockOfDays } from '../../../domain/audience/askedAt.js';
import { monthDayAsked } from '../../../domain/audience/dayOfYear.js';
import type { AgeFilter } from '../../../domain/audience/kinds/profile/age.js';
import type { BirthdayFilter } from '../../../domain/audience/kinds/profile/birthday.js';
import type { CreatedAtFilter } from '../../../domain/audience/kinds/profile/createdAt.js';
import { numberComparisons } from '../../../domain/audience/numberOperators.js';
import { BIRTH_DATE } from '../../../domain/profile/birthDate.js';
import { DATE_PATTERN, dateOfLocal, monthDayOf } from '../../../domain/timing/calendarDate.js';
import { instantToSql } from '../recency.js';
import type { RowSql } from '../setForm.js';
import type { SqlContext } from '../sqlContext.js';
import { SIGNS } from '../tallies.js';

export function createdAtToSql({ createdAt }: CreatedAtFilter, context: SqlContext): RowSql {
  return { row: `(${instantToSql(createdAt, 'u.created_at', context).join(' and ')})` };
}

const TEXT = `(u.attributes ->> '${BIRTH_DATE}')`;
/** 20081124; 29 February as 1 March. Null where there is no date. */
const BORN = `
  (case when jsonb_typeof(u.attributes -> '${BIRTH_DATE}') = 'string' and ${TEXT} ~ '${DATE_PATTERN}' then
    left(${TEXT}, 4)::int * 10000
      + case substr(${TEXT}, 6, 5) when '02-29' then 301 else substr(${TEXT}, 6, 2)::int * 100 + substr(${TEXT}, 9, 2)::int end
  end)
`;

/** Years are what the digits before month and day differ by: `yearsBetween`. */
export function ageToSql({ age }: AgeFilter, context: SqlContext): RowSql {
  return onAnyDay(context, (localNow) => {
    const date = dateOfLocal(localNow);
    const today = context.parameters.add(date.year * 10_000 + monthDayOf(date), 'bigint');
    const tests = numberComparisons(age).map(
      ({ op, operand }) => `(${today} - ${BORN}) / 10000 ${SIGNS[op]} ${context.parameters.add(operand, 'bigint')}`,
    );
    return `${BORN} <= ${today} and ${tests.join(' and ')}`;
  });
}

export function birthdayToSql({ birthday }: BirthdayFilter, context: SqlContext): RowSql {
  return onAnyDay(context, (localNow) => {
    const wanted = monthDayAsked(birthday, localNow);
    return `${BORN} % 10000 = ${context.parameters.add(wanted, 'bigint')}`;
  });
}

const HOUR_MS = 3_600_000;
/** Of the zones from the furthest west to the furthest east: on every day that it is somewhere. */
const OFFSETS = [-12 * HOUR_MS, 0, 14 * HOUR_MS];

/** `test`: of who lives by a wall clock. */
function onAnyDay(context: SqlContext, test: (localNow: number) => string): RowSql {
  if (!context.isLocalTime) return { row: `coalesce(${test(clockOfDays(context.now, context))}, false)` };
  context.onInexact();
  const tests = OFFSETS.map((offset) => `coalesce(${test(context.now + offset)}, false)`);
  return { row: `(${tests.join(context.bound === 'atLeast' ? ' or ' : ' and ')})` };
}
