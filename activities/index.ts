/** The activities of the delivery workers, one file a capability. Their names live for ever. */

import type { AttemptAnswer, AttemptInput } from '../workflows/contracts.js';
import { attemptSend } from './attemptSend.js';
import { cancelDelivery } from './cancelDelivery.js';
import type { ActivityDeps } from './deps.js';

export function createActivities(deps: ActivityDeps) {
  return {
    attemptSend: (input: AttemptInput): Promise<AttemptAnswer> => attemptSend(deps, input),
    cancelDelivery: (input: AttemptInput): Promise<AttemptAnswer> => cancelDelivery(deps, input),
  };
}

export type Activities = ReturnType<typeof createActivities>;
