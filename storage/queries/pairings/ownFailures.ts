import type { StorableText } from '../../../domain/schema/storableText.js';
import { instant, type Queryable } from '../../pool.js';

// Of the same attempt: a hold that ended in between moved `wake_at`, and begins a new count.
const COUNT = `
  with counted as (
    update pairings set own_failure = jsonb_build_object(
      'code', $2::text, 'wakeAt', wake_at,
      'count', case
        when own_failure->>'code' = $2::text and (own_failure->>'wakeAt')::timestamptz = wake_at
        then (own_failure->>'count')::int + 1 else 1
      end
    )
    where id = $1::bigint and state in ('waiting', 'sending')
      and ($3::timestamptz is null or coalesce(planned_at, due_at) < $3::timestamptz)
    returning (own_failure->>'count')::int as failures
  )
  select coalesce((select failures from counted), 0) as failures, p.user_id as "userId", c.key as campaign
  from pairings p join campaigns c on c.id = p.campaign_id
  where p.id = $1::bigint
`;

export interface OwnFailures {
  /** How often the attempt has now failed in this way; 0 where it is not counted. */
  readonly failures: number;
  readonly userId: number;
  /** The campaign's key. */
  readonly campaign: string;
}

/** Counts one more of a pairing that waits, or only if it was planned before an instant; null when there is none. */
export async function countOwnFailure(
  db: Queryable,
  pairingId: number,
  { code, plannedBefore }: { readonly code: string; readonly plannedBefore: number | null },
): Promise<OwnFailures | null> {
  const { rows } = await db.query<OwnFailures>({
    name: 'countOwnFailure',
    text: COUNT,
    values: [pairingId, code, plannedBefore === null ? null : instant(plannedBefore)],
  });
  return rows[0] ?? null;
}

const PARK = `
  update pairings set
    state = 'parked', evidence = jsonb_build_object('error', $2::text, 'stage', 'attempt'),
    parked_at = statement_timestamp()
  where id = $1::bigint and state in ('waiting', 'sending')
`;

/**
 * Parks a pairing whose attempts fail by our own fault. A claim of it stays: a retry finds out what became of it first.
 * False when it waits no longer.
 */
export async function parkFailing(db: Queryable, pairingId: number, error: StorableText): Promise<boolean> {
  const { rowCount } = await db.query({ name: 'parkFailing', text: PARK, values: [pairingId, error] });
  return rowCount === 1;
}
