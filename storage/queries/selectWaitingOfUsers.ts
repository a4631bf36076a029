import type { CampaignDefinition } from '../../domain/campaign/definition.js';
import type { Queryable } from '../pool.js';

export interface WaitingPairing {
  readonly id: number;
  readonly user_id: number;
  readonly campaign_id: number;
  readonly trigger_time: number;
  readonly due_at: number;
  readonly planned_at: number | null;
  readonly wake_at: number;
  /** What the person entered with, where the campaign has been edited since: its delay holds for them (AB-15). */
  readonly entered_with: CampaignDefinition | null;
}

// One whose dispatch has begun waits for its provider, not for a time of day.
const SQL = `
  select
    p.id, p.user_id, p.campaign_id, p.trigger_time, p.due_at, p.planned_at, p.wake_at,
    case when p.campaign_version <> c.version then v.definition end as entered_with
  from pairings p
  join campaigns c on c.id = p.campaign_id and c.state = 'active' and c.generation = p.generation
  join campaign_versions v on v.campaign_id = p.campaign_id and v.version = p.campaign_version
  where p.user_id = any($1::bigint[]) and p.state = 'waiting'
    and not exists (select from messages m where m.pairing_id = p.id)
  order by p.id
`;

/** The pairings of these people that wait for an instant of ours, under their lock. */
export async function selectWaitingOfUsers(
  tx: Queryable,
  userIds: readonly number[],
): Promise<readonly WaitingPairing[]> {
  const { rows } = await tx.query<WaitingPairing>({ name: 'selectWaitingOfUsers', text: SQL, values: [userIds] });
  return rows;
}
