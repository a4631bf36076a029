import type { ApiDeps } from './deps.js';
import type { Route } from './route.js';
import { campaignLifecycleRoutes } from './routes/campaignLifecycle.js';
import { campaignRoutes } from './routes/campaigns.js';
import { explainRoutes } from './routes/explain.js';
import { operationsRoutes } from './routes/operations.js';
import { outcomeRoutes } from './routes/outcomes.js';
import { trackRoutes } from './routes/track.js';
import { userRoutes } from './routes/users.js';

/** Every resource there is. A new one is a file in `routes/` and a line here; nothing else registers routes. */
const RESOURCES: readonly ((deps: ApiDeps) => readonly Route[])[] = [
  trackRoutes,
  campaignRoutes,
  campaignLifecycleRoutes,
  userRoutes,
  outcomeRoutes,
  operationsRoutes,
];

export function allRoutes(deps: ApiDeps): readonly Route[] {
  return RESOURCES.flatMap((routesOf) => routesOf(deps));
}
