import { instant, type Queryable, type TransactionClient } from '../../pool.js';

export interface SimulationStart {
  /** What happens with other campaigns triggers nothing (CC-02). */
  readonly activeKeys: readonly string[];
  /** Whether anything was recorded at or after the end of the period. */
  readonly hasLater: boolean;
  /** Pairings of the campaign that waited when the period began. */
  readonly waitingAtStart: number;
}

export interface SimulatedPeriod {
  /** Null: no campaign of that key is stored. */
  readonly campaignId: number | null;
  readonly from: number;
  readonly to: number;
}

const SQL = `
  select
    array(select key from campaigns where state = 'active') as "activeKeys",
    coalesce((select received_at >= $3::timestamptz from events order by received_at desc limit 1), false) as "hasLater",
    (
      select count(*) from pairings
      where campaign_id = $1::bigint and state in ('waiting', 'sending', 'parked') and created_at < $2::timestamptz
    ) + (
      select count(*) from pairings
      where campaign_id = $1::bigint and state = 'done' and settled_at >= $2::timestamptz and created_at < $2::timestamptz
    ) as "waitingAtStart"
`;

const READER = `
  select pg_backend_pid() as pid, set_config('statement_timeout', $1::text, true),
    set_config('cursor_tuple_fraction', '1', true), set_config('jit', 'off', true)
`;

/**
 * Makes the transaction a reader of one moment, that can write nothing and waits for no statement longer than that. The
 * planner is told that the whole cursor will be read (it would otherwise plan for the first tenth), and not to compile.
 * Answers the backend, to cancel its statement from another connection.
 */
export async function becomeReader(tx: TransactionClient, statementTimeoutMs: number): Promise<number> {
  await tx.query('set transaction isolation level repeatable read, read only');
  const { rows } = await tx.query<{ pid: number }>({
    name: 'becomeReader',
    text: READER,
    values: [String(statementTimeoutMs)],
  });
  return only(rows).pid;
}

export async function startSimulation(tx: Queryable, period: SimulatedPeriod): Promise<SimulationStart> {
  const { rows } = await tx.query<SimulationStart>({
    name: 'startSimulation',
    text: SQL,
    values: [period.campaignId, instant(period.from), instant(period.to)],
  });
  return only(rows);
}

function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('a select without from answered no row');
  return row;
}

const CANCEL = `
  select pg_cancel_backend($1::int)
`;

/** Ends the statement that a backend is running, from another connection. */
export async function cancelStatement(db: Queryable, pid: number): Promise<void> {
  await db.query({ name: 'cancelStatement', text: CANCEL, values: [pid] });
}
