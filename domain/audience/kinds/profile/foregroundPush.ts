// Whether a person can be shown push messages (SG-16): there is a token, of the app where one is named, whose device does not
// say that push is off; and, where no app is named, they have not unsubscribed.
import { z } from 'zod';
import { hasForegroundToken } from '../../../device/pushTokens.js';
import type { Profile } from '../../../profile/profile.js';
import { fields, text } from '../../../schema/fields.js';
import type { FilterKind } from '../../filterKind.js';

const schema = fields({ foregroundPush: z.boolean(), app: text(255).optional() });

export type ForegroundPushFilter = z.infer<typeof schema>;

export const foregroundPushKind: FilterKind<'foregroundPush', ForegroundPushFilter> = {
  tag: 'foregroundPush',
  schema,
  needs: () => [],
  evaluate: ({ foregroundPush, app }, { profile }) => {
    const value = pushOf(profile, app);
    return { pass: (value === 'enabled') === foregroundPush, value };
  },
  describe: ({ foregroundPush, app }) =>
    `foreground push${app === undefined ? '' : ` for ${app}`} ${foregroundPush ? '' : 'not '}enabled`,
};

function pushOf(profile: Profile, app: string | undefined): 'enabled' | 'no_token' | 'unsubscribed' {
  if (!hasForegroundToken(profile, app)) return 'no_token';
  return app === undefined && profile.pushSubscription === 'unsubscribed' ? 'unsubscribed' : 'enabled';
}
