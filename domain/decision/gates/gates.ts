/**
 * The gates of EV-12 that hold at entry and at send alike, each answering with the values it saw.
 * Pure: the person, the receipts and the instant come in as arguments.
 */

import { evaluateFilter } from '../../audience/filter.js';
import type { Campaign } from '../../campaign/campaign.js';
import { sendsInLocalTime } from '../../campaign/entry.js';
import type { UserFacts } from '../../facts/userFacts.js';
import type { Json, JsonObject } from '../../json.js';
import { durationBounds } from '../../timing/duration.js';
import { isInsideWindow } from '../../timing/window.js';
import { resolveZone } from '../../timing/zone.js';
import type { Workspace } from '../../workspace.js';
import type { Reason } from '../reasons.js';

/** Values a gate saw, by name; instants as ISO strings in UTC. Stored with the outcome and read by explain. */
export type Evidence = JsonObject;

export interface Stopped {
  readonly reason: Reason;
  readonly evidence: Evidence;
}

/** What earlier receipts of the campaign say. An `unknown` send counts as received. */
export interface Receipt {
  /** When the last was received. */
  readonly lastAt: number;
  /** What a period counts from, where it is another instant: the planned one (RE-13). */
  readonly countsFrom?: number;
}

export interface Person {
  readonly facts: UserFacts;
  readonly workspace: Workspace;
}

export function isoInstant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** AB-40, AB-41, AB-54. */
export function durationGate(campaign: Campaign, person: Person, at: number): Stopped | null {
  if (campaign.duration === null) return null;
  const zone = resolveZone(campaign.duration.zone, person.facts.profile.timeZone, person.workspace);
  const { startsAt, endsAt } = durationBounds(campaign.duration, zone);
  if (startsAt !== null && at < startsAt) {
    return { reason: 'before_start', evidence: { at: isoInstant(at), startsAt: isoInstant(startsAt), zone } };
  }
  if (endsAt !== null && at >= endsAt) {
    return { reason: 'after_end', evidence: { at: isoInstant(at), endsAt: isoInstant(endsAt), zone } };
  }
  return null;
}

/** EV-01, EV-07. */
export function audienceGate(
  campaign: Campaign,
  person: Person,
  at: number,
  reason: 'outside_audience' | 'left_audience',
): Stopped | null {
  if (campaign.audience === null) return null;
  const askedAt = { now: at, workspace: person.workspace, isLocalTime: sendsInLocalTime(campaign) };
  const { pass, seen } = evaluateFilter(campaign.audience, person.facts, askedAt);
  if (pass) return null;
  const values: Json = seen.map(({ filter, value }) => ({ filter, value }));
  return { reason, evidence: { at: isoInstant(at), seen: values } };
}

/** AB-50. At send time a missed window may hold instead: see `decide`. */
export function windowGate(campaign: Campaign, person: Person, at: number): Stopped | null {
  if (campaign.window === null) return null;
  const zone = resolveZone(campaign.window.zone, person.facts.profile.timeZone, person.workspace);
  if (isInsideWindow(campaign.window, at, zone)) return null;
  const { fromMinute, toMinute } = campaign.window;
  return {
    reason: 'outside_window',
    evidence: { at: isoInstant(at), from: clock(fromMinute), to: clock(toMinute), zone },
  };
}

/** QH-01: the quiet hours that the instant lies in, as `decide` holds or drops for them. */
export function quietHoursGate(campaign: Campaign, person: Person, at: number): Stopped | null {
  if (campaign.quietHours === null) return null;
  const zone = resolveZone(campaign.quietHours.zone, person.facts.profile.timeZone, person.workspace);
  if (!isInsideWindow(campaign.quietHours, at, zone)) return null;
  const { fromMinute, toMinute } = campaign.quietHours;
  return {
    reason: 'quiet_hours',
    evidence: { at: isoInstant(at), from: clock(fromMinute), to: clock(toMinute), zone },
  };
}

function clock(minute: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** The later of both, each of its instants by itself. */
export function laterReceipt(a: Receipt | null, b: Receipt): Receipt {
  if (a === null) return b;
  const countsFrom = Math.max(a.countsFrom ?? a.lastAt, b.countsFrom ?? b.lastAt);
  return { lastAt: Math.max(a.lastAt, b.lastAt), countsFrom };
}

/** RE-01, RE-02, RE-05: counts from receipts; eligible again from the instant receipt + period on. */
export function reEligibilityGate(campaign: Campaign, receipt: Receipt | null, at: number): Stopped | null {
  if (receipt === null) return null;
  const receivedAt = isoInstant(receipt.lastAt);
  switch (campaign.reEligibility.kind) {
    case 'never':
      return { reason: 'already_received', evidence: { receivedAt } };
    case 'after': {
      // RE-05: period 0 means always, also for a trigger that arrives late, from before the receipt.
      if (campaign.reEligibility.ms === 0) return null;
      const { lastAt, countsFrom = lastAt } = receipt;
      const eligibleAt = countsFrom + campaign.reEligibility.ms;
      if (at >= eligibleAt) return null;
      return {
        reason: 'not_yet_re_eligible',
        evidence: {
          at: isoInstant(at),
          receivedAt,
          ...(countsFrom === lastAt ? {} : { countsFrom: isoInstant(countsFrom) }),
          eligibleAt: isoInstant(eligibleAt),
        },
      };
    }
  }
}
