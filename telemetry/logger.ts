// The one logger: readable lines in a terminal, JSON elsewhere. Lines carry internal ids; what could name a person or
// open a door is cut out wherever it stands, should a caller slip.
import { pino } from 'pino';
import pretty from 'pino-pretty';

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
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: [...REDACTED_PATHS], censor: '[removed]' },
    serializers: { err: pino.stdSerializers.err },
  };
  const isPretty = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
  // In process, not in pino's worker thread: a line printed before a crash must not be lost.
  const destination = stream ?? pino.destination({ dest: 1, sync: true });
  return pino(options, isPretty ? pretty({ destination, colorize: stream === undefined, ...ONE_LINE }) : destination);
}

/** `10:03:12 sent  Cart reminder … {pairing: 12}`: one line per outcome. */
const ONE_LINE = { singleLine: true, translateTime: 'SYS:HH:MM:ss', ignore: 'level', sync: true } as const;
