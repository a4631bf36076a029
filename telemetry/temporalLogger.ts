// What the Temporal SDK says, in our log: the adapter for `Runtime.install({ logger })`. Imports nothing of the SDK.
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
    // Symbol keys are the SDK's own time stamps; an error goes where pino prints its stack.
    const { error, ...rest } = { ...meta };
    const fields = Object.fromEntries(Object.entries(rest));
    if (isToldAlready(error)) return logger.debug({ component: 'temporal', ...fields }, message);
    logger[LEVELS[level]](
      { component: 'temporal', ...fields, ...(error === undefined ? {} : { err: error }) },
      message,
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
