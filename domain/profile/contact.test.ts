import { isEmail, isPhone } from './contact.js';

describe('an e-mail address', () => {
  it.each(['ann@example.com', "o'neil+x@sub.example.co.uk", 'é@exämple.fr', `${'x'.repeat(243)}@example.com`])(
    'is %s',
    (text) => {
      expect(isEmail(text)).toBe(true);
    },
  );

  it.each([
    'ann',
    '@example.com',
    'ann@',
    'ann@bob@example.com',
    'ann @example.com',
    'ann@example.com,bob@example.com',
    'ann@example.com;bob@example.com',
    'Ann <ann@example.com>',
    '"ann"@example.com',
    'ann@example.com\r\nBcc: bob@example.com',
    `${'x'.repeat(244)}@example.com`,
    7,
    null,
  ])('is not %j', (value) => {
    expect(isEmail(value)).toBe(false);
  });
});

describe('a phone number', () => {
  it.each(['112', '+33 6 12 34 56 78', '(020) 7946-0018', '06/12.34'])('is %s', (text) => {
    expect(isPhone(text)).toBe(true);
  });

  it.each(['12', '+', '33+6', 'call me', '06 12 34 x', ` ${'1'.repeat(255)}`, 612345678, null])(
    'is not %j',
    (value) => {
      expect(isPhone(value)).toBe(false);
    },
  );
});
