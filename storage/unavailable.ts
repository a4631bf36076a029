/** Errors that say nothing of the work itself, only that the database cannot be asked now. */
import { types } from 'node:util';

const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * Lost or refused connections (class 08, 57P01…57P05, 53300), and waits that ended: statement (57014), lock (55P03),
 * deadlock or serialisation failure after all retries. The same request may succeed later.
 */
const UNAVAILABLE_STATES = /^(08\w{3}|57P0\d|53\w{3}|57014|55P03|40001|40P01|25P03)$/;

/** Of these, the waits that ended in a database that answers. */
const GIVEN_UP_STATES = /^(57014|55P03|40001|40P01|25P03)$/;

/** How node-postgres says the same without a code. */
const UNAVAILABLE_MESSAGES =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout)/;

export function isDatabaseUnavailable(error: unknown): boolean {
  // Not `instanceof`: errors of Node itself may come from another realm.
  if (!types.isNativeError(error)) return false;
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.some(isDatabaseUnavailable);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return NETWORK_CODES.has(code) || UNAVAILABLE_STATES.test(code) || UNAVAILABLE_MESSAGES.test(error.message);
}

/** A statement that ended after waiting or working for too long: one such may be slow for ever. */
export function isGivenUp(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && GIVEN_UP_STATES.test(String(error.code));
}

/** A row that somebody else holds for too long. */
export function isLockTimeout(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && error.code === '55P03';
}

/** Values, constraints or the statement itself are at fault (classes 22, 23 and 42): the same again fails again. */
export function isRefusedForGood(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && /^(22|23|42)\w{3}$/.test(String(error.code));
}

/** A value that PostgreSQL cannot take (22P02, 22P05, 22021): text with U+0000, half a character, a number that is none. */
export function isUnstorable(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && /^(22P02|22P05|22021)$/.test(String(error.code));
}
