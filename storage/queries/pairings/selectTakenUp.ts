import type { Queryable } from '../../pool.js';

const SQL = `
  select id from pairings
  where id = any($1::bigint[]) and (state <> 'waiting' or wake_at > statement_timestamp() + interval '500 milliseconds')
`;

/** Those of the pairings that an attempt has looked at: claimed, ended or put off. */
export async function selectTakenUp(db: Queryable, pairingIds: readonly number[]): Promise<readonly number[]> {
  const { rows } = await db.query<{ id: number }>({ name: 'selectTakenUp', text: SQL, values: [pairingIds] });
  return rows.map(({ id }) => id);
}
