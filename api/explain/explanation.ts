/** What an explanation is made of. */
import type { Campaign } from '../../domain/campaign/campaign.js';
import type { Reason } from '../../domain/decision/reasons.js';
import type { JsonObject } from '../../domain/json.js';
import type { Profile } from '../../domain/profile/profile.js';
import type { Workspace } from '../../domain/workspace.js';
import type { Pool } from '../../storage/pool.js';
import type { StoredUser } from '../../storage/queries/people/findPeople.js';
import type { Links } from '../deps.js';

export type ExplainStatus =
  | 'received'
  | 'will_receive'
  /** Waits, but something would end it if all stays as it is. */
  | 'will_not_receive'
  | 'being_sent'
  | 'did_not_receive'
  | 'in_doubt'
  | 'parked'
  | 'never_entered'
  | 'unknown_person';

/** Reasons that no pairing or rejection has: nothing of the person met the campaign. */
export type NeverReason =
  | 'no_trigger'
  | 'property_filter'
  | 'campaign_not_active'
  | 'before_launch'
  | 'imported'
  | 'decision_forgotten'
  | 'unknown_person';

/** Instants as ISO strings. */
export interface ToldMessage {
  readonly channel: string;
  readonly state: string;
  readonly receivedAt: string | null;
  readonly code: string | null;
  readonly detail: string | null;
  /** How often the provider refused it for now. */
  readonly refusals: number;
  /** The last 5 of these, oldest first. */
  readonly refused: readonly {
    readonly triedAt: string;
    readonly refusedAt: string;
    readonly code: string;
    readonly detail: string;
  }[];
}

export interface ExplainedEntry {
  readonly kind: 'pairing' | 'rejection';
  readonly status: ExplainStatus;
  readonly reason: Reason | null;
  readonly sentence: string;
  readonly trigger: { readonly kind: string; readonly name: string; readonly time: string };
  readonly dueAt: string | null;
  readonly occurrenceKey: string | null;
  /** The run in the Temporal UI; null of a rejection, which has none. */
  readonly runUrl: string | null;
  readonly evidence: JsonObject;
  readonly messages: readonly ToldMessage[];
}

export interface Explanation {
  readonly status: ExplainStatus;
  readonly reason: Reason | NeverReason | null;
  /** What an operator would say. */
  readonly sentence: string;
  readonly evidence: JsonObject;
  /** The run of the meeting that is the answer, in the Temporal UI. */
  readonly runUrl: string | null;
  /** Every meeting of the person with the campaign, newest first, at most 20. */
  readonly history: readonly ExplainedEntry[];
  /** What a trigger at this moment would lead to; null for an unknown person. */
  readonly ifTriggeredNow: {
    readonly enters: boolean;
    readonly reason: Reason | null;
    readonly sentence: string;
  } | null;
}

export interface ExplainInput {
  readonly pool: Pool;
  readonly workspace: Workspace;
  readonly campaign: Campaign;
  readonly person: StoredUser;
  readonly now: number;
  readonly links: Links;
}

/** The input with what every part of an explanation asks of the person. */
export interface ExplainContext extends ExplainInput {
  readonly userId: number;
  readonly profile: Profile;
  /** How sentences name the person. */
  readonly who: string;
  /** The zone of the person's own clock. */
  readonly zone: string;
}

/** How many meetings or events are looked at. */
export const LATEST = 20;
