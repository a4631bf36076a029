// The environment as one typed value. The only place that reads process.env; everything else is handed its settings.

import { nearestName } from '../domain/schema/nearestName.js';
import type { SecretKey } from '../domain/secret/secretKeys.js';
import type { Variable } from './variable.js';
import { VARIABLES } from './variables.js';

type Name = keyof typeof VARIABLES;
type Values = { readonly [N in Name]: (typeof VARIABLES)[N] extends Variable<infer T> ? T : never };

const TABLE: { readonly [N in Name]: Variable<Values[N]> } = VARIABLES;

export interface Config {
  readonly database: { readonly url: string; readonly poolSize: number };
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly taskQueue: string;
    readonly apiKey: string | null;
    readonly tls: boolean;
    readonly uiUrl: string | null;
  };
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string;
    readonly trustedProxies: readonly string[];
  };
  readonly email: {
    readonly smtpUrl: string | null;
    readonly from: string;
    readonly onAmbiguous: 'resend' | 'assumeSent';
    readonly requireTls: 'auto' | 'on' | 'off';
  };
  readonly webhook: { readonly signingSecrets: readonly string[]; readonly allowHosts: readonly string[] };
  /** The newest first; none: named secrets are off. */
  readonly secretKeys: readonly SecretKey[];
  readonly workspace: { readonly timeZone: string; readonly maxTriggerAgeMs: number; readonly maxLatenessMs: number };
  readonly inbox: { readonly port: number; readonly smtpPort: number };
  readonly worker: {
    readonly maxCachedWorkflows: number;
    readonly maxConcurrentActivities: number;
    readonly workflowBundle: string | null;
  };
  readonly shutdownGraceMs: number;
  readonly log: { readonly level: LogLevel; readonly format: 'auto' | 'pretty' | 'json' };
  readonly metrics: boolean;
  readonly devKeyFile: string | null;
  readonly crashAt: string | null;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** One line for each wrong setting; its message is all a person needs to see. */
export class ConfigError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'ConfigError';
  }
}

/** What the documentation shows of each setting. */
export const CONFIG_VARIABLES = Object.entries(VARIABLES).map(([name, variable]) => ({
  name,
  default: variable.default,
  allowed: variable.allowed,
  meaning: variable.meaning,
}));

export type Env = Readonly<Record<string, string | undefined>>;

/** What settings must be whose form other parts know; by name, whether a value is one. */
export type Checks = Readonly<Record<string, ((value: string) => boolean) | undefined>>;

/** Throws a `ConfigError` with a line for each setting that has a wrong value. */
export function loadConfig(env: Env = process.env, checks: Checks = {}): Config {
  const wrong = Object.entries(VARIABLES).flatMap(([name, variable]) =>
    problemOf(name, variable, { value: env[name], check: checks[name] }),
  );
  if (wrong.length > 0) throw new ConfigError(wrong);

  function read<N extends Name>(name: N): Values[N] | null {
    const given = textOf(TABLE[name], env[name]);
    return given === null ? null : TABLE[name].schema.parse(given);
  }

  function need<N extends Name>(name: N): Values[N] {
    const value = read(name);
    if (value === null) throw new ConfigError([`${name} must be set: ${VARIABLES[name].allowed}`]);
    return value;
  }

  const host = need('HOST');
  const port = need('PORT');
  const apiKey = read('TEMPORAL_API_KEY');
  return {
    database: { url: need('DATABASE_URL'), poolSize: need('DATABASE_POOL_SIZE') },
    temporal: {
      address: need('TEMPORAL_ADDRESS'),
      namespace: need('TEMPORAL_NAMESPACE'),
      taskQueue: need('TEMPORAL_TASK_QUEUE'),
      apiKey,
      tls: need('TEMPORAL_TLS') || apiKey !== null,
      uiUrl: withoutSlash(read('TEMPORAL_UI_URL')),
    },
    http: {
      host,
      port,
      publicUrl: withoutSlash(read('PUBLIC_URL')) ?? publicUrlOf(host, port),
      trustedProxies: read('RAPPEL_TRUSTED_PROXIES') ?? [],
    },
    email: {
      smtpUrl: read('SMTP_URL'),
      from: need('EMAIL_FROM'),
      onAmbiguous: need('EMAIL_ON_AMBIGUOUS'),
      requireTls: need('SMTP_REQUIRE_TLS'),
    },
    webhook: { signingSecrets: read('WEBHOOK_SIGNING_SECRET') ?? [], allowHosts: read('WEBHOOK_ALLOW_HOSTS') ?? [] },
    secretKeys: read('RAPPEL_SECRET_KEYS') ?? [],
    workspace: {
      timeZone: need('RAPPEL_TIME_ZONE'),
      maxTriggerAgeMs: need('MAX_TRIGGER_AGE'),
      maxLatenessMs: need('MAX_LATENESS'),
    },
    inbox: { port: need('INBOX_PORT'), smtpPort: need('INBOX_SMTP_PORT') },
    worker: {
      maxCachedWorkflows: need('WORKER_MAX_CACHED_WORKFLOWS'),
      maxConcurrentActivities: need('WORKER_MAX_CONCURRENT_ACTIVITIES'),
      workflowBundle: read('WORKFLOW_BUNDLE'),
    },
    shutdownGraceMs: need('SHUTDOWN_GRACE'),
    log: { level: need('LOG_LEVEL'), format: need('LOG_FORMAT') },
    metrics: need('METRICS'),
    devKeyFile: read('RAPPEL_DEV_KEY_FILE'),
    crashAt: read('CRASH_AT'),
  };
}

export interface Setting {
  readonly name: string;
  /** As it was written, or its default; null: neither. */
  readonly value: string | null;
  readonly isSecret: boolean;
}

/** All there are, as texts: what a start is compared by with the one before. */
export function settingsOf(env: Env = process.env): readonly Setting[] {
  return Object.entries<Variable<unknown>>(VARIABLES).map(([name, variable]) => {
    return { name, value: textOf(variable, env[name]), isSecret: variable.isSecret };
  });
}

/** One line for each variable that looks like a setting of ours and is none: nobody reads it. */
export function configWarnings(env: Env = process.env): readonly string[] {
  const known = [...Object.keys(VARIABLES), ...OF_COMMANDS];
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('RAPPEL_') || known.includes(name) || name.startsWith(OF_TESTS)) return [];
    const near = nearestName(name, known);
    return [`${name} is no setting of Rappel${near === null ? '' : `: did you mean ${near}?`} (docs/configuration.md)`];
  });
}

/** Read by the demo, the model and the benchmark alone. */
const OF_COMMANDS = [
  'RAPPEL_URL',
  'RAPPEL_API_KEY',
  'RAPPEL_INBOX_URL',
  'RAPPEL_BENCH_EVENTS',
  'RAPPEL_MODEL_HISTORIES',
  'RAPPEL_MODEL_PRINT',
  'RAPPEL_MODEL_SEED',
  'RAPPEL_SIMULATED_CAMPAIGNS',
  'RAPPEL_STORE_HISTORIES',
  'RAPPEL_WRITE_DOCS',
];
const OF_TESTS = 'RAPPEL_TEST_';

interface Given {
  readonly value: string | undefined;
  readonly check: ((value: string) => boolean) | undefined;
}

function problemOf(name: string, variable: Variable<unknown>, { value, check }: Given): readonly string[] {
  const given = textOf(variable, value);
  if (given === null || (variable.schema.safeParse(given).success && check?.(given) !== false)) return [];
  return [`${name} must be ${variable.allowed}${variable.isSecret ? '' : `, not '${given}'`}`];
}

/** An empty variable counts as unset: compose files and shells set those by accident. */
function textOf(variable: Variable<unknown>, value: string | undefined): string | null {
  return value?.trim() || variable.default;
}

/** Links are this and a path. */
function withoutSlash(url: string | null): string | null {
  return url?.replace(/\/+$/, '') ?? null;
}

/** An address to listen on everywhere is none to link to. */
function publicUrlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
