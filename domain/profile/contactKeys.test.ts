import { emailKey, phoneKey } from './contact.js';

test.each([
  ['Ann.Smith@Example.COM', 'ann.smith@example.com'],
  ['É@Bücher.example', 'É@bücher.example'],
  ['\u212Aelvin@example.com', '\u212Aelvin@example.com'],
])('B4: %s is compared as %s', (email, key) => {
  expect(emailKey(email)).toBe(key);
});

test.each([
  ['+1 (555) 010-20.30', '+15550102030'],
  ['+49/30/123', '+4930123'],
  ['030 123', '030123'],
  ['+44 (0)20 1234', '+440201234'],
])('B4: the number %s is compared as %s', (phone, key) => {
  expect(phoneKey(phone)).toBe(key);
});
