/**
 * What is read of a person's history is read in pages, cut by rows and by bytes, and of properties only what the rules ask
 * for: all of it may be more than a process has memory. Parts of statements; `a(keys)` are the properties asked for.
 */
import type { EventKind } from '../../../domain/event/kinds.js';
import type { JsonObject } from '../../../domain/json.js';
import { instant, type Queryable } from '../../pool.js';

export const PAGE_ROWS = 1_000;
/** Of properties, as JSON. A page has one row at least, whatever its size. */
export const PAGE_BYTES = 4_194_304;

/** A row of a page: how many rows were looked at for it, and the bytes of the page up to this one. */
export interface PageRow {
  readonly found: number;
  readonly bytes: number;
}

// A large value is decompressed at each look at it: there is one, and none where nothing is asked for.
export const ASKED_OF_EVENT = `
  (select coalesce(jsonb_object_agg(p.key, p.value), '{}')
    from jsonb_each(case when a.keys = '{}' then '{}' else e.properties end) p where p.key = any(a.keys))
`;

const ASKED_OF_TRIGGER = `
  (select coalesce(jsonb_object_agg(t.key, t.value), '{}')
    from jsonb_each(case when a.keys = '{}' then '{}' else p.trigger_properties end) t where t.key = any(a.keys))
`;

/** An event as the domain takes it. */
export const EVENT_BODY = `
  jsonb_build_object(
    'kind', e.kind, 'name', e.name, 'time', (extract(epoch from e.time) * 1000)::bigint, 'seq', e.seq,
    'receivedAt', (extract(epoch from e.received_at) * 1000)::bigint, 'properties', e.asked,
    'isWholeSecond', e.whole_second
  )
`;

/** The page `e` of the candidates `l` (columns of `events`), which are in order and at most as many as it may have. */
export const CUT_EVENTS = `
  (
    select e.*, count(*) over () as found,
      sum(octet_length(e.asked::text)) over (order by e.user_id, e.time, e.seq rows unbounded preceding) as bytes
    from (
      select e.user_id, e.kind, e.name, e.time, e.seq, e.received_at, e.whole_second, ${ASKED_OF_EVENT} as asked
      from l e cross join a
    ) e
  ) e
`;

/** What fits into the page; its first row always does. */
export const FITS = `e.bytes - octet_length(e.asked::text) < ${PAGE_BYTES}`;

/** A waiting pairing as the domain takes it. */
export const PAIRING_BODY = `
  jsonb_build_object(
    'id', e.id, 'campaignId', e.campaign_id, 'chainDepth', e.chain_depth, 'kind', e.trigger_kind, 'name', e.trigger_name,
    'time', (extract(epoch from e.trigger_time) * 1000)::bigint, 'seq', e.trigger_seq, 'properties', e.asked,
    'isWholeSecond', e.trigger_whole_second
  )
`;

/** The page `e` of the candidates `w` (columns of `pairings`), likewise. */
export const CUT_PAIRINGS = `
  (
    select e.*, count(*) over () as found,
      sum(octet_length(e.asked::text)) over (order by e.user_id, e.id rows unbounded preceding) as bytes
    from (
      select p.id, p.user_id, p.campaign_id, p.chain_depth, p.trigger_kind, p.trigger_name, p.trigger_time, p.trigger_seq,
        p.trigger_whole_second, ${ASKED_OF_TRIGGER} as asked
      from w p cross join a
    ) e
  ) e
`;

export interface StoredEventBody {
  readonly kind: EventKind;
  readonly name: string;
  readonly time: number;
  readonly isWholeSecond: boolean;
  readonly seq: number;
  readonly receivedAt: number;
  readonly properties: JsonObject;
}

export interface OpenPairingBody extends Omit<StoredEventBody, 'receivedAt'> {
  readonly id: number;
  readonly campaignId: number;
  readonly chainDepth: number;
}

export interface StoredEventRow extends PageRow {
  readonly user_id: number;
  readonly body: StoredEventBody;
}

export interface OpenPairingRow extends PageRow {
  readonly user_id: number;
  readonly body: OpenPairingBody;
}

const EVENTS = `
  with a as (select $5::text[] as keys), l as (
    select e.*
    from unnest($2::text[], $3::text[]) as x(kind, name)
    join events e
      on e.user_id = any($1::bigint[]) and e.kind = x.kind and (x.name is null or e.name = x.name)
      and e.time >= $4::timestamptz and e.received_at >= $4::timestamptz
    where (e.user_id, e.time, e.seq) > ($6::bigint, $7::timestamptz, $8::bigint) and not e.imported
    order by e.user_id, e.time, e.seq
    limit $9::int
  )
  select e.user_id, ${EVENT_BODY} as body, e.found, e.bytes
  from ${CUT_EVENTS}
  where ${FITS}
  order by e.bytes
`;

export interface StoredEventsRequest {
  readonly userIds: readonly number[];
  /** `name` null: any. */
  readonly listeners: readonly { readonly kind: string; readonly name: string | null }[];
  readonly keys: readonly string[];
  readonly since: number;
}

/** The next page of the people's events of these kinds and names, one person after the other, oldest first; no imported ones. */
export async function selectStoredEvents(
  tx: Queryable,
  { userIds, listeners, keys, since }: StoredEventsRequest,
  { user_id, body }: { readonly user_id: number; readonly body: Pick<StoredEventBody, 'time' | 'seq'> },
  limit: number,
): Promise<readonly StoredEventRow[]> {
  const left = userIds.filter((id) => id >= user_id);
  const { rows } = await tx.query<StoredEventRow>({
    name: 'selectStoredEvents',
    text: EVENTS,
    values: [
      left,
      listeners.map(({ kind }) => kind),
      listeners.map(({ name }) => name),
      // What comes after is not older, where it is of nobody else: by index.
      instant(left.length === 1 ? Math.max(since, body.time) : since),
      keys,
      user_id,
      instant(body.time),
      body.seq,
      limit,
    ],
  });
  return rows;
}

const OPEN = `
  with a as (select $3::text[] as keys), w as (
    select p.*
    from pairings p
    join campaigns c on c.id = p.campaign_id and c.generation = p.generation
    where p.user_id = any($1::bigint[]) and p.campaign_id = any($2::bigint[]) and p.state = 'waiting'
      and (p.user_id, p.id) > ($4::bigint, $5::bigint)
    order by p.user_id, p.id
    limit $6::int
  )
  select e.user_id, ${PAIRING_BODY} as body, e.found, e.bytes
  from ${CUT_PAIRINGS}
  where ${FITS}
  order by e.bytes
`;

export interface OpenPairingsRequest {
  readonly userIds: readonly number[];
  readonly campaignIds: readonly number[];
  readonly keys: readonly string[];
}

/** The next page of what the people wait for, one person after the other, oldest first. */
export async function selectOpenPairings(
  tx: Queryable,
  { userIds, campaignIds, keys }: OpenPairingsRequest,
  after: { readonly userId: number; readonly id: number },
  limit: number,
): Promise<readonly OpenPairingRow[]> {
  const { rows } = await tx.query<OpenPairingRow>({
    name: 'selectOpenPairings',
    text: OPEN,
    values: [userIds.filter((id) => id >= after.userId), campaignIds, keys, after.userId, after.id, limit],
  });
  return rows;
}
