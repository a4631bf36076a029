import type { RequestHandler } from 'express';
import type { DevAccess } from '../deps.js';
import { linkPage } from '../pages/access.js';
import { isToken } from './ownPage.js';
import { type RateCounters, strangersAt } from './rateLimit.js';
import { noteRoute } from './requestLog.js';

/**
 * `/?token=…`, the link that `npm start` prints: the token is exchanged for the cookie, and a redirect takes it out of
 * the address, so that it stays in no history and goes out in no Referer. The only secret that is ever taken from a URL.
 */
export function openByLink({ session }: DevAccess, counters: RateCounters): RequestHandler {
  const refusal = linkPage();
  return (request, response, next) => {
    if (request.method !== 'GET' || request.path !== '/' || request.query.token === undefined) return next();
    noteRoute(request, '/');
    response.setHeader('cache-control', 'no-store');
    strangersAt(request, counters, response).count();
    if (!isToken(session, request.query.token)) {
      response.status(401).type('html').send(refusal);
      return;
    }
    response.cookie(session.cookieName, session.cookieValue, { path: '/', httpOnly: true, sameSite: 'strict' });
    response.redirect(303, '/');
  };
}
