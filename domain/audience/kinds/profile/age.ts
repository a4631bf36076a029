// How old a person is, in whole years (SG-15): by the attribute `dob`. Of whom it is not known, nothing that asks for it holds.
import { z } from 'zod';
import { birthDateOf } from '../../../profile/birthDate.js';
import type { Profile } from '../../../profile/profile.js';
import { fields } from '../../../schema/fields.js';
import { dateOfLocal, yearsBetween } from '../../../timing/calendarDate.js';
import { type AskedAt, clockOfDays } from '../../askedAt.js';
import type { FilterKind } from '../../filterKind.js';
import { describeNumberOperators, passesNumberOperators } from '../../numberOperators.js';
import { withOperator } from '../../withOperator.js';

const years = z.int().min(0).max(150).optional();
const shape = {
  equals: years,
  doesNotEqual: years,
  atLeast: years,
  atMost: years,
  moreThan: years,
  lessThan: years,
};

const schema = fields({ age: withOperator(fields(shape), Object.keys(shape)) });

export type AgeFilter = z.infer<typeof schema>;

export const ageKind: FilterKind<'age', AgeFilter> = {
  tag: 'age',
  schema,
  needs: () => [],
  evaluate: ({ age }, { profile }, askedAt) => {
    const value = ageOf(profile, askedAt);
    return { pass: value !== null && passesNumberOperators(age, value), value };
  },
  describe: ({ age }) => `age ${describeNumberOperators(age)}`,
};

/** Null: the day of birth is not known, or still to come. */
function ageOf(profile: Profile, askedAt: AskedAt): number | null {
  const birth = birthDateOf(profile);
  if (birth === null) return null;
  const age = yearsBetween(birth, dateOfLocal(clockOfDays(askedAt.now, askedAt)));
  return age < 0 ? null : age;
}
