// What was asked of PostgreSQL between two looks, from pg_stat_statements; the benchmark's own role is left out.
const SQL = `
  select d.datname as database, sum(s.calls)::float8 as calls,
    coalesce(sum(s.calls) filter (where s.query ~* '^\\s*(insert|update|delete|with\\M.*\\m(insert|update|delete))'), 0)::float8 as writes
  from pg_stat_statements s join pg_database d on d.oid = s.dbid
  where s.userid <> (select oid from pg_roles where rolname = current_user)
  group by d.datname
`;

export async function forgetStatements(installation) {
  await installation.query('select pg_stat_statements_reset()');
}

/** Statements in Rappel's database, and those that write rows in Temporal's two. */
export async function countStatements(installation) {
  const rows = await installation.query(SQL);
  const of = (name, field) => rows.find(({ database }) => database === name)?.[field] ?? 0;
  return {
    own: of('rappel', 'calls'),
    temporalWrites: of('temporal', 'writes') + of('temporal_visibility', 'writes'),
  };
}
