import { isHost, isHostAndPort } from './forms.js';

test.each(['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost', 'api.internal', 'rappel_api', 'a-b.example'])(
  'M8: %s is a host',
  (value) => {
    expect(isHost(value)).toBe(true);
  },
);

test.each(['', 'localhost:3000', 'http://localhost', 'a b', '-a', 'a-', 'a..b', '[::1]', 'a/b', 'é.example'])(
  'M8: %j is no host',
  (value) => {
    expect(isHost(value)).toBe(false);
  },
);

test.each(['localhost:1', '127.0.0.1:65535', '[::1]:7233', 'ns.acct.tmprl.cloud:7233'])(
  'M8: %s is a host and a port',
  (value) => {
    expect(isHostAndPort(value)).toBe(true);
  },
);

test.each(['localhost', 'localhost:0', 'localhost:65536', '::1:7233', 'a:b', ':7233', 'http://a:80'])(
  'M8: %s is no host and port',
  (value) => {
    expect(isHostAndPort(value)).toBe(false);
  },
);
