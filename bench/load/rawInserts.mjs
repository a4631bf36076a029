// The floor of ingestion: rows into the table of events, 500 a statement, nothing decided and nobody locked.
import pg from 'pg';
import { serveCalls } from '../stack/child.mjs';

const ROWS_A_STATEMENT = 500;
const SQL = `
  insert into events (seq, received_at, user_id, kind, name, time, properties)
  select nextval('events_seq'), $1::timestamptz, u.id, 'custom', u.name, $1::timestamptz, u.properties
  from unnest($2::bigint[], $3::text[], $4::jsonb[]) as u(id, name, properties)
`;

await serveCalls(async ({ database }) => {
  const pools = new Map();
  const poolOf = (max) => {
    if (!pools.has(max)) {
      const pool = new pg.Pool({ connectionString: database, max });
      // An idle connection that PostgreSQL ends must not end the process: the next statement says so.
      pool.on('error', () => undefined);
      pools.set(max, pool);
    }
    return pools.get(max);
  };
  return {
    /** Each statement commits by itself. */
    async insert({ statements, people, connections }) {
      const pool = poolOf(connections);
      const batches = Array.from({ length: Math.min(statements, 20) }, () => [
        Array.from({ length: ROWS_A_STATEMENT }, () => 1 + Math.floor(Math.random() * people)),
        Array.from({ length: ROWS_A_STATEMENT }, (_, i) => `visited_${i % 20}`),
        Array.from({ length: ROWS_A_STATEMENT }, (_, i) => JSON.stringify({ page: `/item/${i}`, position: i % 50 })),
      ]);
      const startedAt = performance.now();
      let next = 0;
      const lanes = Array.from({ length: connections }, async () => {
        while (next < statements) {
          const batch = batches[next % batches.length];
          next += 1;
          await pool.query({ name: 'raw', text: SQL, values: [new Date().toISOString(), ...batch] });
        }
      });
      await Promise.all(lanes);
      return { ms: performance.now() - startedAt, events: statements * ROWS_A_STATEMENT };
    },
  };
});
