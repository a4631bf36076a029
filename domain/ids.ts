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
  readonly campaignId: number;
  readonly userId: number;
  readonly occurrenceKey: string;
}

/** `campaign/<campaignId>/<userId>/<occurrence>`: a prefix of it lists a campaign's people, or one person's runs in it. */
export function deliveryWorkflowId({ campaignId, userId, occurrenceKey }: PairingIdentity): string {
  return `campaign/${campaignId}/${userId}/${occurrenceKey}`;
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
