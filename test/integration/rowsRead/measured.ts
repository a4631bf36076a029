// What each statement on a connection of the pool read, told by PostgreSQL itself (auto_explain) when it ran.
import type { Pool } from '../../../storage/pool.js';
import type { TestDatabase } from '../../setup/database.js';

export interface Measured {
  /** Of the prepared statement; the first words of one that has no name. */
  readonly name: string;
  /** Rows that scans of tables and indexes looked at, those that a filter dropped included. */
  readonly touched: number;
  /** Rows that the statement answered or wrote. */
  readonly answered: number;
  /** Of 8 kB, read or found in shared memory. */
  readonly blocks: number;
  readonly plan: Plan;
}

export interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Plan[];
}

const SETTINGS = {
  session_preload_libraries: "'auto_explain'",
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_format': 'json',
  'auto_explain.log_level': 'notice',
};

/** Plans for the values of each call, or one plan for whatever values: PostgreSQL takes either. */
export type PlanMode = 'force_custom_plan' | 'force_generic_plan';

export interface Measuring {
  /** What ran since the last call. */
  take(): readonly Measured[];
  /** From now on statements are planned in this way. */
  plan(mode: PlanMode): Promise<void>;
}

export async function startMeasuring({ pool }: TestDatabase): Promise<Measuring> {
  const names = new Map<string, string>();
  let measured: Measured[] = [];
  pool.on('connect', (client) => {
    client.on('notice', ({ message }) => {
      const json = /^duration: .*? plan:\n([\s\S]*)$/.exec(message ?? '')?.[1];
      if (json === undefined) return;
      const { 'Query Text': text, Plan: plan } = JSON.parse(json);
      measured.push({ name: names.get(text) ?? text.trim().slice(0, 80), ...read(plan), plan });
    });
    const query = client.query.bind(client);
    Object.assign(client, {
      query: (statement: string | { name?: string; text: string }, ...rest: unknown[]) => {
        if (typeof statement === 'object' && statement.name !== undefined) names.set(statement.text, statement.name);
        return Reflect.apply(query, client, [statement, ...rest]);
      },
    });
  });
  await set(pool, SETTINGS);
  return {
    take() {
      const taken = measured;
      measured = [];
      return taken;
    },
    plan: (mode) => set(pool, { plan_cache_mode: mode }),
  };
}

/** Settings of the database hold for connections to come, so those that exist are ended: all are idle between calls. */
async function set(pool: Pool, settings: Readonly<Record<string, string>>): Promise<void> {
  const { rows } = await pool.query('select current_database() as name');
  for (const [name, value] of Object.entries(settings))
    await pool.query(`alter database ${rows[0].name} set ${name} = ${value}`);
  while (pool.idleCount > 0) (await pool.connect()).release(true);
}

function read(plan: Plan): Omit<Measured, 'name' | 'plan'> {
  const nodes = all(plan);
  const written = nodes
    .filter((node) => node['Node Type'] === 'ModifyTable')
    .flatMap(({ Plans = [] }) => Plans.slice(0, 1))
    .map(rowsOf);
  return {
    touched: Math.round(sum(nodes.filter(isScan).map((node) => rowsOf(node) + dropped(node)))),
    answered: Math.round(Math.max(rowsOf(plan), sum(written))),
    blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
  };
}

function all(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(all)];
}

function isScan(node: Plan): boolean {
  return node['Relation Name'] !== undefined && node['Node Type'] !== 'ModifyTable';
}

function rowsOf(node: Plan): number {
  return node['Actual Rows'] * node['Actual Loops'];
}

function dropped(node: Plan): number {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return removed * node['Actual Loops'];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
