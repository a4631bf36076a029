import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, loadConfig } from './config.js';
import { configurationPage } from './configurationPage.js';

const DATABASE_URL = 'postgres://rappel:hunter2@localhost:5432/rappel';

function problems(env: Record<string, string>): readonly string[] {
  try {
    loadConfig({ DATABASE_URL, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('needs nothing but a database', () => {
    const config = loadConfig({ DATABASE_URL });
    expect(config.temporal).toEqual({
      address: '127.0.0.1:7233',
      namespace: 'default',
      taskQueue: 'rappel',
      apiKey: null,
      tls: false,
      uiUrl: null,
    });
    expect(config.workspace).toEqual({ timeZone: 'UTC', maxTriggerAgeMs: 86_400_000, maxLatenessMs: 259_200_000 });
    expect(config.http.publicUrl).toBe('http://127.0.0.1:3000');
    expect(config.webhook).toEqual({ signingSecrets: [], allowHosts: [] });
    expect(config.http.trustedProxies).toEqual([]);
    expect(config.secretKeys).toEqual([]);
  });

  it('takes the addresses that links begin with without the slash they may end with', () => {
    const urls = { PUBLIC_URL: 'https://rappel.example/', TEMPORAL_UI_URL: 'https://temporal.example/ui/' };
    const { http, temporal } = loadConfig({ DATABASE_URL, ...urls });
    expect([http.publicUrl, temporal.uiUrl]).toEqual(['https://rappel.example', 'https://temporal.example/ui']);
  });

  it('says which setting is missing and what it must be', () => {
    expect(() => loadConfig({})).toThrow('DATABASE_URL must be set: a URL beginning with postgres:// or postgresql://');
  });

  it('takes an empty value as unset', () => {
    expect(loadConfig({ DATABASE_URL, PORT: '', SMTP_URL: ' ' })).toMatchObject({
      http: { port: 3000 },
      email: { smtpUrl: null },
    });
  });

  it.each([
    [{ PORT: 'abc' }, "PORT must be a whole number between 1 and 65535, not 'abc'"],
    [{ PORT: '70000' }, "PORT must be a whole number between 1 and 65535, not '70000'"],
    [{ PORT: '1e3' }, "PORT must be a whole number between 1 and 65535, not '1e3'"],
    [{ EMAIL_ON_AMBIGUOUS: 'maybe' }, "EMAIL_ON_AMBIGUOUS must be one of resend, assumeSent, not 'maybe'"],
    [{ RAPPEL_TIME_ZONE: 'Paris' }, "RAPPEL_TIME_ZONE must be an IANA time zone such as Europe/Paris, not 'Paris'"],
    [{ RAPPEL_TIME_ZONE: 'BST' }, "RAPPEL_TIME_ZONE must be an IANA time zone such as Europe/Paris, not 'BST'"],
    [{ RAPPEL_TIME_ZONE: '+02:00' }, "RAPPEL_TIME_ZONE must be an IANA time zone such as Europe/Paris, not '+02:00'"],
    [
      { HOST: 'http://0.0.0.0' },
      "HOST must be an IP address or the name of a host, without a port, not 'http://0.0.0.0'",
    ],
    [{ HOST: '127.0.0.1:80' }, "HOST must be an IP address or the name of a host, without a port, not '127.0.0.1:80'"],
    [
      { TEMPORAL_ADDRESS: 'temporal.example' },
      "TEMPORAL_ADDRESS must be a host and a port such as temporal.example:7233, not 'temporal.example'",
    ],
    [
      { TEMPORAL_ADDRESS: 'http://temporal:7233' },
      "TEMPORAL_ADDRESS must be a host and a port such as temporal.example:7233, not 'http://temporal:7233'",
    ],
    [
      { WORKFLOW_BUNDLE: '/nowhere/bundle.js' },
      "WORKFLOW_BUNDLE must be a file that can be read, not '/nowhere/bundle.js'",
    ],
    [{ WORKFLOW_BUNDLE: __dirname }, `WORKFLOW_BUNDLE must be a file that can be read, not '${__dirname}'`],
    [{ MAX_LATENESS: '72' }, "MAX_LATENESS must be a length of time such as 30 s, 5 min, 24 h or 3 d, not '72'"],
    [{ MAX_LATENESS: '0 s' }, "MAX_LATENESS must be a length of time such as 30 s, 5 min, 24 h or 3 d, not '0 s'"],
    [{ METRICS: 'yes' }, "METRICS must be on or off, not 'yes'"],
    [
      { WEBHOOK_ALLOW_HOSTS: 'localhost' },
      "WEBHOOK_ALLOW_HOSTS must be host:port pairs separated by spaces, such as 127.0.0.1:4000, not 'localhost'",
    ],
  ])('refuses %j in one line', (env, line) => {
    expect(problems(env)).toEqual([line]);
  });

  it('reports every wrong setting at once', () => {
    expect(problems({ PORT: 'x', METRICS: 'x', LOG_LEVEL: 'x' })).toHaveLength(3);
  });

  it('never repeats a secret', () => {
    const env = {
      DATABASE_URL: 'mysql://u:hunter2@h/d',
      WEBHOOK_SIGNING_SECRET: 'hunter2',
      SMTP_URL: 'http://u:hunter2@h',
      RAPPEL_SECRET_KEYS: 'hunter2:hunter2',
    };
    const lines = problems(env);
    expect(lines).toHaveLength(4);
    expect(lines.join()).not.toContain('hunter2');
  });

  it('reads lists and lengths of time', () => {
    const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
    const other = `whsec_${Buffer.alloc(64, 2).toString('base64')}`;
    const config = loadConfig({
      DATABASE_URL,
      WEBHOOK_SIGNING_SECRET: `${secret} ${other}`,
      WEBHOOK_ALLOW_HOSTS: '127.0.0.1:4000  [::1]:4001',
      RAPPEL_SECRET_KEYS: `k2:${Buffer.alloc(32, 2).toString('base64')},k1:${Buffer.alloc(32, 1).toString('base64')}`,
      SHUTDOWN_GRACE: '5 min',
    });
    expect(config.webhook).toEqual({ signingSecrets: [secret, other], allowHosts: ['127.0.0.1:4000', '[::1]:4001'] });
    expect(config.secretKeys).toEqual([
      { id: 'k2', key: Buffer.alloc(32, 2) },
      { id: 'k1', key: Buffer.alloc(32, 1) },
    ]);
    expect(config.shutdownGraceMs).toBe(300_000);
  });

  it.each(['10.0.0.7', '172.16.0.0/12', '::1', '2001:db8::/32', '10.0.0.7 ::ffff:10.0.0.8/104'])(
    'M10: takes the trusted proxies %s',
    (given) => {
      expect(loadConfig({ DATABASE_URL, RAPPEL_TRUSTED_PROXIES: given }).http.trustedProxies).toEqual(given.split(' '));
    },
  );

  it.each([
    'proxy.example',
    '10.0.0',
    '10.0.0.7,10.0.0.8',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '::1/129',
    'fe80::1%eth0',
    'loopback',
    'true',
    '10.0.0.0/255.0.0.0',
  ])('M10: refuses the trusted proxies %s', (given) => {
    expect(problems({ RAPPEL_TRUSTED_PROXIES: given })).toEqual([
      `RAPPEL_TRUSTED_PROXIES must be IP addresses and CIDR ranges separated by spaces, such as 10.0.0.7 172.16.0.0/12, not '${given}'`,
    ]);
  });

  it('speaks TLS to Temporal as soon as there is an API key', () => {
    expect(loadConfig({ DATABASE_URL, TEMPORAL_API_KEY: 'k' }).temporal).toMatchObject({ apiKey: 'k', tls: true });
  });
});

describe('docs/configuration.md', () => {
  it('is the table of settings (npm run docs:configuration writes it)', () => {
    const page = readFileSync(path.join(__dirname, '../docs/configuration.md'), 'utf8');
    expect(page).toBe(configurationPage());
  });
});
