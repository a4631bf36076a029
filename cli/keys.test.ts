import { parseScopes } from './keys.js';

describe('parseScopes', () => {
  it('takes scopes with commas or spaces, each once', () => {
    expect(parseScopes('track, explain track')).toEqual(['track', 'explain']);
  });

  it('takes all of them by one word', () => {
    expect(parseScopes('all')).toEqual([
      'track',
      'interactions',
      'campaigns:read',
      'campaigns:write',
      'users:read',
      'users:write',
      'explain',
      'metrics',
    ]);
  });

  it.each(['admin', 'track,admin'])('refuses %j and says what there is', (text) => {
    expect(() => parseScopes(text)).toThrow("There is no scope 'admin': track, interactions, campaigns:read");
  });

  it('refuses a key that may do nothing', () => {
    expect(() => parseScopes(' ')).toThrow('A key needs at least one scope');
  });
});
