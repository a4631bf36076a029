import { growth, LONGEST_PAUSE_MS, MOST_GROWTH, pauseMs, subject } from '../../test/setup/growth.js';
import { MAX_RESPONSE_BYTES } from './exchange.js';
import { MASK, maskSecrets } from './maskSecrets.js';

const TOKEN = 'tok"en/with+signs&<all>';
const VALUE = `Bearer ${TOKEN}`;
const BASIC = `Basic ${Buffer.from('shop:p4ssw0rd').toString('base64')}`;

describe('a value that a receiver repeats', () => {
  test.each([
    ['as it is', VALUE, `got ${VALUE}!`],
    ['without its scheme', VALUE, `got ${TOKEN}!`],
    ['in JSON', VALUE, JSON.stringify({ authorization: VALUE })],
    ['in a URL', VALUE, `?a=${encodeURIComponent(VALUE)}`],
    ['in a form', VALUE, new URLSearchParams({ a: VALUE }).toString()],
    [
      'in HTML',
      VALUE,
      `<p>${VALUE.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')}</p>`,
    ],
    ['in base64', VALUE, Buffer.from(VALUE).toString('base64')],
    ['twice', VALUE, `${VALUE}${VALUE} ${TOKEN}`],
    ['as Basic', BASIC, `no ${BASIC} here`],
    ['as the pair that Basic encodes', BASIC, 'user shop:p4ssw0rd is wrong'],
    ['as its password alone', BASIC, 'wrong password p4ssw0rd'],
  ])('is masked %s', (_how, value, text) => {
    const masked = maskSecrets(text, ['another-value', value]);
    expect(masked).toContain(MASK);
    for (const part of [value, TOKEN, 'tok', 'p4ssw0rd', Buffer.from(VALUE).toString('base64').slice(0, 12)]) {
      expect(masked).not.toContain(part);
    }
  });

  test.each([4, 10, TOKEN.length - 1])('is masked where the answer ends after %i of its characters', (length) => {
    expect(maskSecrets(`got ${TOKEN.slice(0, length)}`, [VALUE])).toBe(`got ${MASK}`);
  });

  test('leaves the rest of the text as it was', () => {
    const text = 'HTTP 401: the Bearer token of the shop has expired';
    expect(maskSecrets(text, [VALUE])).toBe(text);
    expect(maskSecrets(VALUE, [])).toBe(VALUE);
  });
});

const LONG = Array.from({ length: 400 }, (_, n) => `word-${n}-x`)
  .join(' ')
  .slice(0, 4_096);
test.each([
  ['letters', (n: number) => 'x'.repeat(n)],
  ['the value again and again', (n: number) => LONG.repeat(Math.ceil(n / LONG.length)).slice(0, n)],
  ['beginnings of the value', (n: number) => `${LONG.slice(0, 40)}-`.repeat(n / 41)],
])('an answer of %s holds nobody up', (_name, make) => {
  const each = subject('an answer', MAX_RESPONSE_BYTES, {
    make,
    run: (text) => maskSecrets(text, [LONG, VALUE, BASIC]),
  });
  expect(pauseMs(each)).toBeLessThan(LONGEST_PAUSE_MS);
  expect(growth(each)).toBeLessThan(MOST_GROWTH);
});
