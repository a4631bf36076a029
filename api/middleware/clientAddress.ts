import { isIP } from 'node:net';
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

/**
 * Whose request it is: the peer's address, or what a trusted proxy says in `X-Forwarded-For` (`RAPPEL_TRUSTED_PROXIES`,
 * Express's `trust proxy`). What is no address there, such as `unknown`, leaves it at the proxy's own.
 */
export function clientAddress(request: Request): string {
  const said = withoutPort(request.ip ?? '');
  const address = isIP(said) === 0 ? (request.socket.remoteAddress ?? '') : said;
  return isIP(address) === 0 ? address : ipaddr.process(address).toString();
}

/**
 * Who a request without a valid key is counted as. IPv6 by its /64: that is what one household or one rented server has,
 * so that changing the address within it does not begin a new count.
 */
export function addressOf(request: Request): string {
  const client = clientAddress(request);
  if (isIP(client) !== 6) return `address:${client}`;
  return `address:${ipaddr.IPv6.networkAddressFromCIDR(`${client.replace(/%.*$/, '')}/64`).toString()}/64`;
}

/** Some proxies write `192.0.2.7:1234` and `[2001:db8::7]:1234`. */
function withoutPort(text: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
}
