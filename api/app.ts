import express, { type ErrorRequestHandler, type Express } from 'express';
import helmet from 'helmet';
import { allRoutes } from './allRoutes.js';
import type { ApiDeps } from './deps.js';
import { problemOf } from './errors.js';
import { createAuthenticate } from './middleware/authenticate.js';
import { clientAddress } from './middleware/clientAddress.js';
import { openByLink } from './middleware/openByLink.js';
import { RateCounters } from './middleware/rateLimit.js';
import { Refusals } from './middleware/refusals.js';
import { keyNoted, noteError, requestLog, routeNoted } from './middleware/requestLog.js';
import { serveNothing, serveRoute } from './serveRoute.js';

/**
 * The HTTP application: the route table served by Express. It listens to nothing by itself and owns none of its
 * dependencies; whoever made them closes them.
 */
export function createApp(deps: ApiDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', deps.trustedProxies.length === 0 ? false : [...deps.trustedProxies]);
  app.use(requestLog(deps.logger));
  app.use(measure(deps));
  const refusals = deps.refusals ?? new Refusals(deps);
  app.use(describeRefused(refusals));
  app.use(securityHeaders);
  const counters = new RateCounters();
  if (deps.devAccess !== null) app.use(openByLink(deps.devAccess, counters));
  const routes = allRoutes(deps);
  const admission = { counters, authenticate: createAuthenticate(deps, counters), refusals };
  for (const route of routes) app[route.method](expressPath(route.path), serveRoute(route, admission));
  app.use(serveNothing(routes, counters));
  app.use(answerError);
  return app;
}

/** `/v1/campaigns/{key}` as Express writes it. */
export function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

const securityHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  // Served over plain HTTP on a developer's machine; the proxy that ends TLS in production adds it.
  strictTransportSecurity: false,
});

function measure({ metrics }: ApiDeps): express.RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.on('finish', () => {
      const labels = { method: request.method, route: routeNoted(request), status: String(response.statusCode) };
      metrics.httpDuration.observe(labels, (performance.now() - startedAt) / 1000);
    });
    next();
  };
}

/** Also of those that a route answers by itself, whose code nobody needs to be told. */
function describeRefused(refusals: Refusals): express.RequestHandler {
  return (request, response, next) => {
    const client = clientAddress(request);
    response.on('finish', () => {
      const { statusCode: status, locals } = response;
      if (status < 400 || status > 499) return;
      const code = typeof locals.code === 'string' ? locals.code : 'refused';
      const apiKeyId = keyNoted(request);
      refusals.noteRequest({ client, apiKeyId, method: request.method, route: routeNoted(request), status, code });
    });
    next();
  };
}

/** A database that is started again takes about as long. */
const RETRY_AFTER_SECONDS = 5;

/** Four parameters: that is how Express tells an error handler from others. */
const answerError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const problem = problemOf(error);
  if (problem.status >= 500) noteError(response, error);
  response.locals.code = problem.code;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (problem.status === 503) response.setHeader('retry-after', RETRY_AFTER_SECONDS);
  if (problem.status === 401) response.setHeader('www-authenticate', 'Bearer');
  const type = response.locals.isCompatible === true ? 'application/json' : 'application/problem+json';
  response.status(problem.status).type(type).send(JSON.stringify(problem));
};
