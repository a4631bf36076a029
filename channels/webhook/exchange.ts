// One HTTP exchange, bounded in time and size, that remembers the one thing errors do not tell: whether the request had
// begun to leave. A queued request that outlives its time is never written afterwards. Interim answers (100, 102, 103),
// asked for or not, are skipped: they say nothing of the message.
import { type ClientRequest, type IncomingMessage, request as openHttp } from 'node:http';
import { request as openHttps } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { GuardedAgents } from './guardedAgents.js';

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Exchange =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null; readonly body: string }
  | { readonly kind: 'failed'; readonly hasBegun: boolean; readonly error: unknown }
  | { readonly kind: 'expired'; readonly hasBegun: boolean };

export const MAX_RESPONSE_BYTES = 65_536;
const MAX_RESPONSE_HEADER_BYTES = 16_384;
/** Once the status is known the body is only for reading by people: not worth holding the message for. */
const BODY_PATIENCE_MS = 2_000;
const SWITCHING_PROTOCOLS = 101;

export function exchange(agents: GuardedAgents, request: HttpRequest, timeoutMs: number): Promise<Exchange> {
  return new Promise((resolve) => {
    let hasBegun = false;
    let isOver = false;
    let response: IncomingMessage | null = null;
    let received = 0;
    const chunks: Buffer[] = [];

    const answered = ({ statusCode = 0, headers }: IncomingMessage): Exchange => {
      const body = Buffer.concat(chunks).subarray(0, MAX_RESPONSE_BYTES).toString('utf8');
      return { kind: 'answered', status: statusCode, retryAfter: headers['retry-after'] ?? null, body };
    };
    const finish = (result: Exchange): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      resolve(result);
    };
    const body = request.method === 'GET' ? null : Buffer.from(request.body);
    const outgoing = open(agents, request, body);
    const expire = (): void => {
      finish(response === null ? { kind: 'expired', hasBegun } : answered(response));
      outgoing.destroy(new Error('out of time'));
    };
    let timer = setTimeout(expire, timeoutMs);
    const endsAt = performance.now() + timeoutMs;

    outgoing.on('socket', (socket) => {
      whenConnected(socket, () => {
        hasBegun = true;
      });
    });
    outgoing.on('error', (error) => {
      finish(response === null ? { kind: 'failed', hasBegun, error } : answered(response));
    });
    // The protocol is never changed: the receiver refused, and nothing else can be said on this connection.
    outgoing.on('upgrade', (incoming) => {
      finish(answered(incoming));
      outgoing.destroy();
    });
    outgoing.on('response', (incoming) => {
      response = incoming;
      if (incoming.statusCode === SWITCHING_PROTOCOLS) {
        finish(answered(incoming));
        outgoing.destroy();
        return;
      }
      clearTimeout(timer);
      timer = setTimeout(expire, Math.max(0, Math.min(BODY_PATIENCE_MS, endsAt - performance.now())));
      incoming.on('data', (chunk: Buffer) => {
        if (isOver) return;
        chunks.push(chunk);
        received += chunk.length;
        if (received < MAX_RESPONSE_BYTES) return;
        finish(answered(incoming));
        outgoing.destroy(new Error('response longer than is read'));
      });
      incoming.on('end', () => finish(answered(incoming)));
      incoming.on('error', () => finish(answered(incoming)));
    });
    if (body === null) outgoing.end();
    else outgoing.end(body);
  });
}

/**
 * A request whose body has its length in the headers: Node gives none to the body of a DELETE, which then reads as the
 * next request of the connection. The body is given as bytes, as Node writes headers in the encoding of a text body.
 */
function open(
  { http, https }: GuardedAgents,
  { url, method, headers }: HttpRequest,
  body: Buffer | null,
): ClientRequest {
  const length = body === null ? {} : { 'content-length': String(body.length) };
  const options = { method, headers: { ...headers, ...length }, maxHeaderSize: MAX_RESPONSE_HEADER_BYTES };
  return url.protocol === 'https:'
    ? openHttps(url, { ...options, agent: https })
    : openHttp(url, { ...options, agent: http });
}

/** A request is written when its connection, encrypted where it is to be, stands; at once on one that has been used. */
function whenConnected(socket: Socket, begin: () => void): void {
  const isSecure = socket instanceof TLSSocket;
  const isOpen = socket.readyState === 'open' && (!isSecure || socket.getProtocol() !== null);
  if (isOpen) begin();
  else socket.once(isSecure ? 'secureConnect' : 'connect', begin);
}
