import type { Queryable } from '../../pool.js';

const SQL = `select key from campaigns where key = any($1::text[]) and active_since is not null`;

/** Those of the keys whose campaign was ever launched. */
export async function selectLaunched(db: Queryable, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ key: string }>({ name: 'selectLaunched', text: SQL, values: [keys] });
  return new Set(rows.map(({ key }) => key));
}
