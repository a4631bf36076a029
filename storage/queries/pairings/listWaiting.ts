import type { PairingState } from '../../../domain/decision/reasons.js';
import { instant, type Queryable } from '../../pool.js';
import { RUN_CAMPAIGN, RUN_USER } from '../messages/runCampaign.js';

export interface WaitingRow {
  readonly id: number;
  readonly run_campaign: string;
  /** And the person. */
  readonly run_user_id: number;
  readonly user_id: number;
  readonly external_id: string | null;
  readonly aliases: readonly { readonly label: string; readonly name: string }[];
  readonly time_zone: string | null;
  readonly occurrence_key: string;
  readonly state: PairingState;
  readonly due_at: number;
  readonly wake_at: number;
}

const SQL = `
  select
    p.id, ${RUN_CAMPAIGN} as run_campaign, ${RUN_USER} as run_user_id, p.user_id, u.external_id, u.time_zone, p.occurrence_key, p.state, p.due_at, p.wake_at,
    coalesce((select jsonb_agg(jsonb_build_object('label', a.label, 'name', a.name) order by a.label)
      from user_aliases a where a.user_id = p.user_id), '[]') as aliases
  from pairings p
  join campaigns c on c.id = p.campaign_id and c.generation = p.generation
  left join users u on u.id = p.user_id
  where p.campaign_id = $1::bigint and p.state in ('waiting', 'sending')
    and (p.wake_at, p.id) > ($2::timestamptz, $3::bigint)
  order by p.wake_at, p.id
  limit $4::int
`;

export interface WaitingPage {
  readonly campaignId: number;
  readonly after: { readonly wakeAt: number; readonly id: number } | null;
  readonly limit: number;
}

/** Who waits for a campaign, whoever is looked at next first. */
export async function listWaiting(
  db: Queryable,
  { campaignId, after, limit }: WaitingPage,
): Promise<readonly WaitingRow[]> {
  const at = after === null ? '-infinity' : instant(after.wakeAt);
  const values = [campaignId, at, after?.id ?? 0, limit];
  return (await db.query<WaitingRow>({ name: 'listWaiting', text: SQL, values })).rows;
}
