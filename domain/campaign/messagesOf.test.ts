import { channelsOf } from './channelsOf.js';
import { messagesOf } from './messagesOf.js';

const variants = [
  { key: 'a', share: 50, messages: { email: { subject: 'A' } } },
  { key: 'b', share: 50, messages: { webhook: { url: 'https://example.com' } } },
];

describe('the messages of a pairing', () => {
  it('are those of its variant', () => {
    expect(messagesOf({ variants }, 'b')).toBe(variants[1]?.messages);
  });

  it('AB-15: are those of the first variant where an edit has taken its own away', () => {
    expect(messagesOf({ variants }, 'gone')).toBe(variants[0]?.messages);
    expect(messagesOf({ variants: [] }, 'gone')).toEqual({});
  });

  it('CO-03: go by the channels they were composed for', () => {
    expect(channelsOf({ webhook: {}, email: {} })).toEqual(['email', 'webhook']);
    expect(channelsOf({ webhook: {} })).toEqual(['webhook']);
    expect(channelsOf({})).toEqual([]);
  });
});
