/**
 * Whether a pairing that was parked before it was let in may enter now that its rules can be evaluated: the entry
 * gates as of the recording of its trigger, on the person as they are now. The trigger's own counters are taken off
 * again (EV-04).
 */

import type { Campaign } from '../domain/campaign/campaign.js';
import { listensTo } from '../domain/campaign/entry.js';
import { decideEntry, type EntryVerdict } from '../domain/decision/entry.js';
import { evaluating } from '../domain/decision/evaluation.js';
import { matchesHeard, type TriggerSnapshot } from '../domain/event/matcher.js';
import { takeFromFacts } from '../domain/facts/userFacts.js';
import type { Profile } from '../domain/profile/profile.js';
import type { Workspace } from '../domain/workspace.js';
import { loadCandidate } from '../facts/loadCandidate.js';
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

/** Throws an `EvaluationError` if the rules still cannot be evaluated. */
export async function decideParked(tx: Queryable, candidate: ParkedCandidate): Promise<ParkedVerdict> {
  const { campaign, userId, profile, trigger, recordedAt, workspace } = candidate;
  const event = { ...trigger, userId, receivedAt: recordedAt };
  if (!evaluating(() => listensTo(campaign).some((matcher) => matchesHeard(matcher, trigger))))
    return { kind: 'no_match' };
  const { facts, receipt, waiting } = await loadCandidate(tx, { campaign, userId, profile, at: trigger.time });
  const person = { facts: { ...facts, ...takeFromFacts(facts, [event]) }, workspace };
  return evaluating(() => decideEntry({ campaign, trigger: event, person, receipt, waiting, now: recordedAt }));
}
