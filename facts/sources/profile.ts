import { type ProfileRow, profileBody } from '../../storage/queries/people/profileColumns.js';
import { type FactSource, NO_PAGE } from './factSource.js';

export interface ProfileAsked {
  /** People whose profile is not at hand. */
  readonly profile?: { readonly userIds: readonly number[] };
}

export interface ProfileFact {
  readonly fact: 'profile';
  readonly body: ProfileRow;
}

export const profileSource: FactSource<ProfileAsked> = {
  kind: 'profile',
  sql({ profile }, parameters) {
    if (profile === undefined || profile.userIds.length === 0) return null;
    return `
      select 'profile' as fact, u.id as user_id, ${profileBody('u')} as body, ${NO_PAGE}
      from users u
      where u.id = any(${parameters.add(profile.userIds, 'bigint[]')})
    `;
  },
};
