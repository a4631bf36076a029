/**
 * What a log may say of an error: the one serializer of all logs. Messages of the database, of mail servers, of parsers
 * and of templates quote the values they were given, as do `detail` and `where` of PostgreSQL's errors, so only what
 * cannot hold a value of a person goes through: names, codes, the places of the schema, where in the code.
 */
import { types } from 'node:util';

export interface DescribedError {
  readonly type: string;
  /** Only where it is made of our own words. */
  readonly message?: string;
  readonly code?: string | number;
  /** Frames alone: what precedes them in a stack is the message. */
  readonly stack?: string;
  readonly cause?: DescribedError;
  readonly errors?: readonly DescribedError[];
  /** `constraint`, `table`, … of a PostgreSQL error; `syscall` of the system's; `responseCode` of a mail server's. */
  readonly [field: string]: unknown;
}

/** Errors of ours whose messages hold our words and an operator's settings, and nobody's data; one of them by its code. */
const IN_OUR_WORDS: ReadonlySet<string> = new Set([
  'ConfigError',
  'MigrationError',
  'RappelError unavailable',
  'UsageError',
]);

/** Of identifiers: they are written by developers, and anything else is not let through. */
const NAMES = [
  'severity',
  'schema',
  'table',
  'column',
  'dataType',
  'constraint',
  'routine',
  'syscall',
  'command',
] as const;
const NUMBERS = ['responseCode', 'port', 'attempt'] as const;
const IDENTIFIER = /^[A-Za-z][\w$.]{0,62}$/;
const CODE = /^[A-Za-z0-9_.-]{1,40}$/;
const MOST_FRAMES = 12;
const MOST_ERRORS = 5;
const DEEPEST = 5;

export function describeError(error: unknown, depth = 0): DescribedError {
  if (!isErrorLike(error)) return { type: error === null ? 'null' : typeof error };
  const type = identifier(read(error, 'name')) ?? 'Error';
  const code = codeOf(error);
  const message = read(error, 'message');
  const told = IN_OUR_WORDS.has(type) || IN_OUR_WORDS.has(`${type} ${code}`) ? message : undefined;
  const names = NAMES.map((name) => [name, identifier(read(error, name))] as const);
  const numbers = NUMBERS.map((name) => [name, numberOf(read(error, name))] as const);
  // `type` of Temporal's failures is a name of ours: how the activity failed.
  const failure = identifier(read(error, 'type'));
  const { cause, errors } = causesOf(error, depth);
  const places = Object.fromEntries<unknown>([...names, ...numbers]);
  return withoutUndefined({
    type,
    failure,
    code,
    message: typeof told === 'string' ? told : undefined,
    ...places,
    stack: framesOf(error).slice(0, MOST_FRAMES).join('\n') || undefined,
    cause,
    errors,
  });
}

/** The same in one line, for a terminal: `error 23505 (table users, constraint users_email)`. */
export function describeErrorInLine(error: unknown): string {
  const { type, code, message, table, constraint, syscall, cause } = describeError(error);
  if (message !== undefined) return message;
  const places = Object.entries({ table, constraint, syscall }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${String(value)}`],
  );
  const known = typeof code === 'string' ? IN_WORDS[code] : undefined;
  const what = known ?? (code === undefined ? type : `${type} ${code}`);
  const why =
    code === undefined && cause !== undefined ? `, because of ${cause.type} ${cause.code ?? ''}`.trimEnd() : '';
  return `${what}${known === undefined || code === undefined ? '' : ` (${code})`}${places.length === 0 ? '' : ` (${places.join(', ')})`}${why}`;
}

/** What an operator meets while setting up. */
const IN_WORDS: Readonly<Record<string, string>> = {
  '28P01': 'the database refuses the password',
  '28000': 'the database refuses the user',
  '3D000': 'there is no such database',
  '42501': 'the database user may not do that',
  '42P01': 'a table is missing: run rappel migrate',
  '53300': 'the database has no connection left',
  '57P03': 'the database is starting up or shutting down',
  ECONNREFUSED: 'nothing answers there',
  ENOTFOUND: 'there is no host of that name',
  ETIMEDOUT: 'no answer came in time',
};

/** An error of any realm: those of Node and of the workflow sandbox are no instances of this one's class. */
export function isErrorLike(value: unknown): value is object {
  if (types.isNativeError(value)) return true;
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof read(value, 'message') === 'string' &&
    typeof read(value, 'stack') === 'string'
  );
}

const FRAME =
  /^ +at (?:[\w$.<>[\] #*]+ \((?:node:|file:|\/|[A-Z]:\\|webpack|<anonymous>)[^()\n]*\)|(?:node:|file:|\/|[A-Z]:\\|webpack)[^()\n]*:\d+)$/;

/**
 * Where it was thrown, as lines of a stack. A message of several lines may look like frames: it is cut off where the
 * stack begins with it, and where it does not, nothing of such an error is believed.
 */
export function framesOf(error: unknown): readonly string[] {
  if (!isErrorLike(error)) return [];
  const [stack, message] = [read(error, 'stack'), read(error, 'message')];
  if (typeof stack !== 'string' || typeof message !== 'string') return [];
  const at = message === '' ? 0 : stack.indexOf(message);
  if (at < 0 && /[\n\r]/.test(message)) return [];
  const frames = at < 0 ? stack : stack.slice(at + message.length);
  return frames.split('\n').filter((line) => FRAME.test(line));
}

function causesOf(error: object, depth: number) {
  if (depth >= DEEPEST) return { cause: undefined, errors: undefined };
  const [cause, errors] = [read(error, 'cause'), read(error, 'errors')];
  return {
    cause: cause === undefined || cause === null ? undefined : describeError(cause, depth + 1),
    errors: Array.isArray(errors)
      ? errors.slice(0, MOST_ERRORS).map((each: unknown) => describeError(each, depth + 1))
      : undefined,
  };
}

function codeOf(error: object): string | number | undefined {
  const code = read(error, 'code');
  return typeof code === 'string' && CODE.test(code) ? code : numberOf(code);
}

function identifier(value: unknown): string | undefined {
  return typeof value === 'string' && IDENTIFIER.test(value) ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

/** A getter may throw, and a log must not. */
function read(object: object, name: string): unknown {
  try {
    const value: unknown = Reflect.get(object, name);
    return value;
  } catch {
    return undefined;
  }
}

function withoutUndefined<T extends object>(fields: T): T {
  for (const name of Object.keys(fields))
    if (Reflect.get(fields, name) === undefined) Reflect.deleteProperty(fields, name);
  return fields;
}
