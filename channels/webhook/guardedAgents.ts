// Opens sockets for webhooks to public addresses only. The name is resolved once, every answer is checked, and the
// socket gets exactly the checked addresses, so a second, different DNS answer cannot slip in between. The host name
// stays what TLS (SNI) and the Host header see.
import { lookup } from 'node:dns/promises';
import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import net, { type LookupFunction, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
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
  readonly connectionsPerHost: number;
}

export interface GuardedAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  destroy(): void;
}

/** Shorter than servers keep idle connections, so that a request seldom meets one that is being closed. */
const IDLE_MS = 4_000;

type Connected = (error: Error | null, socket: Duplex) => void;

export function createGuardedAgents(options: GuardOptions): GuardedAgents {
  const settings = { keepAlive: true, maxSockets: options.connectionsPerHost, timeout: IDLE_MS };
  const http = guarded(new HttpAgent(settings), options, (connection) => net.connect(connection));
  const https = new HttpsAgent(settings);
  const connectTls = https.createConnection.bind(https);
  guarded(https, options, (connection, callback) => connectTls(connection, callback));
  return {
    http,
    https,
    destroy() {
      http.destroy();
      https.destroy();
    },
  };
}

type Connect = (options: net.TcpNetConnectOpts, callback: Connected) => unknown;

/** The agent, each connection of which is checked, made within its time, and made to the checked addresses. */
function guarded<A extends HttpAgent>(agent: A, options: GuardOptions, connect: Connect): A {
  const { allowed, resolve, connectTimeoutMs } = options;
  const isTls = agent instanceof HttpsAgent;
  agent.createConnection = (given: ClientRequestArgs, callback?: Connected) => {
    const done: Connected = callback ?? (() => undefined);
    const hostname = String(given.host ?? '');
    const port = String(given.port ?? (isTls ? 443 : 80));
    const isAllowed = allowed.has(hostAndPort(bracketed(hostname), port));
    // Node connects to a literal address without any lookup, so it is checked here.
    if (!isAllowed && hostProblem(bracketed(hostname)) !== null) {
      process.nextTick(done, addressError(hostname));
      return undefined;
    }
    const checked = isAllowed ? {} : { lookup: checkedLookup(resolve) };
    const socket = connect({ ...given, host: hostname, port: Number(port), ...checked }, done);
    if (!(socket instanceof net.Socket)) return undefined;
    endUnconnected(socket, { isTls, connectTimeoutMs });
    return socket;
  };
  return agent;
}

/** IPv6 addresses come here without the brackets that they have in a URL. */
function bracketed(hostname: string): string {
  return net.isIPv6(hostname) ? `[${hostname}]` : hostname;
}

function endUnconnected(
  socket: Socket,
  { isTls, connectTimeoutMs }: { readonly isTls: boolean; readonly connectTimeoutMs: number },
): void {
  const timer = setTimeout(
    () => socket.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' })),
    connectTimeoutMs,
  );
  socket.once(isTls ? 'secureConnect' : 'connect', () => clearTimeout(timer));
  socket.once('close', () => clearTimeout(timer));
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
