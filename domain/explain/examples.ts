// For tests only: evidence as the gates leave it, one of each reason.
import { decide, type SendFacts } from '../decision/decide.js';
import { exceptionEvidence } from '../decision/effects.js';
import { type Candidate, decideEntry } from '../decision/entry.js';
import { campaignOf, candidateOf, DAY, factsOf, HOUR, purchaseOf, sendFactsOf, TEN } from '../decision/examples.js';
import type { Evidence } from '../decision/gates/gates.js';
import type { Reason } from '../decision/reasons.js';
import { DEFAULT_WORKSPACE } from '../workspace.js';

export const gold = { attribute: 'tier', equals: 'gold' };
export const silver = factsOf({ attributes: { tier: 'silver' } });
const lunch = { from: '12:00', to: '13:00' };

/** The evidence that the entry gates themselves leave. */
export const refused = (candidate: Partial<Candidate>): Evidence => {
  const verdict = decideEntry(candidateOf(candidate));
  if (verdict.kind !== 'reject') throw new Error('entered');
  return verdict.evidence;
};
/** Likewise, of the gates at the moment of sending. */
export const ended = (facts: Parameters<typeof sendFactsOf>[0], now = TEN + HOUR): Evidence => {
  const verdict = decide(sendFactsOf(facts) satisfies SendFacts, DEFAULT_WORKSPACE, now);
  if (verdict.kind !== 'end') throw new Error(`the verdict is ${verdict.kind}`);
  return verdict.evidence;
};
export const person = { facts: silver, workspace: DEFAULT_WORKSPACE };
export const receipt = { lastAt: TEN - HOUR };

/** Of each reason. */
export const EVIDENCE: Readonly<Record<Reason, Evidence>> = {
  too_old: refused({ now: TEN + 2 * DAY }),
  before_launch: refused({ campaign: campaignOf({}, { activeSince: TEN + 1 }) }),
  original_not_active: { campaign: 'welcome' },
  before_start: refused({ campaign: campaignOf({ duration: { start: '2025-04-01T00:00:00Z' } }) }),
  after_end: refused({ campaign: campaignOf({ duration: { end: '2025-03-01T00:00:00Z' } }) }),
  outside_audience: refused({ campaign: campaignOf({ audience: gold }), person }),
  outside_window: refused({ campaign: campaignOf({ window: lunch }) }),
  already_received: refused({ receipt }),
  not_yet_re_eligible: refused({ campaign: campaignOf({ reEligibility: { after: '1 day' } }), receipt }),
  past_due: { at: new Date(TEN).toISOString(), dueAt: new Date(TEN - HOUR).toISOString() },
  loop: { chainDepth: 11 },
  too_many_waiting: refused({ waiting: new Map([[campaignOf().id, 1_000]]) }),
  exception: exceptionEvidence(purchaseOf()),
  campaign_stopped: ended({ campaign: campaignOf({}, { state: 'stopped' }) }),
  campaign_archived: ended({ campaign: campaignOf({}, { state: 'archived' }) }),
  cancelled_by_operator: {},
  user_deleted: ended({ person: null }),
  stale: ended({}, TEN + 5 * DAY),
  left_audience: ended({ campaign: campaignOf({ audience: gold, recheckAudience: true }), person: silver }),
  quiet_hours: ended({ campaign: campaignOf({ quietHours: { from: '10:00', to: '12:00', policy: 'abort' } }) }),
  unreachable: ended({ person: factsOf({ email: null }) }),
  aborted: { email: 'not gold' },
  sent: { receivedAt: new Date(TEN).toISOString() },
  rejected_by_provider: { code: 'http_404' },
  retries_exhausted: { code: 'retries_exhausted' },
  invalid_message: { email: 'to: not an address' },
  no_answer: { resends: 2 },
};
