import type { Queryable } from '../pool.js';

const SQL = `
  select count(*) as waiting from pairings p
  join campaigns c on c.id = p.campaign_id and c.generation = p.generation
  where p.campaign_id = $1::bigint and p.state in ('waiting', 'sending')
`;

/** How many people wait for the campaign now. */
export async function countWaiting(db: Queryable, campaignId: number): Promise<number> {
  const { rows } = await db.query<{ waiting: number }>({ name: 'countWaiting', text: SQL, values: [campaignId] });
  return rows[0]?.waiting ?? 0;
}
