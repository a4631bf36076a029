/**
 * Whether a pairing that was parked before it was let in may enter now that its rules can be evaluated: the entry
 * gates as of the recording of its trigger, on the person as they are now. The trigger's own counters are taken off
 * again (EV-04).
 */
import type { Campaign } from '../domain/campaign/campaign.js';
import { decideEntry, type EntryVerdict } from '../domain/decision/entry.js';
import { matches, type TriggerSnapshot } from '../domain/event/matcher.js';
import type { Profile } from '../domain/profile/profile.js';
import { incrementsOf } from '../domain/segment/addToTotals.js';
import { type Total, totalKey } from '../domain/segment/facts.js';
import { needsOf } from '../domain/segment/filter.js';
import type { Workspace } from '../domain/workspace.js';
import { loadEntryFacts } from '../segments/loadEntryFacts.js';
import type { Queryable } from '../storage/pool.js';

export interface ParkedCandidate {
  readonly campaign: Campaign;
  readonly userId: number;
  readonly profile: Profile;
  readonly trigger: TriggerSnapshot;
  readonly recordedAt: number;
  readonly workspace: Workspace;
}

export type ParkedVerdict = EntryVerdict | { readonly kind: 'no_match' };

/** Throws what the rules throw if they still cannot be evaluated. */
export async function judgeParked(tx: Queryable, candidate: ParkedCandidate): Promise<ParkedVerdict> {
  const { campaign, userId, profile, trigger, recordedAt, workspace } = candidate;
  const event = { ...trigger, userId, receivedAt: recordedAt };
  if (!matches(campaign.trigger, event)) return { kind: 'no_match' };
  const loaded = await loadEntryFacts(tx, {
    userIds: [userId],
    exceptionCampaignIds: [],
    triggeredCampaignIds: [campaign.id],
    needs: campaign.audience === null ? [] : needsOf(campaign.audience),
    exceptionListeners: [],
    since: recordedAt,
  });
  const { totals = new Map<string, Total>(), receipts } = loaded.get(userId) ?? {};
  const person = { facts: { userId, profile, totals: without(totals, event) }, workspace };
  const receipt = receipts?.get(campaign.id) ?? null;
  return decideEntry({ campaign, trigger: event, person, receipt, now: recordedAt });
}

function without(totals: ReadonlyMap<string, Total>, event: Parameters<typeof incrementsOf>[0]): Map<string, Total> {
  const before = new Map(totals);
  for (const { kind, name, count, amount } of incrementsOf(event)) {
    const key = totalKey(kind, name);
    const total = before.get(key);
    if (total === undefined) continue;
    if (total.count <= count) before.delete(key);
    else before.set(key, { ...total, count: total.count - count, amount: total.amount - amount });
  }
  return before;
}
