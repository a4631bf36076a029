import type { Filter } from '../audience/filter.js';
import type { Contents } from '../channel/index.js';
import type { Entry, ZoneRule } from './entry.js';

/** LC-01. `idle` is assigned automatically once nothing is sent any more. */
export const CAMPAIGN_STATES = ['draft', 'active', 'stopped', 'archived'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** A wall-clock moment whose zone comes from the campaign or the person, or an absolute instant. */
export type Moment =
  | { readonly kind: 'local'; readonly iso: string }
  | { readonly kind: 'instant'; readonly at: number };

/** AB-40…42: start inclusive, end exclusive. */
export interface CampaignDuration {
  readonly start: Moment | null;
  readonly end: Moment | null;
  readonly zone: ZoneRule;
}

/** Minutes after midnight, `from` inclusive, `to` exclusive; from > to wraps midnight. */
export interface DailyHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** AB-50…56. */
export interface TimeWindow extends DailyHours {
  readonly zone: ZoneRule;
  readonly missed: 'drop' | 'nextAvailable';
}

/** QH-01…03: hours in which nothing is sent. */
export interface QuietHours extends DailyHours {
  readonly zone: ZoneRule;
  /** What falls due in them is held until they end, or dropped. */
  readonly policy: 'hold' | 'abort';
}

export type ReEligibility = { readonly kind: 'never' } | { readonly kind: 'after'; readonly ms: number };

export interface Variant {
  readonly key: string;
  readonly share: number;
  readonly messages: Contents;
}

/** A definition compiled for deciding: units resolved, matchers uniform. Made by `compileCampaign`. */
export interface CampaignRules {
  readonly entry: Entry;
  readonly audience: Filter | null;
  readonly duration: CampaignDuration | null;
  readonly window: TimeWindow | null;
  readonly quietHours: QuietHours | null;
  readonly recheckAudience: boolean;
  readonly reEligibility: ReEligibility;
  readonly variants: readonly Variant[];
}

/** A stored campaign at one version, ready to decide with. */
export interface Campaign extends CampaignRules {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly version: number;
  /** Which change of any campaign, or of what it refers to, made it what it is. */
  readonly revision: number;
  /** Incremented by every stop: pairings of an older one count as cancelled (LC-04). */
  readonly generation: number;
  readonly state: CampaignState;
  /** Epoch ms of the latest launch or resume: earlier triggers never qualify (AB-10). */
  readonly activeSince: number | null;
}
