import type { Queryable } from '../../pool.js';

// Not `for update`: that would wait for every pairing being inserted, whose foreign key holds a key share.
const SQL = 'select id from campaigns where key = $1::text for no key update';

/** Serialises changes of one campaign; read it afterwards, in a statement of its own, to see the latest. */
export async function lockCampaign(tx: Queryable, key: string): Promise<boolean> {
  const { rowCount } = await tx.query({ name: 'lockCampaign', text: SQL, values: [key] });
  return rowCount === 1;
}
