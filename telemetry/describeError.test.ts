import { DatabaseError } from 'pg';
import { ConfigError } from '../config/config.js';
import { RappelError } from '../domain/errors.js';
import { describeError, describeErrorInLine, framesOf } from './describeError.js';

const CANARY = 'zoe@canary.example';

/** As PostgreSQL tells of a row that it does not take. */
function databaseError(): DatabaseError {
  const error = new DatabaseError(`invalid input syntax for type integer: "${CANARY}"`, 100, 'error');
  return Object.assign(error, {
    severity: 'ERROR',
    code: '23505',
    detail: `Key (email)=(${CANARY}) already exists.`,
    where: `JSON data, line 1: {"email": "${CANARY}"…`,
    hint: CANARY,
    internalQuery: CANARY,
    table: 'users',
    constraint: 'users_email_key',
    column: 'email',
  });
}

describe('M6: what a log may say of an error', () => {
  test('of one of PostgreSQL its code and the places of the schema, never its message, detail or context', () => {
    const described = describeError(databaseError());
    expect(described).toMatchObject({
      type: 'error',
      code: '23505',
      severity: 'ERROR',
      table: 'users',
      constraint: 'users_email_key',
      column: 'email',
      stack: expect.stringContaining('describeError.test'),
    });
    expect(JSON.stringify(described)).not.toContain(CANARY);
  });

  test.each([
    ['a cause', new Error('x', { cause: databaseError() })],
    ['a cause that is a text', new Error('x', { cause: CANARY })],
    ['several errors', new AggregateError([databaseError(), CANARY], CANARY)],
    ['a text', CANARY],
    ['an object', { message: CANARY, detail: CANARY }],
    ['an object that looks like an error', { name: CANARY, message: CANARY, stack: CANARY, code: CANARY }],
    ['a name that is none', Object.assign(new Error('x'), { name: CANARY, table: CANARY, code: `${CANARY} ` })],
    ['a message of several lines', new Error(`x\n    at ${CANARY} (/app/x.js:1:2)\n    at /${CANARY}:1:2`)],
    [
      'a message that was changed afterwards',
      Object.assign(new Error(`a\n    at f (/${CANARY}:1:2)`), { message: `b\n    at f (/${CANARY}:1:2)` }),
    ],
    [
      'a getter that throws',
      Object.defineProperty(new Error('x'), 'code', {
        get: () => {
          throw new Error(CANARY);
        },
      }),
    ],
    ['an error of another code', new RappelError('not_found', `There is no ${CANARY}.`)],
  ])('nothing of %s', (_, error) => {
    expect(JSON.stringify(describeError(error))).not.toContain(CANARY);
    expect(framesOf(error).join()).not.toContain(CANARY);
    expect(describeErrorInLine(error)).not.toContain(CANARY);
  });

  test('a chain of causes and one that ends in itself are followed for a while', () => {
    const error = new Error('x');
    error.cause = error;
    expect(describeError(error)).toMatchObject({ cause: { cause: { type: 'Error' } } });
  });

  test('what is in our own words is said', () => {
    const unavailable = new RappelError('unavailable', 'The database is not migrated.', [], { cause: databaseError() });
    expect(describeError(unavailable)).toMatchObject({ message: unavailable.message, cause: { code: '23505' } });
    expect(describeError(new ConfigError(['PORT must be a number']))).toMatchObject({
      message: 'PORT must be a number',
    });
  });

  test('frames survive, of errors that came over the wire too', () => {
    expect(framesOf(new Error('one\ntwo'))[0]).toMatch(/^ {4}at .*describeError\.test/);
    const decoded = Object.assign(new Error('x'), {
      message: 'boom',
      stack: '    at f (/app/x.js:1:2)\n    at /app/y.js:3:4',
    });
    expect(framesOf(decoded)).toEqual(['    at f (/app/x.js:1:2)', '    at /app/y.js:3:4']);
  });

  test('a terminal is told in one line', () => {
    expect(describeErrorInLine(databaseError())).toBe('error 23505 (table users, constraint users_email_key)');
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
    expect(describeErrorInLine(refused)).toBe('nothing answers there (ECONNREFUSED) (syscall connect)');
    expect(describeErrorInLine(new AggregateError([refused], ''))).toMatch(/^AggregateError/);
  });
});
