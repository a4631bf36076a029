import type { Client } from 'pg';

/** Statements on the table fail in the database itself, until `mend`. */
export async function breaking(database: Client, table: string, body: string): Promise<{ mend(): Promise<unknown> }> {
  await database.query(`create or replace function break_${table}() returns trigger language plpgsql as
    $$ begin ${body} return new; end $$`);
  await database.query(
    `create trigger break_it before insert on ${table} for each row execute function break_${table}()`,
  );
  return { mend: () => database.query(`drop trigger break_it on ${table}`) };
}
