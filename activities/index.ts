/** The activities of the delivery workers, one file a capability. Their names live for ever. */

import { createCampaignIndexCache } from '../stream/campaignIndex.js';
import { attemptSend } from './attemptSend.js';
import { cancelDelivery } from './cancelDelivery.js';
import { createDecider } from './deciding/decider.js';
import type { ActivityDeps } from './deps.js';
import { Turns } from './holding/turns.js';
import { withOwnFailures } from './ownFailure.js';

export function createActivities(given: Omit<ActivityDeps, 'campaigns' | 'turns' | 'decide'>) {
  const shared = { ...given, campaigns: createCampaignIndexCache(), turns: new Turns() };
  const deps: ActivityDeps = { ...shared, decide: createDecider(shared) };
  return {
    attemptSend: withOwnFailures(deps, attemptSend),
    cancelDelivery: withOwnFailures(deps, cancelDelivery),
  };
}

export type Activities = ReturnType<typeof createActivities>;
