// Decides whether a rendered URL may be a webhook's target, as far as the URL alone tells. What its name resolves to
// is checked when the connection is made (`guardedAgents.ts`).

import { isIP } from 'node:net';
import { isGlobalUnicast } from './globalAddress.js';

/** `host:port` pairs that may be reached though their address or port is not public: for local trials. */
export type AllowedHosts = ReadonlySet<string>;

export type Target =
  | { readonly kind: 'allowed'; readonly url: URL }
  /** `hostAndPort`: what WEBHOOK_ALLOW_HOSTS would have to name; null where no setting helps. */
  | { readonly kind: 'refused'; readonly detail: string; readonly hostAndPort: string | null };

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
const ALLOWED_PORTS = new Set(Object.values(DEFAULT_PORTS));
const MAX_URL_LENGTH = 8_192;

export function parseAllowedHosts(entries: readonly string[]): AllowedHosts {
  return new Set(
    entries.map((entry) => {
      const url = /^[^/@?#]+:\d+$/.test(entry) && URL.canParse(`http://${entry}`) ? new URL(`http://${entry}`) : null;
      if (url === null)
        throw new Error(`"${entry}" is not an allowed webhook host; write host:port, as in "localhost:4000".`);
      return hostAndPort(url.hostname, url.port || '80');
    }),
  );
}

export function checkTarget(text: string, allowed: AllowedHosts): Target {
  if (text.length > MAX_URL_LENGTH) return refused(`longer than ${MAX_URL_LENGTH} characters`);
  if (!URL.canParse(text)) return refused('not a URL');
  const url = new URL(text);
  const defaultPort = DEFAULT_PORTS[url.protocol];
  if (defaultPort === undefined) return refused('only http and https are allowed');
  if (url.username !== '' || url.password !== '') return refused('a user name or password in the URL is not allowed');
  url.hash = '';
  const port = url.port || defaultPort;
  const name = hostAndPort(url.hostname, port);
  if (allowed.has(name)) return { kind: 'allowed', url };
  if (!ALLOWED_PORTS.has(port)) return refused('only ports 80 and 443 are allowed', `${url.hostname}:${port}`);
  const detail = hostProblem(url.hostname);
  return detail === null ? { kind: 'allowed', url } : refused(detail, `${url.hostname}:${port}`);
}

/** What is wrong with a host by its spelling alone; null for a name that has yet to be resolved. */
export function hostProblem(hostname: string): string | null {
  const address = unbracketed(hostname);
  if (isIP(address) !== 0) return isGlobalUnicast(address) ? null : 'its address is not on the public internet';
  const name = hostname.replace(/\.$/, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') ? 'its address is not on the public internet' : null;
}

export function hostAndPort(hostname: string, port: string): string {
  return `${unbracketed(hostname).toLowerCase()}|${port}`;
}

function unbracketed(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function refused(detail: string, hostAndPort: string | null = null): Target {
  return { kind: 'refused', detail, hostAndPort };
}
