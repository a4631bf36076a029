import type { CampaignDefinition } from '../../../domain/campaign/definition/definition.js';
import type { Queryable } from '../../pool.js';

export interface WaitingPairing {
  readonly id: number;
  readonly user_id: number;
  readonly campaign_id: number;
  readonly trigger_time: number;
  readonly due_at: number;
  readonly planned_at: number | null;
  readonly wake_at: number;
  readonly campaign_version: number;
  /**
   * What the person entered with, where the campaign has been edited since: its delay holds for them (AB-15). Of a page
   * only the first of each version has it.
   */
  readonly entered_with: CampaignDefinition | null;
}

// One whose dispatch has begun waits for its provider, not for a time of day.
const SQL = `
  select
    p.id, p.user_id, p.campaign_id, p.trigger_time, p.due_at, p.planned_at, p.wake_at,
    p.campaign_version,
    case when p.campaign_version <> c.version and p.nth_of_version = 1 then v.definition end as entered_with
  from (
    select p.*, row_number() over (partition by p.campaign_id, p.campaign_version order by p.user_id, p.id) as nth_of_version
    from (
      select p.*
      from pairings p
      join campaigns c on c.id = p.campaign_id and c.state = 'active' and c.generation = p.generation
      where p.user_id = any($1::bigint[]) and p.state = 'waiting' and (p.user_id, p.id) > ($2::bigint, $3::bigint)
        and not exists (select from messages m where m.pairing_id = p.id)
      order by p.user_id, p.id
      limit $4::int
    ) p
  ) p
  join campaigns c on c.id = p.campaign_id
  join campaign_versions v on v.campaign_id = p.campaign_id and v.version = p.campaign_version
  order by p.user_id, p.id
`;

/** The next page of the pairings of these people that wait for an instant of ours, under their lock. */
export async function selectWaitingOfUsers(
  tx: Queryable,
  userIds: readonly number[],
  { after, limit }: { readonly after: { readonly userId: number; readonly id: number }; readonly limit: number },
): Promise<readonly WaitingPairing[]> {
  const { rows } = await tx.query<WaitingPairing>({
    name: 'selectWaitingOfUsers',
    text: SQL,
    values: [userIds, after.userId, after.id, limit],
  });
  return rows;
}
