/**
 * A client of PostgreSQL that remembers which errors came of connecting. Whatever the server says then (no such database, a
 * wrong password, a certificate that has expired), it says nothing of the statement that waits for the connection, though
 * the same code may be given to a statement: 42501 is a role that may not connect, and one that may not read a table.
 */
import pg from 'pg';

const ofConnecting = new WeakSet<Error>();

export function isOfConnecting(error: Error): boolean {
  return ofConnecting.has(error);
}

type Connected = Parameters<pg.ClientBase['connect']>[0];

export class MarkingClient extends pg.Client {
  override connect(): Promise<pg.Client>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): unknown {
    if (callback === undefined) {
      return super.connect().catch((error: unknown) => {
        throw marked(error);
      });
    }
    super.connect((error: Error) => Reflect.apply(callback, undefined, [marked(error), this]));
    return undefined;
  }
}

/** The error itself; null, as node-postgres says that there is none, stays null. */
function marked<T>(error: T): T {
  if (error instanceof Error) ofConnecting.add(error);
  return error;
}
