import type { IncomingMessage } from 'node:http';

/**
 * Whether a request comes from the home page in a browser on this very machine: the only kind that may go without a
 * key, and only in the embedded set-up. Every test must pass:
 * - the connection is from loopback and went through no proxy;
 * - the Host is a loopback name, so that a foreign name resolving to 127.0.0.1 (DNS rebinding) does not count;
 * - the browser itself says same-origin, and the Origin, where there is one, is this server;
 * - the page's own header is there, which no other site can add without a preflight that we never answer.
 */
export const PAGE_HEADER = 'x-rappel-page';

export function isOwnPage(request: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  const { headers, socket } = request;
  const host = headers.host ?? '';
  return (
    isLoopback(socket.remoteAddress ?? '') &&
    PROXY_HEADERS.every((name) => headers[name] === undefined) &&
    /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/.test(host) &&
    headers['sec-fetch-site'] === 'same-origin' &&
    (headers.origin === undefined || headers.origin === `http://${host}`) &&
    headers[PAGE_HEADER] === '1'
  );
}

const PROXY_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'] as const;

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);
}
