import { instant, type Queryable } from '../../../pool.js';
import { ONE_MORE } from '../../messages/addEngagement.js';

const FIND = `select id, merged_into from merged_people where id = any($1::bigint[])`;

/** Whom those who were merged are now. */
export async function findMerged(tx: Queryable, ids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const { rows } = await tx.query<{ id: number; merged_into: number }>({
    name: 'findMerged',
    text: FIND,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, row.merged_into]));
}

const COUNT_EVENTS = `select count(*) as count from (select from events where user_id = $1::bigint limit $2::int) e`;

/** How many events somebody has, `most` at most. */
export async function countEventsOf(tx: Queryable, userId: number, most: number): Promise<number> {
  const { rows } = await tx.query<{ count: number }>({
    name: 'countEventsOf',
    text: COUNT_EVENTS,
    values: [userId, most],
  });
  return rows[0]?.count ?? 0;
}

/** Two people, both locked: one of them becomes the other. */
export interface Merging {
  readonly from: number;
  readonly into: number;
}

const MOVE_EVENTS = `update events set user_id = $2::bigint where user_id = $1::bigint`;
const MOVE_REJECTIONS = `update rejections set user_id = $2::bigint where user_id = $1::bigint`;
// Messages before their pairings, as who settles locks them.
const MOVE_MESSAGES = `
  update messages m set user_id = $2::bigint
  from pairings p
  where p.user_id = $1::bigint and m.pairing_id = p.id
`;
const MOVE_PAIRINGS = `
  update pairings p set user_id = $2::bigint, run_user_id = coalesce(p.run_user_id, p.user_id) where p.user_id = $1::bigint
`;
const MOVE_UNFINISHED = `update unfinished set user_id = $2::bigint where user_id = $1::bigint`;

const MOVE_TOTALS = `
  insert into event_totals as t (user_id, kind, name, count, amount, first_at, last_at)
  select $2::bigint, kind, name, count, amount, first_at, last_at from event_totals where user_id = $1::bigint
  on conflict (user_id, kind, name) do update set
    count = t.count + excluded.count, amount = t.amount + excluded.amount,
    first_at = least(t.first_at, excluded.first_at), last_at = greatest(t.last_at, excluded.last_at)
`;

const MOVE_RECEIPTS = `
  insert into receipts as r (campaign_id, user_id, count, first_at, last_at, counts_from)
  select campaign_id, $2::bigint, count, first_at, last_at, counts_from from receipts where user_id = $1::bigint
  on conflict (user_id, campaign_id) do update set
    count = r.count + excluded.count,
    first_at = least(r.first_at, excluded.first_at), last_at = greatest(r.last_at, excluded.last_at),
    counts_from = greatest(coalesce(r.counts_from, r.last_at), coalesce(excluded.counts_from, excluded.last_at))
`;

const MOVE_ENGAGEMENTS = `
  insert into engagements as g (user_id, campaign_id, step, variant, channel, count, first_at, last_at)
  select $2::bigint, campaign_id, step, variant, channel, count, first_at, last_at from engagements
  where user_id = $1::bigint
  ${ONE_MORE}
`;

// ID-01: of a label a person has one name, the one that they have.
const MOVE_ALIASES = `
  update user_aliases a set user_id = $2::bigint
  where a.user_id = $1::bigint
    and not exists (select from user_aliases o where o.user_id = $2::bigint and o.label = a.label)
`;

const MOVE_FORMER_IDS = `update former_external_ids set user_id = $2::bigint where user_id = $1::bigint`;
const MOVE_MERGED = `update merged_people set merged_into = $2::bigint where merged_into = $1::bigint`;

/** Makes all that the one did, waits for, received and is called by the other's. */
export async function moveToPerson(tx: Queryable, { from, into }: Merging): Promise<void> {
  const values = [from, into];
  await tx.query({ name: 'moveEvents', text: MOVE_EVENTS, values });
  await tx.query({ name: 'moveRejections', text: MOVE_REJECTIONS, values });
  await tx.query({ name: 'moveMessages', text: MOVE_MESSAGES, values });
  await tx.query({ name: 'movePairings', text: MOVE_PAIRINGS, values });
  await tx.query({ name: 'moveUnfinished', text: MOVE_UNFINISHED, values });
  await tx.query({ name: 'moveTotals', text: MOVE_TOTALS, values });
  await tx.query({ name: 'moveReceipts', text: MOVE_RECEIPTS, values });
  await tx.query({ name: 'moveEngagements', text: MOVE_ENGAGEMENTS, values });
  await tx.query({ name: 'moveAliases', text: MOVE_ALIASES, values });
  await tx.query({ name: 'moveFormerExternalIds', text: MOVE_FORMER_IDS, values });
  await tx.query({ name: 'moveMerged', text: MOVE_MERGED, values });
}

const DELETE = `
  delete from users where id = $1::bigint returning external_id, created_at, email_added_at
`;

const ADOPT = `
  update users set
    external_id = coalesce(external_id, $2::text), created_at = least(created_at, $3::timestamptz),
    email_added_at = least(email_added_at, $4::timestamptz)
  where id = $1::bigint
  returning external_id
`;

const LEAD = `
  with merged as (
    insert into merged_people (id, merged_into) values ($1::bigint, $2::bigint)
  )
  insert into former_external_ids (external_id, user_id) select $3::text, $2::bigint where $3::text is not null
`;

/**
 * Deletes the one, whose number and external id lead to the other from then on: it is their own external id where they had
 * none, else a former one.
 */
export async function becomeOther(tx: Queryable, { from, into }: Merging): Promise<void> {
  const { rows: deleted } = await tx.query<{
    external_id: string | null;
    created_at: number;
    email_added_at: number | null;
  }>({ name: 'deleteMerged', text: DELETE, values: [from] });
  const [gone] = deleted;
  if (gone === undefined) throw new Error('somebody who is to be merged is gone under their lock');
  const addedAt = gone.email_added_at === null ? null : instant(gone.email_added_at);
  const { rows: kept } = await tx.query<{ external_id: string | null }>({
    name: 'adoptMerged',
    text: ADOPT,
    values: [into, gone.external_id, instant(gone.created_at), addedAt],
  });
  const isOwn = kept[0]?.external_id === gone.external_id;
  await tx.query({ name: 'leadMerged', text: LEAD, values: [from, into, isOwn ? null : gone.external_id] });
}
