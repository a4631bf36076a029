import { type Outcome, REASONS, type Reason } from '../../../domain/decision/reasons.js';
import type { JsonObject } from '../../../domain/json.js';
import { instant, type Queryable } from '../../pool.js';
import { RUN_CAMPAIGN, RUN_USER } from './runCampaign.js';

export interface OutcomeRow {
  readonly id: number;
  /** How its run names the campaign. */
  readonly run_campaign: string;
  /** And the person. */
  readonly run_user_id: number;
  readonly campaign_key: string;
  readonly campaign_name: string;
  readonly user_id: number;
  readonly external_id: string | null;
  readonly aliases: readonly { readonly label: string; readonly name: string }[];
  readonly occurrence_key: string;
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly evidence: JsonObject;
  readonly due_at: number;
  readonly settled_at: number;
}

const COLUMNS_OF_OUTCOME = `
    p.id, ${RUN_CAMPAIGN} as run_campaign, ${RUN_USER} as run_user_id, c.key as campaign_key, c.name as campaign_name, p.user_id, u.external_id, p.occurrence_key,
    p.outcome, p.reason, p.evidence, p.due_at, p.settled_at,
    coalesce((select jsonb_agg(jsonb_build_object('label', a.label, 'name', a.name) order by a.label)
      from user_aliases a where a.user_id = p.user_id), '[]') as aliases`;

// $1 and $2: what stands before the page; $4 and $5: the period, the second instant excluded.
const IN_PAGE = `
    p.state = 'done' and (p.settled_at, p.id) < ($1::timestamptz, $2::bigint)
    and p.settled_at >= $4::timestamptz and p.settled_at < $5::timestamptz`;

const OF_ALL = `
  select ${COLUMNS_OF_OUTCOME}
  from pairings p
  join campaigns c on c.id = p.campaign_id
  left join users u on u.id = p.user_id
  where ${IN_PAGE}
  order by p.settled_at desc, p.id desc
  limit $3::int
`;

// A page of each campaign and reason asked for, by its own index; their union is cut to one page.
const OF_CAMPAIGNS = `
  with asked as (
    select c.id as campaign_id, r.reason from campaigns c cross join unnest($7::text[]) as r(reason)
    where $6::text is null or c.key = $6::text
  ), found as (
    select page.id from asked cross join lateral (
      select p.id, p.settled_at from pairings p
      where ${IN_PAGE} and p.campaign_id = asked.campaign_id and p.reason = asked.reason
      order by p.settled_at desc, p.id desc limit $3::int
    ) page
    order by page.settled_at desc, page.id desc limit $3::int
  )
  select ${COLUMNS_OF_OUTCOME}
  from found
  join pairings p on p.id = found.id
  join campaigns c on c.id = p.campaign_id
  left join users u on u.id = p.user_id
  order by p.settled_at desc, p.id desc
`;

const OF_PERSON = `
  select ${COLUMNS_OF_OUTCOME}
  from pairings p
  join campaigns c on c.id = p.campaign_id
  left join users u on u.id = p.user_id
  where ${IN_PAGE} and p.user_id = $8::bigint and ($6::text is null or c.key = $6::text) and p.reason = any($7::text[])
  order by p.settled_at desc, p.id desc
  limit $3::int
`;

export interface OutcomePage {
  readonly before: { readonly settledAt: number; readonly id: number } | null;
  readonly limit: number;
  /** From the first instant on, before the second; null: without bound. */
  readonly from: number | null;
  readonly to: number | null;
  /** Its key. */
  readonly campaign: string | null;
  readonly reason: Reason | null;
  readonly userId: number | null;
}

/** How pairings ended, the latest first. */
export async function listOutcomes(db: Queryable, page: OutcomePage): Promise<readonly OutcomeRow[]> {
  const { before, limit, from, to, campaign, reason, userId } = page;
  const values: unknown[] = [
    before === null ? 'infinity' : instant(before.settledAt),
    before?.id ?? 0,
    limit,
    from === null ? '-infinity' : instant(from),
    to === null ? 'infinity' : instant(to),
  ];
  const reasons = reason === null ? REASONS : [reason];
  if (userId !== null) {
    const asked = [...values, campaign, reasons, userId];
    return (await db.query<OutcomeRow>({ name: 'listOutcomesOfPerson', text: OF_PERSON, values: asked })).rows;
  }
  if (campaign !== null || reason !== null) {
    const asked = [...values, campaign, reasons];
    return (await db.query<OutcomeRow>({ name: 'listOutcomesOfCampaigns', text: OF_CAMPAIGNS, values: asked })).rows;
  }
  return (await db.query<OutcomeRow>({ name: 'listOutcomes', text: OF_ALL, values })).rows;
}
