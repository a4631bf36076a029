// How many devices a person has (SG-16).
import type { z } from 'zod';
import { devicesOf } from '../../../device/devices.js';
import { fields } from '../../../schema/fields.js';
import type { FilterKind } from '../../filterKind.js';
import { countOperatorShape, describeNumberOperators, passesNumberOperators } from '../../numberOperators.js';
import { withOperator } from '../../withOperator.js';

const schema = fields({ deviceCount: withOperator(fields(countOperatorShape), Object.keys(countOperatorShape)) });

export type DeviceCountFilter = z.infer<typeof schema>;

export const deviceCountKind: FilterKind<'deviceCount', DeviceCountFilter> = {
  tag: 'deviceCount',
  schema,
  needs: () => [],
  evaluate: ({ deviceCount }, { profile }) => {
    const value = devicesOf(profile).length;
    return { pass: passesNumberOperators(deviceCount, value), value };
  },
  describe: ({ deviceCount }) => `number of devices ${describeNumberOperators(deviceCount)}`,
};
