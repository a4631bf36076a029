import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hashApiKey, isSameKey } from '../../domain/apiKey.js';

/**
 * The one way to use the pages without a key, on the installation that `npm start` runs: whoever opens the link that it
 * prints gets a cookie, and requests with that cookie act as the development key. What a request says of itself (where
 * it comes from, by which name) proves nothing: any program on this machine can say the same.
 *
 * Token and cookie are made at each start and kept in memory alone. What is left of them in a scrollback, a shared
 * screen or a browser opens nothing after the next start, and all it costs is to open the new link once.
 */
export interface PageSession {
  /** For the printed link alone. */
  readonly token: string;
  readonly cookieName: string;
  /** Another secret than the token: who sees one of them does not have the other. */
  readonly cookieValue: string;
}

const SECRET_BYTES = 32;

/** The cookie is named for the port: browsers share cookies between the ports of a host, where others may run too. */
export function createPageSession(port: number): PageSession {
  const secret = () => randomBytes(SECRET_BYTES).toString('base64url');
  return { token: secret(), cookieName: `rappel-page-${port}`, cookieValue: secret() };
}

export function isToken({ token }: PageSession, given: unknown): boolean {
  return typeof given === 'string' && isSame(given, token);
}

/** `header`: the Cookie header, with whatever else other programs on this host have set. */
export function hasCookie({ cookieName, cookieValue }: PageSession, header: string | undefined): boolean {
  const cookies = (header ?? '').split(';').map((cookie) => cookie.trim());
  return cookies.some(
    (cookie) => cookie.startsWith(`${cookieName}=`) && isSame(cookie.slice(cookieName.length + 1), cookieValue),
  );
}

/** Takes the same time wherever the two differ. */
function isSame(given: string, secret: string): boolean {
  return isSameKey(given, hashApiKey(secret));
}

/**
 * Whether the browser says that a page of this server asks: the cookie alone does not, as it also goes with requests
 * of pages on other ports of this host. What only reads may also come from nowhere, such as a typed address.
 */
export function isAskedByOwnPage({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  const isReading = method === 'GET' || method === 'HEAD';
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || (site === 'none' && isReading);
  const { origin, host } = headers;
  if (origin !== undefined) return URL.canParse(origin) && new URL(origin).host === host;
  return isReading;
}
