/** Errors that say nothing of the work itself, only that the database cannot be asked now. */
import { types } from 'node:util';
import { isOfConnecting } from './markingClient.js';

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
 * Lost connections (class 08, 57P01…57P05), a full disk or memory (53), a database that only reads (25006, as after a
 * failover), and waits that ended: statement (57014), lock (55P03), transaction (25P03, 25P04), deadlock or serialisation
 * failure after all retries. The same request may succeed later.
 */
const UNAVAILABLE_STATES = /^(08\w{3}|57P0\d|53\w{3}|25006|57014|55P03|40001|40P01|25P03|25P04)$/;

/** Of these, the waits that ended in a database that answers. */
const GIVEN_UP_STATES = /^(57014|55P03|40001|40P01|25P03|25P04)$/;

/** How node-postgres says the same without a code. */
const UNAVAILABLE_MESSAGES =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout)/;

export function isDatabaseUnavailable(error: unknown): boolean {
  // Not `instanceof`: errors of Node itself may come from another realm.
  if (!types.isNativeError(error)) return false;
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.some(isDatabaseUnavailable);
  if (isOfConnecting(error)) return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return NETWORK_CODES.has(code) || UNAVAILABLE_STATES.test(code) || UNAVAILABLE_MESSAGES.test(error.message);
}

/** A statement that ended after waiting or working for too long: one such may be slow for ever. */
export function isGivenUp(error: unknown): boolean {
  return GIVEN_UP_STATES.test(stateOf(error));
}

/** A row that somebody else holds for too long. */
export function isLockTimeout(error: unknown): boolean {
  return stateOf(error) === '55P03';
}

/** A statement that worked, or waited, for longer than it was given. */
export function isStatementTimeout(error: unknown): boolean {
  return stateOf(error) === '57014';
}

/** Values, constraints or the statement itself are at fault (classes 22, 23 and 42): the same again fails again. */
export function isRefusedForGood(error: unknown): boolean {
  return /^(22|23|42)\w{3}$/.test(stateOf(error));
}

/** A value that PostgreSQL cannot take (22P02, 22P05, 22021): text with U+0000, half a character, a number that is none. */
export function isUnstorable(error: unknown): boolean {
  return /^(22P02|22P05|22021)$/.test(stateOf(error));
}

/** What a statement failed with; empty where it was not a statement that failed. */
function stateOf(error: unknown): string {
  if (!types.isNativeError(error) || isOfConnecting(error)) return '';
  return 'code' in error ? String(error.code) : '';
}
