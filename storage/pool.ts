import { types as nodeTypes } from 'node:util';
import pg from 'pg';
import { MarkingClient } from './markingClient.js';

/** What a statement runs on: the pool, or the client of an open transaction. */
export type Queryable = Pick<pg.Pool | pg.PoolClient, 'query'>;
export type Pool = pg.Pool;
export type TransactionClient = pg.PoolClient;

const INT8 = 20;
const NUMERIC = 1700;
const TIMESTAMPTZ = 1184;

/**
 * Row values as the rest of the code speaks them: bigint ids and sequences as numbers (they stay below 2^53),
 * instants as epoch milliseconds (all our writes have millisecond precision).
 */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary') {
      if (oid === INT8 || oid === NUMERIC) return Number;
      // As ISO 8601: what JavaScript makes of anything else is its own affair (0001 would be 2001).
      if (oid === TIMESTAMPTZ)
        return (text: string) => Date.parse(text.replace(' ', 'T').replace(/[+-]\d\d$/, '$&:00'));
    }
    return pg.types.getTypeParser(oid, format);
  },
};

export interface PoolOptions {
  readonly connectionString: string;
  readonly max?: number;
  readonly applicationName?: string;
  /** How long we wait for an answer to a statement: a network that swallows it says nothing, ever. */
  readonly queryTimeoutMs?: number;
}

/** Later than the server's own deadline for a statement, which is the one that says why. */
const QUERY_TIMEOUT_MS = 35_000;

/**
 * Every wait has a deadline: connecting 1.2 s (the API answers within 2 s that it cannot record, also where a request waits 0.8 s for the
 * processor or for the transaction before its own), a statement 30 s, a lock 10 s, an idle transaction 60 s.
 */
export function createPool({
  connectionString,
  max = 10,
  applicationName = 'rappel',
  queryTimeoutMs = QUERY_TIMEOUT_MS,
}: PoolOptions): Pool {
  const pool = new pg.Pool({
    Client: MarkingClient,
    connectionString,
    max,
    types,
    application_name: applicationName,
    connectionTimeoutMillis: 1_200,
    statement_timeout: 30_000,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    // Statements that are not waited for one by one travel together, and are still run in the order they were sent.
    pipeline: true,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 60_000,
  });
  // An idle client that loses its server must not take the process down; the next query reports it.
  pool.on('error', () => undefined);
  // Nor must one that loses it between two statements of a transaction: the next of them fails, and is thrown.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** node-postgres gave up waiting for an answer: the connection still waits for it, and is of no further use. */
export function isUnanswered(error: unknown): boolean {
  return nodeTypes.isNativeError(error) && error.message === 'Query read timeout';
}

/** An instant as a statement parameter (cast `::timestamptz`). */
export function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
