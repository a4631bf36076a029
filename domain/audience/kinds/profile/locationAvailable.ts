// Whether it was ever told where a person is, and not taken back (SG-17).
import { z } from 'zod';
import { fields } from '../../../schema/fields.js';
import type { FilterKind } from '../../filterKind.js';
import { positionOf } from './location.js';

const schema = fields({ locationAvailable: z.boolean() });

export type LocationAvailableFilter = z.infer<typeof schema>;

export const locationAvailableKind: FilterKind<'locationAvailable', LocationAvailableFilter> = {
  tag: 'locationAvailable',
  schema,
  needs: () => [],
  evaluate: ({ locationAvailable }, { profile }) => {
    const value = positionOf(profile) !== null;
    return { pass: value === locationAvailable, value };
  },
  describe: ({ locationAvailable }) => `location ${locationAvailable ? '' : 'not '}available`,
};
