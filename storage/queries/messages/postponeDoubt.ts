import type { StorableText } from '../../../domain/schema/storableText.js';
import { instant, type Queryable } from '../../pool.js';
import { WITH_REFUSAL } from './refusalLog.js';

export interface PostponedDoubt {
  readonly messageId: number;
  readonly attempt: number;
  readonly until: number;
  /** The answer that the repetition got. */
  readonly code: string;
  readonly detail: StorableText;
}

// An empty request: its person was deleted, and what the provider said may name them.
const SQL = `
  update messages m set
    lease_until = $3::timestamptz, refusals = m.refusals + 1, resends = greatest(m.resends - 1, 0),
    refused = case when m.request = '{}' then m.refused else ${WITH_REFUSAL} end
  from (select $4::text as code, $5::text as detail, $6::timestamptz as answered_at) r
  where m.id = $1::bigint and m.attempt = $2::int and m.state = 'claimed'
`;

/** The repetition of a message in doubt was refused: the doubt stays, and the repetition does not count. */
export async function postponeDoubt(db: Queryable, doubt: PostponedDoubt, now: number): Promise<void> {
  await db.query({
    name: 'postponeDoubt',
    text: SQL,
    values: [doubt.messageId, doubt.attempt, instant(doubt.until), doubt.code, doubt.detail, instant(now)],
  });
}
