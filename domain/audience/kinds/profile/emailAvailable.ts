// Whether a person can be written to by e-mail (SG-14): has an address and has not unsubscribed, as at the sending of one.
import { z } from 'zod';
import { whyUnreachable } from '../../../channel/channelRules.js';
import { email } from '../../../channel/email.js';
import { fields } from '../../../schema/fields.js';
import type { FilterKind } from '../../filterKind.js';

const schema = fields({ emailAvailable: z.boolean() });

export type EmailAvailableFilter = z.infer<typeof schema>;

export const emailAvailableKind: FilterKind<'emailAvailable', EmailAvailableFilter> = {
  tag: 'emailAvailable',
  schema,
  needs: () => [],
  evaluate: ({ emailAvailable }, { profile }) => {
    const why = whyUnreachable(email.reach, profile);
    return { pass: (why === null) === emailAvailable, value: why ?? 'available' };
  },
  describe: ({ emailAvailable }) => `e-mail ${emailAvailable ? '' : 'not '}available`,
};
