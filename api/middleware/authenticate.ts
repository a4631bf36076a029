import type { Request, Response } from 'express';
import { prefixOf, SCOPES } from '../../domain/apiKey.js';
import { RappelError } from '../../domain/errors.js';
import type { Pool } from '../../storage/pool.js';
import type { DevAccess } from '../deps.js';
import { KeyLookups } from './keyLookups.js';
import { hasCookie, isAskedByOwnPage } from './ownPage.js';
import { type RateCounters, strangersAt } from './rateLimit.js';

/**
 * Who calls, from the bearer key, or the cookie of the printed link; never from the URL, which ends up in logs. A caller
 * who has the whole of a revoked key is told so; wrong and unknown ones look the same.
 */
export interface Caller {
  readonly apiKeyId: number;
  readonly scopes: readonly string[];
}

interface Access {
  readonly pool: Pool;
  readonly devAccess: DevAccess | null;
}

/** One text for each kind; clients of the reference product look for how it begins. */
const SEND = "send the header 'Authorization: Bearer <key>'";
const REFUSED = {
  none: `Invalid API key: none was sent; ${SEND}.`,
  noLink: `Invalid API key: none was sent; ${SEND}, or open the pages by the link that npm start prints.`,
  malformed: `Invalid API key: what was sent is no key of Rappel (rpl_…); ${SEND}.`,
  unknown: 'Invalid API key: this installation does not know it; make one with rappel keys create.',
  revoked: 'Invalid API key: it was revoked; make another with rappel keys create.',
} as const;

/** Which of them is what the audit log says. */
export class Unauthenticated extends RappelError {
  constructor(readonly kind: keyof typeof REFUSED) {
    super('unauthenticated', REFUSED[kind]);
  }
}

function refused(kind: keyof typeof REFUSED): RappelError {
  return new Unauthenticated(kind);
}

export type Authenticate = (request: Request, response: Response) => Promise<Caller>;

/** Whoever proves nothing is counted by address, before the database is asked. */
export function createAuthenticate({ pool, devAccess }: Access, counters: RateCounters): Authenticate {
  const lookups = new KeyLookups(pool);
  return async (request, response) => {
    const strangers = strangersAt(request, counters, response);
    const { authorization, cookie } = request.headers;
    if (authorization === undefined) {
      if (devAccess !== null && hasCookie(devAccess.session, cookie)) return ownPage(request, devAccess);
      strangers.count();
      throw refused(devAccess === null ? 'none' : 'noLink');
    }
    const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
    if (prefixOf(key) === null) {
      strangers.count();
      throw refused('malformed');
    }
    const lookup = await lookups.find(key, strangers);
    if (lookup.kind !== 'found') throw refused(lookup.kind);
    return { apiKeyId: lookup.key.id, scopes: lookup.key.scopes };
  };
}

function ownPage(request: Request, { apiKeyId }: DevAccess): Caller {
  if (!isAskedByOwnPage(request)) {
    throw new RappelError('forbidden', `The cookie of the link is for the pages of this server; others ${SEND}.`);
  }
  return { apiKeyId, scopes: SCOPES };
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
