import type { Request } from 'express';
import { isSameKey, prefixOf, SCOPES } from '../../domain/apiKey.js';
import { RappelError } from '../../domain/errors.js';
import type { Pool } from '../../storage/pool.js';
import { findApiKey } from '../../storage/queries/findApiKey.js';
import type { DevAccess } from '../deps.js';
import { hasCookie, isAskedByOwnPage } from './ownPage.js';
import { within } from './within.js';

/**
 * Who calls, from the bearer key, or the cookie of the printed link; never from the URL, which ends up in logs. A caller who has the whole
 * of a revoked key is told so; wrong and unknown ones look the same.
 */
export interface Caller {
  readonly apiKeyId: number;
  readonly scopes: readonly string[];
}

/** How long the first statement of a request may wait for a database before the answer is 503. */
const DATABASE_DEADLINE_MS = 1_500;

/** One text for each kind; clients of the reference product look for how it begins. */
const SEND = "send the header 'Authorization: Bearer <key>'";
const REFUSED = {
  none: `Invalid API key: none was sent; ${SEND}.`,
  noLink: `Invalid API key: none was sent; ${SEND}, or open the pages by the link that npm start prints.`,
  malformed: `Invalid API key: what was sent is no key of Rappel (rpl_…); ${SEND}.`,
  unknown: 'Invalid API key: this installation does not know it; make one with rappel keys create.',
  revoked: 'Invalid API key: it was revoked; make another with rappel keys create.',
} as const;

function refused(kind: keyof typeof REFUSED): RappelError {
  return new RappelError('unauthenticated', REFUSED[kind]);
}

export async function authenticate(
  request: Request,
  { pool, devAccess }: { readonly pool: Pool; readonly devAccess: DevAccess | null },
): Promise<Caller> {
  const authorization = request.headers.authorization;
  if (authorization === undefined) {
    if (devAccess === null) throw refused('none');
    return ownPage(request, devAccess);
  }
  const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
  const prefix = prefixOf(key);
  if (prefix === null) throw refused('malformed');
  const row = await within(DATABASE_DEADLINE_MS, lookUp(pool, prefix));
  if (row === null || !isSameKey(key, row.hash)) throw refused('unknown');
  if (row.revokedAt !== null) throw refused('revoked');
  return { apiKeyId: row.id, scopes: row.scopes };
}

function ownPage(request: Request, { apiKeyId, session }: DevAccess): Caller {
  if (!hasCookie(session, request.headers.cookie)) throw refused('noLink');
  if (!isAskedByOwnPage(request)) {
    throw new RappelError('forbidden', `The cookie of the link is for the pages of this server; others ${SEND}.`);
  }
  return { apiKeyId, scopes: SCOPES };
}

/**
 * Requests that come together, as those of a busy backend do, share one statement. Nothing is kept once it is answered: a
 * revoked key is refused from the next request on.
 */
const underWay = new WeakMap<Pool, Map<string, ReturnType<typeof findApiKey>>>();

function lookUp(pool: Pool, prefix: string): ReturnType<typeof findApiKey> {
  const lookups = underWay.get(pool) ?? new Map<string, ReturnType<typeof findApiKey>>();
  underWay.set(pool, lookups);
  const known = lookups.get(prefix);
  if (known !== undefined) return known;
  const started = findApiKey(pool, prefix).finally(() => lookups.delete(prefix));
  lookups.set(prefix, started);
  return started;
}

/** A key in the URL is refused even where it would not be needed: its owner must learn that it has leaked. */
export function refuseKeyInUrl(url: string): void {
  const read = url.replace(/%[2-7][0-9a-f]/gi, (escaped) => String.fromCharCode(Number.parseInt(escaped.slice(1), 16)));
  if (!/rpl_[\w-]{8}_/.test(read) && !/[?&](api_?key|access_token|token)=/i.test(read)) return;
  throw new RappelError(
    'invalid_request',
    'API keys travel in the Authorization header, never in the URL. If this was a real key, revoke it: URLs are kept in logs.',
  );
}
