import type { Campaign } from '../../../domain/campaign/campaign.js';
import type { Outcome, PairingState, Reason } from '../../../domain/decision/reasons.js';
import { type CampaignRow, campaignFromRow } from '../campaigns/campaignRow.js';
import { RUN_CAMPAIGN, RUN_USER } from '../messages/runCampaign.js';

/** What the drain knows of the pairing of a row: as of the claim, not of the time the row was written. */
export interface PairingSubject {
  readonly id: number;
  readonly userId: number;
  readonly occurrenceKey: string;
  readonly state: PairingState;
  readonly outcome: Outcome | null;
  readonly reason: Reason | null;
  readonly wakeAt: number;
  /** How its run names the campaign. */
  readonly runCampaign: string;
  /** And the person. */
  readonly runUserId: number;
  /** The person's own time zone; null where it is not known. */
  readonly timeZone: string | null;
  readonly triggeredAt: number;
  /** Compiled when asked for: one that does not compile throws there, and so holds up its own effects only. */
  readonly campaign: Campaign;
}

/** What the statement below answers, as JSON: instants in ms. */
export interface PairingJson extends Omit<PairingSubject, 'campaign'> {
  readonly campaign: Omit<CampaignRow, 'active_since'> & { readonly active_since: number | null };
}

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::bigint`;

/** The pairing of the row `l` as JSON, null where it is gone. */
export const PAIRING_SUBJECT = `(
  select json_build_object(
    'id', p.id, 'userId', p.user_id, 'occurrenceKey', p.occurrence_key, 'state', p.state, 'outcome', p.outcome,
    'reason', p.reason, 'wakeAt', ${ms('p.wake_at')}, 'runCampaign', ${RUN_CAMPAIGN},
    'runUserId', ${RUN_USER}, 'timeZone', u.time_zone,
    'triggeredAt', ${ms('p.trigger_time')}, 'campaign', json_build_object(
      'id', c.id, 'key', c.key, 'name', c.name, 'version', c.version, 'revision', c.revision, 'generation', c.generation, 'state', c.state,
      'active_since', ${ms('c.active_since')}, 'segments', c.segments, 'definition', v.definition
    )
  )
  from pairings p
  join campaigns c on c.id = p.campaign_id
  join campaign_versions v on v.campaign_id = c.id and v.version = c.version
  left join users u on u.id = p.user_id
  where p.id = l.target_id
)`;

export function pairingSubjectOf({ campaign: row, ...json }: PairingJson): PairingSubject {
  let compiled: Campaign | null = null;
  return {
    ...json,
    get campaign() {
      compiled ??= campaignFromRow(row);
      return compiled;
    },
  };
}
