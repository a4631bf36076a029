import { setTimeout as wait } from 'node:timers/promises';
import { isUnanswered, type Pool, type TransactionClient } from './pool.js';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const MAX_ATTEMPTS = 5;

/** What `work` saw was changed by somebody else meanwhile: the transaction is run again, as if the database had said so. */
export class SerializationFailure extends Error {
  readonly code = SERIALIZATION_FAILURE;

  /** `catchUp`: what is done first, with no transaction open; without it, a short wait. */
  constructor(
    message?: string,
    readonly catchUp: ((pool: Pool) => Promise<void>) | null = null,
  ) {
    super(message);
  }
}

export interface TransactionOptions {
  /** Shorter than the pool's own: a lock that is not had by then ends the transaction (55P03). */
  readonly lockTimeoutMs?: number;
}

/** Runs `work` in one transaction, again on serialisation failures and deadlocks; anything else rolls back and is thrown. */
export async function withTransaction<T>(
  pool: Pool,
  work: (tx: TransactionClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  return await withOpenedTransaction(pool, { open: nothing, work }, options);
}

/**
 * The same with a first step, `open`, whose statements are sent right behind `begin`: one wait for the server instead of
 * several. `open` may only lock and read, as its statements would be run even if `begin` failed.
 */
export async function withOpenedTransaction<Opened, T>(
  pool: Pool,
  steps: Steps<Opened, T>,
  { lockTimeoutMs }: TransactionOptions = {},
): Promise<T> {
  // One message to the server, whatever it says.
  const begin = lockTimeoutMs === undefined ? 'begin' : `begin; set local lock_timeout = ${Math.ceil(lockTimeoutMs)}`;
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(pool, begin, steps);
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !isRetryable(error)) throw error;
      if (error instanceof SerializationFailure && error.catchUp !== null) await error.catchUp(pool);
      else await wait(5 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

interface Steps<Opened, T> {
  open(tx: TransactionClient): Promise<Opened>;
  work(tx: TransactionClient, opened: Opened, withCommit: WithCommit): Promise<T>;
}

/**
 * Takes a statement that was sent and whose answer nothing needs: it is waited for together with the commit, which the
 * server turns into a rollback if the statement failed.
 */
export type WithCommit = (statement: Promise<unknown>) => void;

const nothing = () => Promise.resolve();

async function runOnce<Opened, T>(pool: Pool, begin: string, { open, work }: Steps<Opened, T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const sent = new SentStatements();
  try {
    const [, opened] = await Promise.all([client.query(begin), open(client)]);
    const result = await work(client, opened, (statement) => sent.add(statement));
    sent.throwIfFailed();
    const [{ command }] = await Promise.all([client.query('commit'), sent.allAnswered()]);
    if (command !== 'COMMIT') throw new Error(`the server answered a commit with ${command}`);
    return result;
  } catch (caught) {
    // What follows a statement that failed is only told that the transaction has.
    const error = (await sent.failure()) ?? caught;
    if (isUnanswered(error)) broken = new Error('its last statement was never answered', { cause: error });
    else
      await client.query('rollback').catch((rollbackError: Error) => {
        broken = rollbackError;
      });
    throw error;
  } finally {
    // A client that could not even roll back has lost its connection and must not be reused.
    client.release(broken);
  }
}

/** Statements of one transaction that are waited for with its commit. None of their errors goes unhandled, whatever ends first. */
class SentStatements {
  readonly #statements: Promise<unknown>[] = [];
  #failure: Error | undefined;

  add(statement: Promise<unknown>): void {
    this.#statements.push(statement);
    statement.catch((error: unknown) => {
      this.#failure ??= error instanceof Error ? error : new Error('a statement failed', { cause: error });
    });
  }

  /** Of a statement that could not even be sent the server knows nothing, and would commit the rest. */
  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  async allAnswered(): Promise<void> {
    await Promise.all(this.#statements);
  }

  /** The first error of them, once each is answered; undefined where there is none. */
  async failure(): Promise<Error | undefined> {
    await Promise.allSettled(this.#statements);
    return this.#failure;
  }
}

/**
 * Runs `work` under a savepoint: if it fails, what it wrote is undone, `instead` runs, and the transaction goes on.
 * Serialisation failures and deadlocks are thrown all the same: the whole transaction is run again.
 */
export async function withSavepoint(
  tx: TransactionClient,
  work: () => Promise<void>,
  instead: (error: unknown) => Promise<void>,
): Promise<void> {
  await tx.query('savepoint work');
  try {
    await work();
    await tx.query('release savepoint work');
  } catch (error) {
    if (isRetryable(error)) throw error;
    await tx.query('rollback to savepoint work');
    await instead(error);
  }
}

function isRetryable(error: unknown): boolean {
  const code = (error as { code?: string } | null)?.code;
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}
