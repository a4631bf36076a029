/** Everything that is held of one person, page by page: each page is bounded in rows and in bytes, and has one row at least. */
import type { JsonObject } from '../../../domain/json.js';
import type { Queryable } from '../../pool.js';
import { PAGE_BYTES } from '../events/storedHistory.js';

/** What is held beside the profile, in the order in which it is told. */
export const HOLDINGS = ['total', 'receipt', 'engagement', 'event', 'rejection', 'pairing', 'message'] as const;
export type Holding = (typeof HOLDINGS)[number];

export interface HeldRow {
  /** A row as JSON, instants in ISO 8601. */
  readonly held: JsonObject;
  /** What the next page begins behind. */
  readonly place: readonly (string | number)[];
  /** How many rows were looked at for the page. */
  readonly found: number;
}

const ISO = (instant: string) => `to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The page of `rows(held, place, ord)`, which are in order and at most as many as it may have. */
const page = (rows: string) => `
  select p.held, p.place, p.found
  from (
    select r.*, count(*) over () as found, sum(octet_length(r.held::text)) over (order by r.ord rows unbounded preceding) as bytes
    from (${rows}) r
  ) p
  where p.bytes - octet_length(p.held::text) < ${PAGE_BYTES}
  order by p.ord
`;

const TOTALS = page(`
  select jsonb_build_object(
      'kind', t.kind, 'name', t.name, 'count', t.count, 'amount', t.amount,
      'firstAt', ${ISO('t.first_at')}, 'lastAt', ${ISO('t.last_at')}
    ) as held,
    jsonb_build_array(t.kind, t.name) as place, row_number() over (order by t.kind, t.name) as ord
  from (
    select * from event_totals
    where user_id = $1::bigint and kind <> 'custom' and (kind, name) > ($2::text, $3::text)
    order by kind, name
    limit $4::int
  ) t
`);

const RECEIPTS = page(`
  select jsonb_build_object(
      'campaign', c.key, 'count', r.count, 'firstAt', ${ISO('r.first_at')}, 'lastAt', ${ISO('r.last_at')}
    ) as held,
    jsonb_build_array(r.campaign_id) as place, row_number() over (order by r.campaign_id) as ord
  from (
    select * from receipts where user_id = $1::bigint and campaign_id > $2::bigint order by campaign_id limit $3::int
  ) r
  join campaigns c on c.id = r.campaign_id
`);

const ENGAGEMENTS = page(`
  select jsonb_build_object(
      'campaign', c.key, 'step', g.step, 'variant', g.variant, 'channel', g.channel, 'count', g.count,
      'firstAt', ${ISO('g.first_at')}, 'lastAt', ${ISO('g.last_at')}
    ) as held,
    jsonb_build_array(g.campaign_id, g.step, g.variant, g.channel) as place,
    row_number() over (order by g.campaign_id, g.step, g.variant, g.channel) as ord
  from (
    select * from engagements
    where user_id = $1::bigint and (campaign_id, step, variant, channel) > ($2::bigint, $3::text, $4::text, $5::text)
    order by campaign_id, step, variant, channel
    limit $6::int
  ) g
  join campaigns c on c.id = g.campaign_id
`);

// In the order of the index on a person's events.
const EVENTS = page(`
  select jsonb_build_object(
      'seq', e.seq, 'kind', e.kind, 'name', e.name, 'time', ${ISO('e.time')}, 'receivedAt', ${ISO('e.received_at')},
      'imported', e.imported, 'properties', e.properties
    ) as held,
    jsonb_build_array(e.kind, e.name, e.time, e.seq) as place, row_number() over (order by e.kind, e.name, e.time, e.seq) as ord
  from (
    select * from events
    where user_id = $1::bigint and (kind, name, time, seq) > ($2::text, $3::text, $4::timestamptz, $5::bigint)
    order by kind, name, time, seq
    limit $6::int
  ) e
`);

const REJECTIONS = page(`
  select jsonb_build_object(
      'campaign', c.key, 'at', ${ISO('r.recorded_at')}, 'reason', r.reason, 'eventSeq', r.event_seq, 'evidence', r.evidence
    ) as held,
    jsonb_build_array(r.campaign_id, r.recorded_at, r.id) as place,
    row_number() over (order by r.campaign_id, r.recorded_at, r.id) as ord
  from (
    select * from rejections
    where user_id = $1::bigint and (campaign_id, recorded_at, id) > ($2::bigint, $3::timestamptz, $4::bigint)
    order by campaign_id, recorded_at, id
    limit $5::int
  ) r
  join campaigns c on c.id = r.campaign_id
`);

const PAIRINGS = page(`
  select jsonb_build_object(
      'id', p.id, 'campaign', c.key, 'version', p.campaign_version, 'variant', p.variant, 'state', p.state,
      'outcome', p.outcome, 'reason', p.reason, 'evidence', p.evidence, 'enteredAt', ${ISO('p.created_at')},
      'dueAt', ${ISO('p.due_at')}, 'settledAt', ${ISO('p.settled_at')},
      'trigger', jsonb_build_object(
        'kind', p.trigger_kind, 'name', p.trigger_name, 'time', ${ISO('p.trigger_time')}, 'seq', p.trigger_seq,
        'properties', p.trigger_properties
      )
    ) as held,
    jsonb_build_array(p.id) as place, row_number() over (order by p.id) as ord
  from (select * from pairings where user_id = $1::bigint and id > $2::bigint order by id limit $3::int) p
  join campaigns c on c.id = p.campaign_id
`);

// A rendered request is kept until its message is settled.
const MESSAGES = page(`
  select jsonb_build_object(
      'pairing', m.pairing_id, 'channel', m.channel, 'variant', m.variant, 'state', m.state, 'sendKey', m.send_key,
      'reference', m.reference, 'code', m.code, 'detail', m.detail, 'attempts', m.attempt,
      'claimedAt', ${ISO('m.claimed_at')}, 'receivedAt', ${ISO('m.receipt_at')}, 'request', m.request
    ) as held,
    jsonb_build_array(m.pairing_id, m.id) as place, row_number() over (order by m.pairing_id, m.id) as ord
  from (
    select m.*
    from pairings p join messages m on m.pairing_id = p.id
    where p.user_id = $1::bigint and p.id >= $2::bigint and (p.id, m.id) > ($2::bigint, $3::bigint)
    order by p.id, m.id
    limit $4::int
  ) m
`);

interface Statement {
  readonly text: string;
  /** What the first page begins behind. */
  readonly start: readonly (string | number)[];
  readonly rows: number;
}

const STATEMENTS: Readonly<Record<Holding, Statement>> = {
  total: { text: TOTALS, start: ['', ''], rows: 1_000 },
  receipt: { text: RECEIPTS, start: [0], rows: 1_000 },
  engagement: { text: ENGAGEMENTS, start: [0, '', '', ''], rows: 1_000 },
  event: { text: EVENTS, start: ['', '', '-infinity', 0], rows: 1_000 },
  rejection: { text: REJECTIONS, start: [0, '-infinity', 0], rows: 1_000 },
  pairing: { text: PAIRINGS, start: [0], rows: 500 },
  // Of requests as long as can be.
  message: { text: MESSAGES, start: [0, 0], rows: 20 },
};

export interface HeldPage {
  readonly rows: readonly HeldRow[];
  /** Null: there is nothing behind it. */
  readonly next: readonly (string | number)[] | null;
}

/** The next page of what is held of that kind; `after` null: the first. */
export async function exportPerson(
  db: Queryable,
  { userId, holding, after }: { readonly userId: number; readonly holding: Holding; readonly after: HeldPage['next'] },
): Promise<HeldPage> {
  const { text, start, rows: limit } = STATEMENTS[holding];
  const values = [userId, ...(after ?? start), limit];
  const { rows } = await db.query<HeldRow>({ name: `exportPerson:${holding}`, text, values });
  const last = rows.at(-1);
  const isLast = last === undefined || (last.found < limit && rows.length === last.found);
  return { rows, next: isLast ? null : last.place };
}
