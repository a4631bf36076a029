import type { Pool } from '../../../storage/pool.js';

/** Every row of every table, as text: what is found nowhere in it is kept nowhere. */
export async function everyRow(pool: Pool): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
     where c.relkind in ('r', 'm') and c.relnamespace = 'public'::regnamespace order by 1`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${name} t`);
    for (const { row } of rows) texts.push(`${name} ${row}`);
  }
  return texts.join('\n');
}
