import { isOwnPage } from './ownPage.js';

const page = {
  host: 'localhost:3000',
  'sec-fetch-site': 'same-origin',
  'x-rappel-page': '1',
};

function admits(headers: Record<string, string | undefined>, remoteAddress = '127.0.0.1'): boolean {
  return isOwnPage({ headers, socket: { remoteAddress } } as unknown as Parameters<typeof isOwnPage>[0]);
}

test.each([
  [page, '127.0.0.1'],
  [page, '::ffff:127.0.0.1'],
  [{ ...page, host: '[::1]:3000' }, '::1'],
  [{ ...page, origin: 'http://localhost:3000' }, '127.0.0.1'],
])('the home page on this machine needs no key in the embedded set-up (%#)', (headers, address) => {
  expect(admits(headers, address)).toBe(true);
});

test.each([
  ['a foreign name that resolves to loopback (DNS rebinding)', { ...page, host: 'evil.example:3000' }],
  ['a name that only begins like ours', { ...page, host: 'localhost.evil.example' }],
  ['another site', { ...page, 'sec-fetch-site': 'cross-site' }],
  ['another port of this machine', { ...page, 'sec-fetch-site': 'same-site' }],
  ['a typed address', { ...page, 'sec-fetch-site': 'none' }],
  ['a client that is no browser', { ...page, 'sec-fetch-site': undefined }],
  ['a foreign origin', { ...page, origin: 'http://evil.example' }],
  ['an opaque origin', { ...page, origin: 'null' }],
  ['a form or link, which cannot add a header', { ...page, 'x-rappel-page': undefined }],
  ['a proxy', { ...page, 'x-forwarded-for': '203.0.113.9' }],
  ['no Host', { ...page, host: undefined }],
])('%s does not get in without a key', (_who, headers) => {
  expect(admits(headers)).toBe(false);
});

test('another machine does not get in without a key', () => {
  expect(admits(page, '192.0.2.7')).toBe(false);
  expect(admits(page, '127.0.0.1.evil')).toBe(false);
});
