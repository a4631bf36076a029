import { instant, type Queryable } from '../pool.js';

export interface PostponedDoubt {
  readonly messageId: number;
  readonly attempt: number;
  readonly until: number;
}

const SQL = `
  update messages set
    lease_until = $3::timestamptz, refusals = refusals + 1, resends = greatest(resends - 1, 0)
  where id = $1::bigint and attempt = $2::int and state = 'claimed'
`;

/** The repetition of a message in doubt was refused: the doubt stays, and the repetition does not count. */
export async function postponeDoubt(db: Queryable, doubt: PostponedDoubt): Promise<void> {
  await db.query({
    name: 'postponeDoubt',
    text: SQL,
    values: [doubt.messageId, doubt.attempt, instant(doubt.until)],
  });
}
