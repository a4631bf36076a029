import { EMPTY_PROFILE } from '../../domain/profile/profile.js';
import { STANDARD_FIELDS } from '../../domain/profile/standardFields.js';
import { userAnswer } from './users.js';

test('the answer shows every field of a profile that has a column', () => {
  const { attributes: _, ...fields } = EMPTY_PROFILE;
  expect(Object.keys(fields)).toHaveLength(STANDARD_FIELDS.length);
  expect(Object.keys(userAnswer.shape)).toEqual(expect.arrayContaining(Object.keys(fields)));
});
