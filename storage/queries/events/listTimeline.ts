import { EVENT_KINDS, isOfCampaign } from '../../../domain/event/kinds.js';
import type { JsonObject } from '../../../domain/json.js';
import { instant, type Queryable } from '../../pool.js';
import { RUN_CAMPAIGN, RUN_USER } from '../messages/runCampaign.js';
import { PAGE_BYTES } from './storedHistory.js';

const OF_CAMPAIGNS = EVENT_KINDS.filter(isOfCampaign);

/** `rank` orders what bears one instant, causes first: event, rejection, entry, message, outcome. */
export interface TimelineRow {
  readonly at: number;
  readonly rank: number;
  readonly id: number;
  readonly kind: 'event' | 'rejected' | 'entered' | 'message' | 'outcome';
  /** How the run of a pairing names the campaign. */
  readonly run_campaign: string | null;
  /** And the person. */
  readonly run_user_id: number | null;
  readonly campaign_key: string | null;
  readonly occurrence_key: string | null;
  readonly details: JsonObject;
  /** How many rows were found for the page, whose bytes are bounded too. */
  readonly found: number;
}

// Each source gives at most a page of its own, by its index on the person; the union is cut to one page. Rejections are
// selected before they are sorted: a plan for whatever values would read everybody's, by the index of their instants.
// Events of our own carry the campaign's key as their name.
const SQL = `
  with own as (
    (select e.time as at, 1 as rank, e.seq as id, 'event' as kind,
      case when e.kind = any($6::text[]) then e.name end as campaign_key,
      null::bigint as campaign_id, null::boolean as named_by_key, null::bigint as run_user_id,
      null as occurrence_key,
      jsonb_build_object('kind', e.kind, 'name', e.name, 'properties', e.properties) as details
    from events e
    where e.user_id = $1::bigint and (e.time, 1, e.seq) < ($2::timestamptz, $3::int, $4::bigint)
    order by e.time desc, e.seq desc limit $5::int)
    union all
    (select r.recorded_at, 2, r.id, 'rejected', null, r.campaign_id, null, null, null,
      jsonb_build_object('reason', r.reason, 'evidence', r.evidence, 'eventSeq', r.event_seq)
    from (select * from rejections where user_id = $1::bigint offset 0) r
    where (r.recorded_at, 2, r.id) < ($2::timestamptz, $3::int, $4::bigint)
    order by r.recorded_at desc, r.id desc limit $5::int)
    union all
    (select p.created_at, 3, p.id, 'entered', null, p.campaign_id, p.named_by_key, ${RUN_USER}, p.occurrence_key,
      jsonb_build_object(
        'state', p.state, 'dueAt', p.due_at, 'version', p.campaign_version, 'variant', p.variant, 'eventSeq', p.trigger_seq
      )
    from pairings p
    where p.user_id = $1::bigint and (p.created_at, 3, p.id) < ($2::timestamptz, $3::int, $4::bigint)
    order by p.created_at desc, p.id desc limit $5::int)
    union all
    (select coalesce(m.receipt_at, m.claimed_at, m.created_at), 4, m.id, 'message', null, m.campaign_id, p.named_by_key, ${RUN_USER}, p.occurrence_key,
      jsonb_build_object('channel', m.channel, 'state', m.state, 'sendKey', m.send_key, 'reference', m.reference,
        'code', m.code, 'attempts', m.attempt)
    from pairings p join messages m on m.pairing_id = p.id
    where p.user_id = $1::bigint
      and (coalesce(m.receipt_at, m.claimed_at, m.created_at), 4, m.id) < ($2::timestamptz, $3::int, $4::bigint)
    order by 1 desc, m.id desc limit $5::int)
    union all
    (select p.settled_at, 5, p.id, 'outcome', null, p.campaign_id, p.named_by_key, ${RUN_USER}, p.occurrence_key,
      jsonb_build_object('outcome', p.outcome, 'reason', p.reason, 'evidence', p.evidence)
    from pairings p
    where p.user_id = $1::bigint and p.state = 'done'
      and (p.settled_at, 5, p.id) < ($2::timestamptz, $3::int, $4::bigint)
    order by p.settled_at desc, p.id desc limit $5::int)
  )
  select p.at, p.rank, p.id, p.kind, case when p.occurrence_key is not null then ${RUN_CAMPAIGN} end as run_campaign, p.run_user_id,
    coalesce(p.campaign_key, c.key) as campaign_key, p.occurrence_key, p.details, p.found
  from (
    select p.*, count(*) over () as found,
      sum(octet_length(p.details::text)) over (order by p.at desc, p.rank desc, p.id desc rows unbounded preceding) as bytes
    from (select * from own order by at desc, rank desc, id desc limit $5::int) p
  ) p
  left join campaigns c on c.id = p.campaign_id
  where p.bytes - octet_length(p.details::text) < ${PAGE_BYTES}
  order by p.at desc, p.rank desc, p.id desc
`;

export interface TimelinePage {
  readonly userId: number;
  /** What stands before this one; null: from the newest. */
  readonly before: { readonly at: number; readonly rank: number; readonly id: number } | null;
  readonly limit: number;
}

/** Everything that happened to a person, newest first by its own time. */
export async function listTimeline(
  db: Queryable,
  { userId, before, limit }: TimelinePage,
): Promise<readonly TimelineRow[]> {
  const at = before === null ? 'infinity' : instant(before.at);
  const { rows } = await db.query<TimelineRow>({
    name: 'listTimeline',
    text: SQL,
    values: [userId, at, before?.rank ?? 0, before?.id ?? 0, limit, OF_CAMPAIGNS],
  });
  return rows;
}
