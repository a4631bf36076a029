/** The activities of the delivery workers, one file a capability. Their names live for ever. */

import { createCampaignIndexCache } from '../stream/campaignIndex.js';
import { attemptSend } from './attemptSend.js';
import { cancelDelivery } from './cancelDelivery.js';
import type { ActivityDeps } from './deps.js';
import { Turns } from './lacking.js';
import { withOwnFailures } from './ownFailure.js';
import { Receivers } from './receivers.js';

/** `slots`: how many attempts this worker makes at the same time; 50 unless it says otherwise. */
export function createActivities(
  given: Omit<ActivityDeps, 'campaigns' | 'receivers' | 'turns'> & { readonly slots?: number },
) {
  const { slots = 50, ...rest } = given;
  const deps: ActivityDeps = {
    ...rest,
    campaigns: createCampaignIndexCache(),
    receivers: new Receivers({ slots }),
    turns: new Turns(),
  };
  return {
    attemptSend: withOwnFailures(deps, attemptSend),
    cancelDelivery: withOwnFailures(deps, cancelDelivery),
  };
}

export type Activities = ReturnType<typeof createActivities>;
