/**
 * The ids that travel: pairings, campaigns and users are known outside PostgreSQL by these numbers alone.
 * Names, addresses and tokens never appear in a workflow id, input, result or summary.
 */

/** One user meeting one campaign's trigger: `e:<seq>` (event), `s:<instant>` (schedule), `api:<dispatch>`. */
export type OccurrenceKey = `e:${number}` | `s:${number}` | `api:${string}`;

export function eventOccurrence(seq: number): OccurrenceKey {
  return `e:${seq}`;
}

export interface PairingIdentity {
  /** The campaign's key; of a pairing from before runs were named by it, the campaign's number (storage: RUN_CAMPAIGN). */
  readonly campaign: string;
  readonly userId: number;
  readonly occurrenceKey: string;
}

/** `campaign/<campaign key>/<internal user id>/<occurrence>`: a prefix lists a campaign's people, or one person's runs in it. */
export function deliveryWorkflowId({ campaign, userId, occurrenceKey }: PairingIdentity): string {
  return `${campaignRunsPrefix(campaign)}${userId}/${occurrenceKey}`;
}

/** What the ids of all runs of a campaign begin with, and those of no other campaign. */
export function campaignRunsPrefix(campaign: string): string {
  return `campaign/${campaign}/`;
}

/**
 * The provider-facing idempotency key of one channel of one pairing: constant over every retry, and different from
 * that of any other installation, because receivers remember it.
 */
export function sendKey(installation: string, pairingId: number, channel: string): string {
  return `msg_${installation}_${pairingId}_${channel}`;
}

/** The failure type of a pairing that was parked: its run fails, so that the Temporal UI shows it. */
export const PARKED = 'Parked';
