import { exceptionEvidence } from '../decision/effects.js';
import { type Candidate } from '../decision/entry.js';
import { campaignOf, DAY, eventOf, HOUR, purchaseOf, TEN } from '../decision/examples.js';
import type { Evidence } from '../decision/gates/gates.js';
import { REASONS, type Reason } from '../decision/reasons.js';
import type { Json } from '../json.js';
import { EVIDENCE, ended, refused } from './examples.js';
import { type ExplainedReason, explainReason } from './sentences.js';

describe('H1: before the launch', () => {
  const trigger = { kind: 'custom', name: 'add_to_cart', time: TEN, isWholeSecond: true } as const;
  const launched = campaignOf({}, { activeSince: TEN + 2_412 });
  const told = (now: number, more: Partial<Candidate> = {}) => {
    const candidate = { campaign: launched, trigger: eventOf({ isWholeSecond: true }), now, ...more };
    return explainReason('before_launch', {
      who: 'Ann',
      trigger,
      evidence: refused(candidate),
      when: 'entry',
      zone: 'UTC',
    });
  };

  test('with a clock 2 s behind, says by how much, that it arrived after it, and what to do', () => {
    expect(told(TEN + 2_700)).toBe(
      'Ann did add_to_cart at 2025-03-06 10:00:00 (UTC; some time within that second), 2.412 seconds before the campaign ' +
        'was active (since 2025-03-06 10:00:02.412 (UTC)), though it arrived after that, at 2025-03-06 10:00:02.700 (UTC). ' +
        'If the clock of its sender is behind, set it (NTP) and send the event again with the right time.',
    );
  });

  test('far before it, no clock is blamed; where it arrived before it too, nothing is', () => {
    const campaign = campaignOf({}, { activeSince: TEN + 2 * HOUR });
    expect(told(TEN + 3 * HOUR, { campaign })).toContain('2 hours before the campaign was active');
    expect(told(TEN + 3 * HOUR, { campaign })).toMatch(/sends nothing, however late it arrives\.$/);
    expect(told(TEN + 2_000)).toMatch(
      /some time within that second\), before the campaign was active \(since .*02\.412/,
    );
  });
});

test('RE-13: not yet re-eligible tells when it was received, and the planned instant that the period counts from', () => {
  const campaign = campaignOf({ reEligibility: { after: '1 hour' } });
  const evidence = refused({ campaign, receipt: { lastAt: TEN + 400, countsFrom: TEN } });
  const trigger = { kind: 'custom', name: 'add_to_cart', time: TEN } as const;
  expect(explainReason('not_yet_re_eligible', { who: 'Ann', trigger, evidence, when: 'entry', zone: 'UTC' })).toBe(
    'Ann received the campaign at 2025-03-06 10:00:00 (UTC), planned for 2025-03-06 10:00 (UTC), and is eligible again ' +
      'only from 2025-03-06 11:00 (UTC) on.',
  );
});

test('B16: stale after a hold tells both instants', () => {
  const trigger = { kind: 'custom', name: 'add_to_cart', time: TEN } as const;
  const evidence = ended({ plannedAt: TEN + 9 * HOUR }, TEN + 5 * DAY);
  expect(explainReason('stale', { who: 'Ann', trigger, evidence, when: 'due', zone: 'UTC' })).toBe(
    'The message was due at 2025-03-06 11:00 (UTC), was held until 2025-03-06 19:00 (UTC), and could not be sent within ' +
      '72 hours of it.',
  );
});

test('AB-18: an exception of the trigger’s second says that arrival decided', () => {
  const trigger = { kind: 'custom', name: 'add_to_cart', time: TEN + 412 } as const;
  const evidence = exceptionEvidence(purchaseOf({ time: TEN, isWholeSecond: true }));
  const told = { who: 'Ann', trigger, evidence, when: 'due', zone: 'UTC' } as const;
  expect(explainReason('exception', told)).toBe(
    'Ann bought sku at 2025-03-06 10:00:00 (UTC; some time within that second), which arrived after the trigger of the ' +
      'same second, and before the message was sent: that cancels it.',
  );
  const later = exceptionEvidence(purchaseOf({ time: TEN + 1_000, isWholeSecond: true }));
  expect(explainReason('exception', { ...told, evidence: later })).toContain('10:00:01 (UTC), after the trigger and');
});

describe('AB-57: every reason has its sentence', () => {
  const trigger = { kind: 'custom' as const, name: 'add_to_cart', time: TEN };

  test.each(REASONS.flatMap((reason) => (['entry', 'due'] as const).map((when) => ({ reason, when }))))(
    '$reason ($when)',
    ({ reason, when }) => {
      const sentence = explainReason(reason, { who: 'ann', trigger, evidence: EVIDENCE[reason], when, zone: 'UTC' });
      expect(sentence).toMatch(/^[A-Z]\w+ .*\.$|^ann .*\.$/);
      expect(sentence).not.toMatch(/undefined|nothing\b(?!\.$)|unknown time|null|NaN|\[object|\.\.$|: \./);
    },
  );

  test('two reasons never read alike', () => {
    const told = (reason: Reason) =>
      explainReason(reason, { who: 'ann', trigger, evidence: EVIDENCE[reason], when: 'due', zone: 'UTC' });
    expect(new Set(REASONS.map(told)).size).toBe(REASONS.length);
  });

  test('values are those the gate saw', () => {
    const told = { who: 'ann', trigger, when: 'due' as const, zone: 'Europe/Paris' };
    expect(explainReason('left_audience', { ...told, evidence: EVIDENCE.left_audience })).toContain('silver');
    expect(explainReason('exception', { ...told, evidence: EVIDENCE.exception })).toContain(
      '11:00 (Europe/Paris; 10:00 UTC)',
    );
    expect(explainReason('unreachable', { ...told, evidence: EVIDENCE.unreachable })).toContain('no address');
  });
});

describe('AB-57: a sentence fits what happened', () => {
  const trigger = { kind: 'custom' as const, name: 'add_to_cart', time: TEN };
  const at = '2025-03-06T16:00:00.000Z';
  const shown = '2025-03-06 16:00 (UTC)';
  const say = (reason: Reason, evidence: Evidence, when: ExplainedReason['when'] = 'due') =>
    explainReason(reason, { who: 'ann', trigger, evidence, when, zone: 'UTC' });

  test.each<[string, Reason, Evidence, ExplainedReason['when'], string]>([
    [
      'AB-54: the end of quiet hours after the end of the campaign',
      'after_end',
      { at, endsAt: at, heldFor: 'quietHours' },
      'due',
      `The quiet hours would end at ${shown}, after the campaign's end at ${shown}.`,
    ],
    [
      'AB-54: an opening of the window after the end of the campaign',
      'after_end',
      { at, endsAt: at, heldFor: 'window' },
      'due',
      `The time window would open next at ${shown}, after the campaign's end at ${shown}.`,
    ],
    [
      'AB-40: a due time ahead, after the end',
      'after_end',
      { at, endsAt: at },
      'ahead',
      `The message falls due at ${shown}, after the campaign's end at ${shown}.`,
    ],
    [
      'AB-50: a due time ahead, outside the window',
      'outside_window',
      { at, from: '09:00', to: '12:00' },
      'ahead',
      `The message falls due at ${shown}, outside the time window 09:00–12:00.`,
    ],
    [
      'EV-07: an audience left before the message falls due',
      'left_audience',
      { at, seen: [{ filter: 'tier equals gold', value: 'silver' }] },
      'ahead',
      'ann is no longer in the audience: “tier equals gold” (the value was silver).',
    ],
    [
      'QH-01: hours that leave no time',
      'quiet_hours',
      { at, neverFree: true },
      'due',
      `The message fell due at ${shown}, and the time window and quiet hours leave ann no time at which it could be sent.`,
    ],
    [
      'SU-01: nobody to reach, ahead',
      'unreachable',
      { channels: { email: 'unsubscribed', webhook: 'no_address' } },
      'ahead',
      'ann cannot be reached: email: the person has unsubscribed; webhook: there is no address for it.',
    ],
    ['SU-01: no channel at all', 'unreachable', {}, 'due', 'ann could not be reached: no channel was possible.'],
    [
      'SU-01: a cause of a newer release',
      'unreachable',
      { channels: { email: 'no_consent' } },
      'due',
      'ann could not be reached: email: no_consent.',
    ],
    [
      'AB-31: an exception of a kind of its own',
      'exception',
      { event: 'purchase', name: 'hat', at, seq: 7 },
      'due',
      `ann bought hat at ${shown}, after the trigger and before the message was sent: that cancels it.`,
    ],
    [
      'AB-31: an exception of a kind that is not known any more',
      'exception',
      { event: 'teleported', name: 'hat', at, seq: 7 },
      'due',
      `ann did hat at ${shown}, after the trigger and before the message was sent: that cancels it.`,
    ],
    [
      'several reasons of several channels',
      'aborted',
      { email: 'not gold', webhook: 3 },
      'due',
      "The message's template called abort_message: email: not gold; webhook: 3.",
    ],
  ])('%s', (_what, reason, evidence, when, sentence) => {
    expect(say(reason, evidence, when)).toBe(sentence);
  });

  test('EV-07: tells every filter that was looked at, and what has no value', () => {
    const seen: Json = [
      { filter: 'tier equals gold', value: null },
      { filter: 'logins ≥ 3', value: 2 },
      { filter: 'city equals Lyon' },
    ];
    expect(say('outside_audience', { seen }, 'entry')).toContain(
      '“tier equals gold” (no value) and “logins ≥ 3” (the value was 2) and “city equals Lyon” (no value).',
    );
    expect(say('outside_audience', { seen: [] }, 'entry')).toMatch(/: no filter of it matched\.$/);
    expect(say('outside_audience', {}, 'entry')).toMatch(/: no filter of it matched\.$/);
    expect(say('outside_audience', { seen: ['x'] }, 'entry')).toContain('“nothing” (no value)');
  });

  test('AB-55: instants are told in the zone that the gate judged in, where that is one', () => {
    const evidence = { at, from: '09:00', to: '12:00' };
    expect(say('outside_window', { ...evidence, zone: 'Asia/Tokyo' })).toContain(
      '2025-03-07 01:00 (Asia/Tokyo; 2025-03-06 16:00 UTC)',
    );
    expect(say('outside_window', { ...evidence, zone: 'Mars/Olympus' })).toContain(shown);
    expect(say('outside_window', { ...evidence, zone: 9 })).toContain(shown);
  });
});

// RAPPEL_WRITE_DOCS=1 npm run test:unit writes the page.
