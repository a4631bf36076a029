import type { Queryable } from '../../pool.js';

export interface RecipientQuestion {
  readonly userId: number;
  readonly campaignKey: string;
}

const SQL = `
  select r.user_id, c.key
  from unnest($1::bigint[], $2::text[]) as q(user_id, key)
  join campaigns c on c.key = q.key
  join receipts r on r.user_id = q.user_id and r.campaign_id = c.id
`;

/** Those of the pairs in which the person has received the campaign. */
export async function selectRecipients(
  tx: Queryable,
  questions: readonly RecipientQuestion[],
): Promise<readonly RecipientQuestion[]> {
  const { rows } = await tx.query<{ user_id: number; key: string }>({
    name: 'selectRecipients',
    text: SQL,
    values: [questions.map(({ userId }) => userId), questions.map(({ campaignKey }) => campaignKey)],
  });
  return rows.map(({ user_id: userId, key: campaignKey }) => ({ userId, campaignKey }));
}
