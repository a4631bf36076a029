// The one logger: readable lines in a terminal, JSON elsewhere. Lines carry internal ids; what could name a person or
// open a door is cut out wherever it stands, should a caller slip. Errors are described, wherever they stand: what they
// say themselves quotes values.
import { pino } from 'pino';
import pretty from 'pino-pretty';
import { describeError, isErrorLike } from './describeError.js';

export type Logger = pino.Logger;

export interface LoggerOptions {
  readonly level: string;
  readonly format: 'auto' | 'pretty' | 'json';
}

const PERSONAL = [
  'email',
  'phone',
  'firstName',
  'first_name',
  'lastName',
  'last_name',
  'attributes',
  'address',
  'to',
  'subject',
];
const SECRET = ['authorization', 'cookie', 'password', 'token', 'apiKey', 'api_key', 'secret'];
const NAMES = [...PERSONAL, ...SECRET];

/** The field itself and one or two levels down (`req.headers.authorization`); pino knows no "at any depth". */
export const REDACTED_PATHS: readonly string[] = NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

export function createLogger({ level, format }: LoggerOptions, stream?: pino.DestinationStream): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: describeErrors },
    redact: { paths: [...REDACTED_PATHS], censor: '[removed]' },
    // Described already; pino's own would have the message.
    serializers: { err: (described: unknown) => described },
    hooks: { logMethod: withOwnMessage },
  };
  const isPretty = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
  // In process, not in pino's worker thread: a line printed before a crash must not be lost.
  const destination = stream ?? pino.destination({ dest: 1, sync: true });
  return pino(options, isPretty ? pretty({ destination, colorize: stream === undefined, ...ONE_LINE }) : destination);
}

/** `10:03:12 sent  Cart reminder … {pairing: 12}`: one line per outcome. */
const ONE_LINE = { singleLine: true, translateTime: 'SYS:HH:MM:ss', ignore: 'level', sync: true } as const;

function describeErrors(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isErrorLike(value) ? describeError(value) : value]),
  );
}

type LogArguments = Parameters<pino.LogFn>;

/** Of an error that comes without a text of ours, pino would take its own. */
function withOwnMessage(this: pino.Logger, given: LogArguments, method: pino.LogFn): void {
  const [fields, text, ...rest]: readonly unknown[] = given;
  const isBare = isErrorLike(fields);
  const hasError = isBare || (typeof fields === 'object' && fields !== null && 'err' in fields);
  if (!hasError) return method.apply(this, given);
  const told = typeof text === 'string' ? text : 'an error';
  method.apply(this, [isBare ? { err: fields } : fields, told, ...rest.filter((each) => !isErrorLike(each))]);
}
