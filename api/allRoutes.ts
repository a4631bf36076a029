import type { ApiDeps } from './deps.js';
import type { Route } from './route.js';
import { campaignLifecycleRoutes } from './routes/campaignLifecycle.js';
import { campaignRoutes } from './routes/campaigns.js';
import { operationsRoutes } from './routes/operations.js';
import { trackRoutes } from './routes/track.js';

/** Every route there is. A new resource is a file in `routes/` and a line here; nothing else registers routes. */
export function allRoutes(deps: ApiDeps): readonly Route[] {
  return [...trackRoutes(deps), ...campaignRoutes(deps), ...campaignLifecycleRoutes(deps), ...operationsRoutes(deps)];
}
