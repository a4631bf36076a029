// Opens sockets for webhooks to public addresses only. The name is resolved once, every answer is checked, and the
// socket gets exactly the checked addresses, so a second, different DNS answer cannot slip in between. The host name
// stays what TLS (SNI) and the Host header see.

import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isGlobalUnicast } from './globalAddress.js';
import { type AllowedHosts, hostAndPort, hostProblem } from './target.js';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}
/** All addresses of a name, as the system's resolver gives them. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export const ADDRESS_NOT_ALLOWED = 'ERR_ADDRESS_NOT_ALLOWED';

export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true });

export interface GuardOptions {
  readonly allowed: AllowedHosts;
  readonly resolve: Resolve;
  readonly connectTimeoutMs: number;
}

export function createGuardedConnector({ allowed, resolve, connectTimeoutMs }: GuardOptions): buildConnector.connector {
  const connectPublic = buildConnector({ lookup: checkedLookup(resolve), timeout: connectTimeoutMs });
  const connectAnywhere = buildConnector({ timeout: connectTimeoutMs });
  return (options, callback) => {
    const port = options.port || (options.protocol === 'https:' ? '443' : '80');
    if (allowed.has(hostAndPort(options.hostname, port))) return connectAnywhere(options, callback);
    // Node connects to a literal address without any lookup, so it is checked here.
    const problem = hostProblem(options.hostname);
    if (problem !== null) return callback(addressError(options.hostname), null);
    return connectPublic(options, callback);
  };
}

function checkedLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const first = addresses[0];
        if (first === undefined || !addresses.every(({ address }) => isGlobalUnicast(address))) {
          return callback(addressError(hostname), '', 0);
        }
        if (options.all)
          return callback(
            null,
            addresses.map(({ address, family }) => ({ address, family })),
          );
        return callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}

function addressError(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname}: its address is not on the public internet`), {
    code: ADDRESS_NOT_ALLOWED,
  });
}
