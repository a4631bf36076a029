import type { TriggerSnapshot } from '../../../domain/event/matcher.js';
import type { Profile } from '../../../domain/profile/profile.js';
import type { Queryable } from '../../pool.js';
import { PAGE_BYTES } from '../events/storedHistory.js';
import { type TriggerColumns, triggerOf } from '../pairings/triggerColumns.js';
import { type ProfileRow, profileColumns, profileOf } from '../people/profileColumns.js';

export interface WaitingPerson {
  readonly pairingId: number;
  readonly userId: number;
  readonly dueAt: number;
  readonly wakeAt: number;
  /** Dispatch has begun: it waits for its provider. */
  readonly hasBegun: boolean;
  readonly trigger: TriggerSnapshot;
  /** Null when the person was deleted. */
  readonly profile: Profile | null;
}

interface Row extends ProfileRow, TriggerColumns {
  readonly id: number;
  readonly user_id: number;
  readonly due_at: number;
  readonly wake_at: number;
  readonly has_begun: boolean;
  readonly is_known: boolean;
  readonly found: number;
}

// Cut by bytes too: each may have 1 MB of attributes.
const SQL = `
  select
    w.id, w.user_id, w.due_at, w.wake_at,
    exists (select from messages m where m.pairing_id = w.id) as has_begun,
    w.trigger_kind, w.trigger_name, w.trigger_time, w.trigger_seq, w.trigger_properties, w.trigger_whole_second,
    w.is_known, ${profileColumns('w')}, w.found
  from (
    select w.*, count(*) over () as found, sum(w.size) over (order by w.id rows unbounded preceding) as bytes
    from (
      select p.id, p.user_id, p.due_at, p.wake_at, p.trigger_kind, p.trigger_name, p.trigger_time, p.trigger_seq,
        p.trigger_properties, p.trigger_whole_second, u.id is not null as is_known, ${profileColumns('u')},
        octet_length(p.trigger_properties::text) + coalesce(octet_length(u.attributes::text), 0) as size
      from (
        select p.* from pairings p
        where p.campaign_id = $1::bigint and p.generation = (select generation from campaigns where id = $1::bigint)
          and p.state = 'waiting' and p.id > $2::bigint
        order by p.generation, p.id
        limit $3::int
      ) p
      left join users u on u.id = p.user_id
    ) w
  ) w
  where w.bytes - w.size < ${PAGE_BYTES}
  order by w.id
`;

/** Who waits in the campaign's current generation, by pairing id. */
export async function selectWaitingPage(
  db: Queryable,
  { campaignId, afterId, limit }: { readonly campaignId: number; readonly afterId: number; readonly limit: number },
): Promise<{ readonly people: readonly WaitingPerson[]; readonly isLast: boolean }> {
  const { rows } = await db.query<Row>({ name: 'selectWaitingPage', text: SQL, values: [campaignId, afterId, limit] });
  const people = rows.map((row) => ({
    pairingId: row.id,
    userId: row.user_id,
    dueAt: row.due_at,
    wakeAt: row.wake_at,
    hasBegun: row.has_begun,
    trigger: triggerOf(row),
    profile: row.is_known ? profileOf(row) : null,
  }));
  const found = rows[0]?.found ?? 0;
  return { people, isLast: found < limit && rows.length === found };
}
