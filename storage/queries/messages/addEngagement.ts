import { instant, type Queryable } from '../../pool.js';

/** What an insert into `engagements g` does where there is one already. */
export const ONE_MORE = `
  on conflict (user_id, campaign_id, step, variant, channel) do update set
    count = g.count + excluded.count, first_at = least(g.first_at, excluded.first_at),
    last_at = greatest(g.last_at, excluded.last_at)
`;

const SQL = `
  insert into engagements as g (user_id, campaign_id, variant, channel, count, first_at, last_at)
  select m.user_id, m.campaign_id, m.variant, m.channel, 1, $2::timestamptz, $2::timestamptz
  from messages m
  where m.id = $1::bigint
  ${ONE_MORE}
`;

/** Of a message that was received at `now`, under the lock of its person. */
export async function addEngagement(tx: Queryable, messageId: number, now: number): Promise<void> {
  await tx.query({ name: 'addEngagement', text: SQL, values: [messageId, instant(now)] });
}
