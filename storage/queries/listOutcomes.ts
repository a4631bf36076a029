import type { Outcome, Reason } from '../../domain/decision/reasons.js';
import type { JsonObject } from '../../domain/json.js';
import { instant, type Queryable } from '../pool.js';
import { RUN_CAMPAIGN } from './runCampaign.js';

export interface OutcomeRow {
  readonly id: number;
  /** How its run names the campaign. */
  readonly run_campaign: string;
  readonly campaign_key: string;
  readonly campaign_name: string;
  readonly user_id: number;
  readonly external_id: string | null;
  readonly occurrence_key: string;
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly evidence: JsonObject;
  readonly due_at: number;
  readonly settled_at: number;
}

const SQL = `
  select
    p.id, ${RUN_CAMPAIGN} as run_campaign, c.key as campaign_key, c.name as campaign_name, p.user_id, u.external_id, p.occurrence_key,
    p.outcome, p.reason, p.evidence, p.due_at, p.settled_at
  from pairings p
  join campaigns c on c.id = p.campaign_id
  left join users u on u.id = p.user_id
  where p.state = 'done' and ($1::timestamptz is null or (p.settled_at, p.id) < ($1::timestamptz, $2::bigint))
  order by p.settled_at desc, p.id desc
  limit $3::int
`;

export interface OutcomePage {
  readonly before: { readonly settledAt: number; readonly id: number } | null;
  readonly limit: number;
}

/** How pairings ended, the latest first. */
export async function listOutcomes(db: Queryable, { before, limit }: OutcomePage): Promise<readonly OutcomeRow[]> {
  const { rows } = await db.query<OutcomeRow>({
    name: 'listOutcomes',
    text: SQL,
    values: [before === null ? null : instant(before.settledAt), before?.id ?? null, limit],
  });
  return rows;
}
