// Whether a person's birthday is on a day (SG-15): by the attribute `dob`.
import type { z } from 'zod';
import { birthDateOf } from '../../../profile/birthDate.js';
import { fields } from '../../../schema/fields.js';
import { recurringDay } from '../../../timing/calendarDate.js';
import { clockOfDays } from '../../askedAt.js';
import { dayOfYearText, monthDayAsked } from '../../dayOfYear.js';
import type { FilterKind } from '../../filterKind.js';

const schema = fields({ birthday: dayOfYearText });

export type BirthdayFilter = z.infer<typeof schema>;

export const birthdayKind: FilterKind<'birthday', BirthdayFilter> = {
  tag: 'birthday',
  schema,
  needs: () => [],
  evaluate: ({ birthday }, { profile }, askedAt) => {
    const birth = birthDateOf(profile);
    if (birth === null) return { pass: false, value: null };
    const wanted = monthDayAsked(birthday, clockOfDays(askedAt.now, askedAt));
    const value = `${String(birth.month).padStart(2, '0')}-${String(birth.day).padStart(2, '0')}`;
    return { pass: recurringDay(birth) === wanted, value };
  },
  describe: ({ birthday }) => (/^\d\d-/.test(birthday) ? `birthday on ${birthday}` : `birthday ${birthday}`),
};
