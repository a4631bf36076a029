// What the Temporal SDK says, in our log: the adapter for `Runtime.install({ logger })`. Imports nothing of the SDK. Of
// what it adds to a line only ids, numbers and described errors are taken: the rest may hold a payload or a failure's text.
import { describeError } from './describeError.js';
import type { Logger } from './logger.js';

type Meta = Record<string | symbol, unknown>;
type Write = (message: string, meta?: Meta) => void;

/** The shape of the SDK's `Logger`. */
export interface TemporalLogger {
  log(level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR', message: string, meta?: Meta): void;
  readonly trace: Write;
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;

/** The SDK's `info` is about workers starting and stopping: `debug` to people who run campaigns. */
export function createTemporalLogger(logger: Logger): TemporalLogger {
  const log: TemporalLogger['log'] = (level, message, meta) => {
    const { error, ...rest } = { ...meta };
    const fields = Object.fromEntries(Object.entries(rest).filter(isPlain));
    const text = firstLine(message);
    if (isToldAlready(error)) return logger.debug({ component: 'temporal', ...fields }, text);
    logger[LEVELS[level]](
      { component: 'temporal', ...fields, ...(error === undefined ? {} : { err: describeError(error) }) },
      text,
    );
  };
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}

/** Ids are made by us, the rest names parts of the SDK. The task token is none: it may hold anything. */
const TEXTS: ReadonlySet<string> = new Set([
  'sdkComponent',
  'namespace',
  'taskQueue',
  'workflowId',
  'workflow_id',
  'runId',
  'run_id',
  'workflowType',
  'activityId',
  'activityType',
  'state',
  'target',
]);
const ID = /^[\w@:/.,#-]{1,300}$/;

/** Symbol keys, the SDK's own time stamps, are left out as well. */
function isPlain([name, value]: readonly [string, unknown]): boolean {
  if (typeof value === 'string') return TEXTS.has(name) && ID.test(value);
  return typeof value === 'number' || typeof value === 'boolean';
}

const LONGEST_TEXT = 200;

function firstLine(message: string): string {
  return (message.split(/[\n\r]/, 1)[0] ?? '').slice(0, LONGEST_TEXT);
}

/**
 * How the message of a failure begins whose own log line names campaign and person: the SDK's lines about it add nothing
 * but stacks. Told by the message, as an error loses its type on its way out of the workflow sandbox.
 */
export const TOLD = { parked: 'parked: ', failed: 'the attempt failed ' } as const;
const BEGINNINGS = Object.values(TOLD);
const DEEPEST_CAUSE = 5;

function isToldAlready(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth < DEEPEST_CAUSE && typeof cause === 'object' && cause !== null; depth++) {
    const message: unknown = Reflect.get(cause, 'message');
    if (typeof message === 'string' && BEGINNINGS.some((beginning) => message.startsWith(beginning))) return true;
    cause = Reflect.get(cause, 'cause');
  }
  return false;
}
