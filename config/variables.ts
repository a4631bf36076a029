// Every setting there is, once: docs/configuration.md is generated from this table and a test keeps the two equal.
import { z } from 'zod';
import { type SecretKey, secretKeysText } from '../domain/secret/secretKeys.js';
import { isKnownZone } from '../domain/timing/zone.js';
import { isAddressOrRange, isHost, isHostAndPort, isReadableFile } from './forms.js';
import {
  choice,
  duration,
  formed,
  list,
  onOff,
  port,
  secret,
  text,
  url,
  type Variable,
  wholeNumber,
} from './variable.js';

const timeZone: Variable<string> = {
  default: 'UTC',
  meaning: 'IANA zone of the workspace: holds where a person’s own zone is unknown.',
  allowed: 'an IANA time zone such as Europe/Paris',
  isSecret: false,
  schema: z.string().refine(isKnownZone),
};

const secretKeys: Variable<readonly SecretKey[]> = {
  default: null,
  meaning:
    'Keys that encrypt named secrets (`/v1/secrets`), the newest first: it encrypts, each of them decrypts. The same for the API, the workers and `rappel secrets`. `npm start` keeps one for its embedded database; without any, no secret can be set and no campaign that names one begins.',
  allowed:
    'one or more keys separated by commas, each an id (a–z, 0–9, - and _) : 32 bytes in base64, such as k1:AAAA…=',
  isSecret: true,
  schema: secretKeysText,
};

export const VARIABLES = {
  DATABASE_URL: url({
    default: null,
    meaning:
      'PostgreSQL 15 or newer, as `postgres://user:password@host:5432/name`. `npm start` runs an embedded one unless set. Over a network add `?sslmode=verify-full` (TLS, and the server proves its name; `&sslrootcert=` for an authority of your own); without `sslmode` there is no TLS.',
    protocols: ['postgres', 'postgresql'],
  }),
  DATABASE_POOL_SIZE: wholeNumber({
    default: '20',
    meaning: 'Most connections to PostgreSQL per process.',
    from: 2,
    to: 500,
  }),
  TEMPORAL_ADDRESS: formed({
    default: '127.0.0.1:7233',
    meaning: 'Temporal server, as `host:port`. `npm start` runs an embedded one unless set.',
    allowed: 'a host and a port such as temporal.example:7233',
    isValid: isHostAndPort,
  }),
  TEMPORAL_NAMESPACE: text({ default: 'default', meaning: 'Temporal namespace; must exist.' }),
  TEMPORAL_TASK_QUEUE: text({ default: 'rappel', meaning: 'Task queue that API and workers share.' }),
  TEMPORAL_API_KEY: secret({
    default: null,
    meaning: 'API key of Temporal Cloud; switches TLS on.',
    allowed: 'an API key of Temporal Cloud',
    schema: z.string(),
  }),
  TEMPORAL_TLS: onOff({ default: 'off', meaning: 'TLS towards the Temporal server.' }),
  TEMPORAL_UI_URL: url({
    default: null,
    meaning: 'Where people see the Temporal UI; pages and answers link to its runs and lists.',
    protocols: ['http', 'https'],
  }),
  HOST: formed({
    default: '127.0.0.1',
    meaning: 'Address the API listens on; `0.0.0.0` for every one.',
    allowed: 'an IP address or the name of a host, without a port',
    isValid: isHost,
  }),
  PORT: port({ default: '3000', meaning: 'Port of the API.' }),
  PUBLIC_URL: url({
    default: null,
    meaning:
      'Where people reach Rappel: the details of runs in the Temporal UI link to its pages; `http://HOST:PORT` unless set. Set it for workers too.',
    protocols: ['http', 'https'],
  }),
  RAPPEL_TRUSTED_PROXIES: list({
    default: null,
    meaning:
      'Reverse proxies in front of the API. The client’s address (in rate limits and the log) is the last one in `X-Forwarded-For` that is none of them; from anybody else that header is ignored. Set it behind a proxy: otherwise all who send no valid key share one limit.',
    allowed: 'IP addresses and CIDR ranges separated by spaces, such as 10.0.0.7 172.16.0.0/12',
    isSecret: false,
    isWord: isAddressOrRange,
  }),
  SMTP_URL: url({
    default: null,
    meaning: 'Mail server, as `smtps://user:password@host:465`. `npm start` catches mail in a local inbox unless set.',
    protocols: ['smtp', 'smtps'],
  }),
  SMTP_REQUIRE_TLS: choice({
    default: 'auto',
    meaning:
      'Send nothing to a mail server that does not offer TLS. `auto`: where SMTP_URL has a user or password and its host is not this machine.',
    of: ['auto', 'on', 'off'],
  }),
  EMAIL_FROM: text({
    default: 'Rappel <rappel@localhost>',
    meaning: 'Sender of e-mail that names none of its own.',
    allowed: 'one e-mail address such as Shop <hello@shop.example>',
  }),
  EMAIL_ON_AMBIGUOUS: choice({
    default: 'resend',
    meaning:
      'When a mail server may or may not have taken an e-mail: send again with the same Message-ID (a second copy is possible), or count it as sent (none is).',
    of: ['resend', 'assumeSent'],
  }),
  WEBHOOK_SIGNING_SECRET: list({
    default: null,
    meaning: 'Secrets that sign webhooks (Standard Webhooks), newest first; several while rotating.',
    allowed: 'one or more secrets, separated by spaces, each whsec_ followed by base64 of 24 to 64 bytes',
    isSecret: true,
    isWord: (word) => /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/.test(word),
  }),
  WEBHOOK_ALLOW_HOSTS: list({
    default: null,
    meaning: 'Private or local receivers that webhooks may call nevertheless, for trials only.',
    allowed: 'host:port pairs separated by spaces, such as 127.0.0.1:4000',
    isSecret: false,
    isWord: isHostAndPort,
  }),
  RAPPEL_SECRET_KEYS: secretKeys,
  RAPPEL_TIME_ZONE: timeZone,
  MAX_TRIGGER_AGE: duration({
    default: '24 h',
    meaning: 'An event older than this when it arrives updates the profile and triggers nothing.',
  }),
  MAX_LATENESS: duration({
    default: '72 h',
    meaning:
      'A message not sent this long after it was due, or after a hold of its window or quiet hours, is dropped as stale.',
  }),
  INBOX_PORT: port({ default: '3025', meaning: 'Page of the local inbox (`npm start` without SMTP_URL).' }),
  INBOX_SMTP_PORT: port({ default: '2525', meaning: 'Mail server of the local inbox (`npm start` without SMTP_URL).' }),
  WORKER_MAX_CACHED_WORKFLOWS: wholeNumber({
    default: '500',
    meaning: 'Waiting people a worker keeps in memory; the rest is replayed when needed.',
    from: 1,
    to: 100_000,
  }),
  WORKER_MAX_CONCURRENT_ACTIVITIES: wholeNumber({
    default: '50',
    meaning: 'Messages a worker sends at the same time.',
    from: 1,
    to: 10_000,
  }),
  WORKFLOW_BUNDLE: formed({
    default: null,
    meaning: 'File of workflows bundled beforehand, so that a worker starts faster; set by `npm start` and the image.',
    allowed: 'a file that can be read',
    isValid: isReadableFile,
  }),
  SHUTDOWN_GRACE: duration({ default: '30 s', meaning: 'How long a stopping process may finish what it is doing.' }),
  LOG_LEVEL: choice({
    default: 'info',
    meaning: 'Least severe log lines to print.',
    of: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
  }),
  LOG_FORMAT: choice({
    default: 'auto',
    meaning: 'Readable lines in a terminal and JSON elsewhere (`auto`), or always one of them.',
    of: ['auto', 'pretty', 'json'],
  }),
  METRICS: onOff({ default: 'on', meaning: 'Prometheus metrics at `/metrics`.' }),
  RAPPEL_DEV_KEY_FILE: text({
    default: null,
    meaning: 'File (mode 0600) of the development API key; set by `npm start`, for its embedded database only.',
    allowed: 'a file',
  }),
  CRASH_AT: text({
    default: null,
    meaning: 'For `npm run chaos` alone: the line of the code at which this process kills itself, and at which pass.',
    allowed: 'a failpoint and a count such as claimed:3',
  }),
} satisfies Readonly<Record<string, Variable<unknown>>>;
