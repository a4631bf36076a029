import type { Outcome, PairingState, Reason } from '../../../domain/decision/reasons.js';
import type { HeldFor } from '../../../domain/decision/sending/heldFor.js';
import { askedOfEvents } from '../../../domain/event/askedProperties.js';
import type { EventMatcher, TriggerSnapshot } from '../../../domain/event/matcher.js';
import type { StreamEvent } from '../../../domain/event/streamEvent.js';
import type { Refusal } from '../../../domain/explain/refusals.js';
import type { JsonObject } from '../../../domain/json.js';
import type { Queryable } from '../../pool.js';
import { RUN_CAMPAIGN, RUN_USER } from '../messages/runCampaign.js';
import { ASKED_OF_EVENT } from './storedHistory.js';

export interface ExplainedPairing {
  readonly id: number;
  readonly occurrenceKey: string;
  /** How its run names the campaign. */
  readonly runCampaign: string;
  /** And the person. */
  readonly runUserId: number;
  readonly state: PairingState;
  readonly outcome: Outcome | null;
  readonly reason: Reason | null;
  readonly generation: number;
  readonly evidence: JsonObject;
  readonly trigger: TriggerSnapshot;
  readonly dueAt: number;
  readonly wakeAt: number;
  readonly heldFor: HeldFor | null;
  readonly settledAt: number | null;
  /** When its rules or template threw, the last time. */
  readonly parkedAt: number | null;
  readonly messages: readonly {
    readonly channel: string;
    readonly state: string;
    readonly receivedAt: number | null;
    readonly code: string | null;
    readonly detail: string | null;
    /** How often it was refused for now; `refused` has the last 5. */
    readonly refusals: number;
    readonly refused: readonly Refusal[];
    readonly claimedAt: number | null;
  }[];
}

export interface ExplainedRejection {
  readonly trigger: TriggerSnapshot;
  readonly reason: Reason;
  readonly evidence: JsonObject;
}

const PAIRINGS = `
  select
    p.id, p.occurrence_key as "occurrenceKey", ${RUN_CAMPAIGN} as "runCampaign", ${RUN_USER} as "runUserId", p.state, p.outcome, p.reason, p.generation, p.evidence,
    p.due_at as "dueAt", p.wake_at as "wakeAt", p.held_for as "heldFor", p.settled_at as "settledAt",
    p.parked_at as "parkedAt",
    jsonb_build_object(
      'kind', p.trigger_kind, 'name', p.trigger_name, 'time', (extract(epoch from p.trigger_time) * 1000)::bigint,
      'seq', p.trigger_seq, 'properties', p.trigger_properties, 'isWholeSecond', p.trigger_whole_second
    ) as trigger,
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'channel', m.channel, 'state', m.state, 'code', m.code, 'detail', m.detail,
        'refusals', m.refusals, 'refused', m.refused,
        'claimedAt', (extract(epoch from m.claimed_at) * 1000)::bigint,
        'receivedAt', (extract(epoch from m.receipt_at) * 1000)::bigint
      ) order by m.id) from messages m where m.pairing_id = p.id
    ), '[]') as messages
  from pairings p
  join campaigns c on c.id = p.campaign_id
  where p.campaign_id = $1::bigint and p.user_id = $2::bigint
  order by p.trigger_time desc, p.trigger_seq desc
  limit $3::int
`;

/** The person's latest pairings with the campaign, newest trigger first. */
export async function selectExplainedPairings(
  db: Queryable,
  { campaignId, userId, limit }: { readonly campaignId: number; readonly userId: number; readonly limit: number },
): Promise<readonly ExplainedPairing[]> {
  const { rows } = await db.query<ExplainedPairing>({
    name: 'selectExplainedPairings',
    text: PAIRINGS,
    values: [campaignId, userId, limit],
  });
  return rows;
}

// The event gives the kind, name and properties of the trigger; it is of the same recording, so its partition is known.
const REJECTIONS = `
  select r.reason, r.evidence, jsonb_build_object(
    'kind', e.kind, 'name', e.name, 'seq', r.event_seq, 'time', (extract(epoch from r.event_time) * 1000)::bigint,
    'properties', ${ASKED_OF_EVENT}, 'isWholeSecond', e.whole_second
  ) as trigger
  from (select $4::text[] as keys) a
  cross join rejections r
  join events e on e.received_at = r.recorded_at and e.seq = r.event_seq
  where r.campaign_id = $1::bigint and r.user_id = $2::bigint
  order by r.event_time desc, r.event_seq desc
  limit $3::int
`;

/** The person's latest triggers that matched and did not enter, newest first; kept 30 days. */
export async function selectExplainedRejections(
  db: Queryable,
  request: {
    readonly campaignId: number;
    readonly userId: number;
    readonly limit: number;
    /** The properties to read of the triggers. */
    readonly keys: readonly string[];
  },
): Promise<readonly ExplainedRejection[]> {
  const { rows } = await db.query<ExplainedRejection>({
    name: 'selectExplainedRejections',
    text: REJECTIONS,
    values: [request.campaignId, request.userId, request.limit, request.keys],
  });
  return rows;
}

const LATEST = `
  select e.seq, e.user_id as "userId", e.kind, e.name, e.time, e.received_at as "receivedAt",
    ${ASKED_OF_EVENT} as properties, e.whole_second as "isWholeSecond", e.imported as "isImported"
  from (select $6::text[] as keys) a
  cross join (
    select * from events
    where user_id = $1::bigint and kind = $2::text and ($3::text is null or name = $3::text)
      and ($5::text is null or properties ? $5::text)
    order by time desc, seq desc
    limit $4::int
  ) e
  order by e.time desc, e.seq desc
`;

/** The person's latest events of a matcher's kind and name, with the properties that it looks at, whatever these are. */
export async function selectLatestEvents(
  db: Queryable,
  { userId, matcher, limit }: { readonly userId: number; readonly matcher: EventMatcher; readonly limit: number },
): Promise<readonly StreamEvent[]> {
  // The name of a matcher on changes of the profile is a field of the event, not its name.
  const isChange = matcher.kind === 'attributes';
  const keys = askedOfEvents([matcher]);
  const { rows } = await db.query<StreamEvent>({
    name: 'selectLatestEvents',
    text: LATEST,
    values: isChange
      ? [userId, matcher.kind, null, limit, matcher.name, keys]
      : [userId, matcher.kind, matcher.name, limit, null, keys],
  });
  return rows;
}
