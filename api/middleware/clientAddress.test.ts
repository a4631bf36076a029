import type { Request } from 'express';
import express from 'express';
import { addressOf, clientAddress } from './clientAddress.js';

/** As Express makes it of a request by this peer. */
function asked(peer: string | undefined, forwarded?: string, trusted: readonly string[] = []): Request {
  const app = express();
  app.set('trust proxy', trusted.length === 0 ? false : [...trusted]);
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return Object.setPrototypeOf({ app, headers, socket: { remoteAddress: peer } }, app.request) as Request;
}

test.each([
  ['127.0.0.1', undefined, [], '127.0.0.1'],
  ['::ffff:192.0.2.7', undefined, [], '192.0.2.7'],
  ['192.0.2.7', '203.0.113.9', [], '192.0.2.7'],
  ['192.0.2.7', '203.0.113.9', ['192.0.2.8'], '192.0.2.7'],
  ['192.0.2.7', '203.0.113.9', ['192.0.2.7'], '203.0.113.9'],
  ['::ffff:192.0.2.7', '203.0.113.9', ['192.0.2.0/24'], '203.0.113.9'],
  // Whoever asks may begin the list; only what trusted proxies appended counts.
  ['192.0.2.7', '198.51.100.1, 203.0.113.9', ['192.0.2.7'], '203.0.113.9'],
  ['192.0.2.7', '198.51.100.1, 203.0.113.9', ['192.0.2.7', '203.0.113.0/24'], '198.51.100.1'],
  ['2001:db8::1', '2001:db8:7::9', ['2001:db8::/64'], '2001:db8:7::9'],
  ['192.0.2.7', 'unknown', ['192.0.2.7'], '192.0.2.7'],
  ['192.0.2.7', '203.0.113.9:4711', ['192.0.2.7'], '203.0.113.9'],
  ['192.0.2.7', '[2001:db8::9]:4711', ['192.0.2.7'], '2001:db8::9'],
  [undefined, undefined, [], ''],
] as const)(
  'M10: by %s, with X-Forwarded-For %s and %j trusted, the client is %s',
  (peer, forwarded, trusted, client) => {
    expect(clientAddress(asked(peer, forwarded, trusted))).toBe(client);
  },
);

test('M10: the addresses of one IPv6 network share a count, IPv4 addresses do not', () => {
  const count = (peer: string) => addressOf(asked(peer));
  expect(count('2001:db8:1:2::3')).toBe(count('2001:db8:1:2:ffff::4'));
  expect(count('2001:db8:1:2::3')).not.toBe(count('2001:db8:1:3::3'));
  expect(count('fe80::1%eth0')).toBe(count('fe80::2%eth1'));
  expect(count('192.0.2.7')).not.toBe(count('192.0.2.8'));
  expect(count('::ffff:192.0.2.7')).toBe(count('192.0.2.7'));
});
