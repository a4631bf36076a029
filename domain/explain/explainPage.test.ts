import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decide, type SendFacts } from '../decision/decide.js';
import { exceptionEvidence } from '../decision/effects.js';
import { type Candidate, decideEntry } from '../decision/entry.js';
import { campaignOf, candidateOf, DAY, factsOf, HOUR, purchaseOf, sendFactsOf, TEN } from '../decision/examples.js';
import type { Evidence } from '../decision/gates/gates.js';
import { REASONS, type Reason } from '../decision/reasons.js';
import { DEFAULT_WORKSPACE } from '../workspace.js';
import { explainReason } from './sentences.js';

const gold = { attribute: 'tier', equals: 'gold' };
const silver = factsOf({ attributes: { tier: 'silver' } });
const lunch = { from: '12:00', to: '13:00' };

/** The evidence that the gates themselves leave. */
const refused = (candidate: Partial<Candidate>): Evidence => {
  const verdict = decideEntry(candidateOf(candidate));
  if (verdict.kind !== 'reject') throw new Error('entered');
  return verdict.evidence;
};
const ended = (facts: Parameters<typeof sendFactsOf>[0], now = TEN + HOUR): Evidence => {
  const verdict = decide(sendFactsOf(facts) satisfies SendFacts, DEFAULT_WORKSPACE, now);
  if (verdict.kind !== 'end') throw new Error(`the verdict is ${verdict.kind}`);
  return verdict.evidence;
};
const person = { facts: silver, workspace: DEFAULT_WORKSPACE };
const receipt = { lastAt: TEN - HOUR };

const EVIDENCE: Readonly<Record<Reason, Evidence>> = {
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

describe('docs/explain.md', () => {
  const PAGE = path.join(__dirname, '../../docs/explain.md');
  const BOTH: readonly Reason[] = ['outside_window', 'after_end', 'already_received', 'not_yet_re_eligible'];
  const trigger = { kind: 'custom' as const, name: 'add_to_cart', time: TEN };
  const told = (reason: Reason, when: 'entry' | 'due') =>
    explainReason(reason, { who: 'ann', trigger, evidence: EVIDENCE[reason], when, zone: 'UTC' });

  function page(): string {
    const rows = REASONS.flatMap((reason) => {
      const isEntry = REASONS.indexOf(reason) <= REASONS.indexOf('too_many_waiting');
      const both = BOTH.includes(reason);
      const entry = `| \`${reason}\` | at the trigger | ${told(reason, 'entry')} |`;
      const due = `| \`${reason}\` | when due | ${told(reason, 'due')} |`;
      return [...(isEntry ? [entry] : []), ...(!isEntry || both ? [due] : [])];
    });
    return [
      '# What explain says',
      '',
      'Every reason why somebody did not get a campaign, as `GET /v1/explain` words it, with the values a gate saw in an',
      'example. Made by the tests of `domain/explain` and kept true by them.',
      '',
      'Instants stand on the clock of the person (of the zone the gate judged in, where that is another) and in UTC. People',
      'are asked about by external id (`user=`), by internal id (`user_id=`) or by alias (`alias_label=` and `alias_name=`);',
      'by e-mail address or phone number in the body of `POST /v1/explain`, as addresses never stand in a URL. A message that',
      'was refused for now is told with its last five refusals and when it was tried again, one that came a minute or more',
      'after its planned instant with how late it was, and a parked one with the error that parked it.',
      '',
      '| reason | decided | sentence |',
      '| --- | --- | --- |',
      ...rows,
      '',
      'People who never met the campaign are told why from their own events: they never did what triggers it',
      '(`no_trigger`), did it with other properties (`property_filter`), before it was active (`before_launch`), while it',
      'was not (`campaign_not_active`), or longer ago than decisions are kept (`decision_forgotten`).',
      '',
    ].join('\n');
  }

  test('is what the sentences are', () => {
    if (process.env.RAPPEL_WRITE_DOCS === '1') writeFileSync(PAGE, page());
    expect(readFileSync(PAGE, 'utf8')).toBe(page());
  });
});
