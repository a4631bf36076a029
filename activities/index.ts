/** The activities of the delivery workers, one file a capability. Their names live for ever. */

import { attemptSend } from './attemptSend.js';
import { cancelDelivery } from './cancelDelivery.js';
import type { ActivityDeps } from './deps.js';
import { withOwnFailures } from './ownFailure.js';

export function createActivities(deps: ActivityDeps) {
  return {
    attemptSend: withOwnFailures(deps, attemptSend),
    cancelDelivery: withOwnFailures(deps, cancelDelivery),
  };
}

export type Activities = ReturnType<typeof createActivities>;
