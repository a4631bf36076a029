import { instant, type Queryable } from '../../pool.js';

export interface Reclaim {
  readonly messageId: number;
  /** The attempt whose fate is in doubt: only that one may be taken over. */
  readonly attempt: number;
  readonly leaseUntil: number;
}

const SQL = `
  update messages set
    attempt = attempt + 1, resends = resends + 1, lease_until = $3::timestamptz, claimed_at = $4::timestamptz
  where id = $1::bigint and attempt = $2::int and state = 'claimed'
  returning attempt
`;

/** Takes over a claim in doubt, to repeat its stored request. Null: another attempt was faster. */
export async function reclaimMessage(db: Queryable, reclaim: Reclaim, now: number): Promise<number | null> {
  const { rows } = await db.query<{ attempt: number }>({
    name: 'reclaimMessage',
    text: SQL,
    values: [reclaim.messageId, reclaim.attempt, instant(reclaim.leaseUntil), instant(now)],
  });
  return rows[0]?.attempt ?? null;
}
