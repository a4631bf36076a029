/** What events and messages say of somebody who was deleted, page by page. That they happened stays, for the counts. */
import type { Queryable } from '../../../pool.js';

const PAIRINGS = `
  select id from pairings where user_id = $1::bigint and id > $2::bigint order by id limit $3::int
`;

/** The next pairings of the person, by id. */
export async function selectPairingsOf(
  tx: Queryable,
  { userId, afterId, limit }: { readonly userId: number; readonly afterId: number; readonly limit: number },
): Promise<readonly number[]> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'selectPairingsOf',
    text: PAIRINGS,
    values: [userId, afterId, limit],
  });
  return rows.map(({ id }) => id);
}

// A claimed message has a request: an empty one tells that there is nothing to repeat, nor to tell of.
const MESSAGES = `
  update messages m set
    request = case when m.state = 'claimed' then '{}'::jsonb end, reference = null, detail = null, refused = '[]'
  where m.pairing_id = any($1::bigint[])
    and (m.request is not null or m.reference is not null or m.detail is not null or m.refused <> '[]')
`;

const TRIGGERS = `
  update pairings set trigger_properties = '{}', evidence = '{}'
  where id = any($1::bigint[]) and (trigger_properties <> '{}' or evidence <> '{}')
`;

/** Messages before their pairings, as who settles locks them. */
export async function erasePairings(tx: Queryable, pairingIds: readonly number[]): Promise<void> {
  if (pairingIds.length === 0) return;
  await tx.query({ name: 'eraseMessages', text: MESSAGES, values: [pairingIds] });
  await tx.query({ name: 'eraseTriggers', text: TRIGGERS, values: [pairingIds] });
}

const EVENTS = `
  with page as (
    select received_at, seq from events where user_id = $1::bigint limit $2::int
  )
  delete from events e using page p where e.received_at = p.received_at and e.seq = p.seq
`;

const REJECTIONS = `
  with page as (
    select recorded_at, id from rejections where user_id = $1::bigint and evidence <> '{}' limit $2::int
  )
  update rejections r set evidence = '{}' from page p where r.recorded_at = p.recorded_at and r.id = p.id
`;

/** Deletes events, and empties what rejections saw, at most `limit` of each; returns whether there may be more. */
export async function eraseEvents(tx: Queryable, userId: number, limit: number): Promise<boolean> {
  const events = await tx.query({ name: 'eraseEvents', text: EVENTS, values: [userId, limit] });
  const rejections = await tx.query({ name: 'eraseRejections', text: REJECTIONS, values: [userId, limit] });
  return events.rowCount === limit || rejections.rowCount === limit;
}
