import type { ApiDeps } from './deps.js';
import { type OpenApiDocument, openApiDocument } from './openapi.js';
import type { Route } from './route.js';
import { campaignLifecycleRoutes } from './routes/campaignLifecycle.js';
import { campaignRoutes } from './routes/campaigns.js';
import { catalogueRoutes } from './routes/catalogue.js';
import { explainRoutes } from './routes/explain.js';
import { funnelRoutes } from './routes/funnel.js';
import { aliasRoutes } from './routes/identity/aliases.js';
import { deletionRoutes } from './routes/identity/deletion.js';
import { externalIdRoutes } from './routes/identity/externalIds.js';
import { identificationRoutes } from './routes/identity/identification.js';
import { mergeRoutes } from './routes/identity/merges.js';
import { interactionRoutes } from './routes/interactions.js';
import { locationRoutes } from './routes/locations.js';
import { operationsRoutes } from './routes/operations.js';
import { outcomeRoutes } from './routes/outcomes.js';
import { pageRoutes } from './routes/pages.js';
import { parkedRoutes } from './routes/parked.js';
import { searchRoutes } from './routes/people/search.js';
import { userRoutes } from './routes/people/users.js';
import { secretRoutes } from './routes/secrets.js';
import { audienceRoutes } from './routes/segments/audiences.js';
import { simulateRoutes } from './routes/simulate.js';
import { subscriptionStatusRoutes } from './routes/subscriptionStatus.js';
import { trackRoutes } from './routes/track.js';
import { waitingRoutes } from './routes/waiting.js';

/** Every resource there is. A new one is a file in `routes/` and a line here; nothing else registers routes. */
const RESOURCES: readonly ((deps: ApiDeps) => readonly Route[])[] = [
  trackRoutes,
  interactionRoutes,
  subscriptionStatusRoutes,
  aliasRoutes,
  externalIdRoutes,
  deletionRoutes,
  mergeRoutes,
  identificationRoutes,
  campaignRoutes,
  campaignLifecycleRoutes,
  funnelRoutes,
  waitingRoutes,
  locationRoutes,
  secretRoutes,
  explainRoutes,
  userRoutes,
  searchRoutes,
  catalogueRoutes,
  audienceRoutes,
  outcomeRoutes,
  parkedRoutes,
  simulateRoutes,
  operationsRoutes,
];

const API_VERSION = '1';

export function allRoutes(deps: ApiDeps): readonly Route[] {
  let document: OpenApiDocument | null = null;
  const routes: Route[] = RESOURCES.flatMap((routesOf) => routesOf(deps));
  // The document lists the pages too, so it is made when first asked for.
  routes.push(...pageRoutes(deps, () => (document ??= openApiDocument(routes, API_VERSION))));
  return routes;
}
