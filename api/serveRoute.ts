import type { Request, RequestHandler, Response } from 'express';
import type { Scope } from '../domain/apiKey.js';
import { RappelError } from '../domain/errors.js';
import { type Authenticate, type Caller, refuseKeyInUrl, Unauthenticated } from './middleware/authenticate.js';
import { addressOf, clientAddress } from './middleware/clientAddress.js';
import { countRequest, DEFAULT_LIMIT, limitOf, type RateCounters } from './middleware/rateLimit.js';
import { readBody } from './middleware/readBody.js';
import type { Refusals, Refused } from './middleware/refusals.js';
import { noteKey, noteRoute } from './middleware/requestLog.js';
import type { Answer, Body, Route } from './route.js';
import { leaving, sendLines } from './sendLines.js';

/**
 * What happens to every request, in order: key, rate limit, scope, body, handler. A body is read only for a caller
 * who may send it, and every answer but those to probes, refusals included, carries the rate-limit headers.
 */
export function serveRoute(route: Route, admission: Admission): RequestHandler {
  return async (request, response) => {
    noteRoute(request, route.path);
    response.locals.isCompatible = route.compatible === true;
    const apiKeyId = await admit(route, admission, { request, response });
    // What a key is needed for is about people or about what is sent to them: no proxy and no browser keeps it.
    if (route.scope !== null) response.setHeader('cache-control', 'no-store');
    const body: Body = route.body === null ? { kind: 'none' } : await readBody(request, response, route.body);
    const answer = await route.handle({
      params: request.params,
      query: request.query,
      body,
      apiKeyId,
      header: (name) => request.get(name),
      signal: leaving(response),
    });
    if (answer.kind === 'lines') await sendLines(response, answer.run);
    else send(response, answer);
  };
}

/** No such route, or not by this method: counted like any other request, so that guessing paths is not free. */
export function serveNothing(routes: readonly Route[], counters: RateCounters): RequestHandler {
  const known = routes.map(({ method, path }) => ({ method: method.toUpperCase(), pattern: patternOf(path) }));
  return (request, response) => {
    countRequest(counters, DEFAULT_LIMIT, { caller: addressOf(request), response });
    const methods = known.filter(({ pattern }) => pattern.test(request.path)).map(({ method }) => method);
    if (methods.length > 0) {
      const names = new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])));
      const allowed = [...names].sort().join(', ');
      response.setHeader('allow', allowed);
      throw new RappelError('method_not_allowed', `${request.method} is not allowed here, but ${allowed}.`);
    }
    throw new RappelError('not_found', 'There is no such route; /docs lists them all.');
  };
}

/** Of `/v1/campaigns/{key}`: the paths that it serves. */
function patternOf(path: string): RegExp {
  const literal = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/\{\w+\}/g, '[^/]+')}/?$`);
}

interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

/** What decides who gets in, made once for all routes. */
export interface Admission {
  readonly counters: RateCounters;
  readonly authenticate: Authenticate;
  readonly refusals: Refusals;
}

async function admit(
  route: Route,
  { counters, authenticate, refusals }: Admission,
  exchange: Exchange,
): Promise<number | null> {
  const { request, response } = exchange;
  const limit = limitOf(route.path);
  let caller: Caller | null;
  try {
    refuseKeyInUrl(request.originalUrl);
    refuseNul(request.originalUrl);
    caller = route.scope === null ? null : await authenticate(request, response);
    if (caller !== null) {
      noteKey(request, caller.apiKeyId);
      refusals.noteUse(caller.apiKeyId, clientAddress(request));
    }
  } catch (error) {
    // Who has no valid key is counted already; whoever else is refused here shares the count of the address.
    const isCounted = route.isProbe === true || response.hasHeader('x-ratelimit-limit');
    if (!isCounted) countRequest(counters, limit, { caller: addressOf(request), response });
    if (error instanceof Unauthenticated) await refusals.note(unauthenticated(route, request, error));
    throw error;
  }
  if (route.isProbe === true) return null;
  countRequest(counters, limit, { caller: caller === null ? addressOf(request) : `key:${caller.apiKeyId}`, response });
  if (caller === null || route.scope === null) return null;
  if (!caller.scopes.includes(route.scope)) await refuse(caller, route.scope, { refusals, route });
  return caller.apiKeyId;
}

/** No id of ours has it, and PostgreSQL cannot take it in a text. */
function refuseNul(url: string): void {
  if (/%00/.test(url)) throw new RappelError('invalid_request', 'The URL must not contain the character U+0000.');
}

/** By the route's template and never its path, which may name a person. */
function subjectOf({ method, path }: Route): string {
  return `${method.toUpperCase()} ${path}`;
}

function unauthenticated(route: Route, request: Request, { kind }: Unauthenticated): Refused {
  return { actor: addressOf(request), action: 'access.unauthenticated', subject: subjectOf(route), why: { key: kind } };
}

/** Refused for want of a scope: in the audit log under the key. */
async function refuse(
  { apiKeyId }: Caller,
  scope: Scope,
  { refusals, route }: { readonly refusals: Refusals; readonly route: Route },
): Promise<never> {
  await refusals.note({ apiKeyId, action: 'access.refused', subject: subjectOf(route), why: { lacks: scope } });
  throw new RappelError('forbidden', `This API key lacks the scope '${scope}'.`);
}

function send(response: Response, answer: Exclude<Answer, { kind: 'lines' }>): void {
  response.status(answer.status);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.kind === 'text') response.type(answer.contentType).send(answer.text);
  else response.json(answer.body);
}
