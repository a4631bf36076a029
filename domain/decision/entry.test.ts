import { DEFAULT_WORKSPACE } from '../workspace.js';
import { decideEntry } from './entry.js';
import { campaignOf, candidateOf, DAY, eventOf, factsOf, HOUR, TEN } from './examples.js';

const person = (attributes = {}) => ({ facts: factsOf({ attributes }), workspace: DEFAULT_WORKSPACE });
const reasonOf = (candidate: Parameters<typeof candidateOf>[0]) => {
  const verdict = decideEntry(candidateOf(candidate));
  return verdict.kind === 'reject' ? verdict.reason : 'enter';
};

describe('whether a trigger lets a person enter', () => {
  test('AB-16: the delay counts from the event’s own time, however late it arrives', () => {
    const campaign = campaignOf({ delay: { after: '1 hour' } });
    expect(decideEntry(candidateOf({ campaign, now: TEN + 5 * HOUR }))).toEqual({ kind: 'enter', dueAt: TEN + HOUR });
  });

  test('AB-16: an event older than a day triggers nothing', () => {
    expect(reasonOf({ now: TEN + DAY })).toBe('enter');
    expect(reasonOf({ now: TEN + DAY + 1 })).toBe('too_old');
  });

  test('AB-10: nor does one from before the launch or the resume', () => {
    expect(reasonOf({ campaign: campaignOf({}, { activeSince: TEN }) })).toBe('enter');
    expect(reasonOf({ campaign: campaignOf({}, { activeSince: TEN + 1 }) })).toBe('before_launch');
  });

  test('H1, AB-18: a time without a fraction lies before the launch only if the whole of its second does', () => {
    const launchedAt = (activeSince: number) => ({ campaign: campaignOf({}, { activeSince }) });
    const whole = { trigger: eventOf({ isWholeSecond: true }), now: TEN + 2_000 };
    expect(reasonOf({ ...whole, ...launchedAt(TEN + 412) })).toBe('enter');
    expect(reasonOf({ ...whole, ...launchedAt(TEN + 999) })).toBe('enter');
    expect(reasonOf({ ...whole, ...launchedAt(TEN + 1_000) })).toBe('before_launch');
    expect(reasonOf({ trigger: eventOf(), ...launchedAt(TEN + 412) })).toBe('before_launch');
  });

  test('AB-18: so it does before the start of the duration, and before the end of a re-eligibility period', () => {
    const trigger = eventOf({ isWholeSecond: true });
    const starting = campaignOf({ duration: { start: '2025-03-06T10:00:00.412Z' } });
    expect(reasonOf({ campaign: starting, trigger })).toBe('enter');
    expect(reasonOf({ campaign: starting })).toBe('before_start');
    const again = campaignOf({ reEligibility: { after: '1 day' } });
    expect(reasonOf({ campaign: again, trigger, receipt: { lastAt: TEN + 412 - DAY } })).toBe('enter');
    expect(reasonOf({ campaign: again, receipt: { lastAt: TEN + 412 - DAY } })).toBe('not_yet_re_eligible');
    expect(reasonOf({ campaign: again, trigger, receipt: { lastAt: TEN + 1_000 - DAY } })).toBe('not_yet_re_eligible');
  });

  test('AB-41: the start is inclusive, the end exclusive', () => {
    const within = (duration: Record<string, string>) => campaignOf({ duration });
    expect(reasonOf({ campaign: within({ start: '2025-03-06T10:00:00Z' }) })).toBe('enter');
    expect(reasonOf({ campaign: within({ start: '2025-03-06T10:00:01Z' }) })).toBe('before_start');
    expect(reasonOf({ campaign: within({ end: '2025-03-06T10:00:01Z' }) })).toBe('enter');
    expect(reasonOf({ campaign: within({ end: '2025-03-06T10:00:00Z' }) })).toBe('after_end');
  });

  test('AB-52: a trigger outside the window is refused though missed ones are sent later', () => {
    const window = { from: '11:00', to: '12:00', missed: 'nextAvailable' };
    expect(reasonOf({ campaign: campaignOf({ window }) })).toBe('outside_window');
  });

  test('RE-01, RE-02: only a receipt, not an earlier entry, keeps a person out', () => {
    expect(reasonOf({ receipt: null })).toBe('enter');
    expect(reasonOf({ receipt: { lastAt: TEN - 400 * DAY } })).toBe('already_received');
  });

  test('EV-12: of several gates the first in order gives the reason', () => {
    const definition = {
      duration: { end: '2025-03-06T10:00:00Z' },
      audience: { attribute: 'tier', equals: 'gold' },
      window: { from: '11:00', to: '12:00' },
    };
    const receipt = { lastAt: TEN - DAY };
    const { duration, audience, window } = definition;
    const silver = person({ tier: 'silver' });
    const order = [
      reasonOf({
        campaign: campaignOf(definition, { activeSince: TEN + 1 }),
        person: silver,
        receipt,
        now: TEN + 2 * DAY,
      }),
      reasonOf({ campaign: campaignOf(definition, { activeSince: TEN + 1 }), person: silver, receipt }),
      reasonOf({ campaign: campaignOf({ duration, audience, window }), person: silver, receipt }),
      reasonOf({ campaign: campaignOf({ audience, window }), person: silver, receipt }),
      reasonOf({ campaign: campaignOf({ window }), person: silver, receipt }),
      reasonOf({ person: silver, receipt }),
      reasonOf({ person: silver, trigger: eventOf() }),
    ];
    expect(order).toEqual([
      'too_old',
      'before_launch',
      'after_end',
      'outside_audience',
      'outside_window',
      'already_received',
      'enter',
    ]);
  });

  test('too old says when it happened, when it came, and how old it may be', () => {
    expect(decideEntry(candidateOf({ now: TEN + 2 * DAY }))).toEqual({
      kind: 'reject',
      reason: 'too_old',
      evidence: {
        happenedAt: '2025-03-06T10:00:00.000Z',
        recordedAt: '2025-03-08T10:00:00.000Z',
        maxAgeHours: 24,
      },
    });
  });

  test('AB-10: before the launch says since when the campaign is active, null where it never was', () => {
    const stopped = (activeSince: number | null) =>
      decideEntry(candidateOf({ campaign: campaignOf({}, { activeSince }) }));
    const happenedAt = '2025-03-06T10:00:00.000Z';
    expect(stopped(TEN + HOUR)).toEqual({
      kind: 'reject',
      reason: 'before_launch',
      evidence: { happenedAt, activeSince: '2025-03-06T11:00:00.000Z', recordedAt: happenedAt },
    });
    expect(stopped(null)).toEqual({
      kind: 'reject',
      reason: 'before_launch',
      evidence: { happenedAt, activeSince: null, recordedAt: happenedAt },
    });
  });

  test('AB-23: a time of day that has passed says which it was', () => {
    const campaign = campaignOf({ delay: { inDays: 0, at: '09:00' } });
    expect(decideEntry(candidateOf({ campaign }))).toEqual({
      kind: 'reject',
      reason: 'past_due',
      evidence: { at: '2025-03-06T10:00:00.000Z', dueAt: '2025-03-06T09:00:00.000Z' },
    });
  });

  test('ten of our own decisions in a row are followed, the eleventh is a loop', () => {
    const after = (chainDepth: number) => decideEntry(candidateOf({ trigger: eventOf({ chainDepth }) }));
    expect(after(10)).toEqual({ kind: 'enter', dueAt: TEN });
    expect(after(11)).toEqual({ kind: 'reject', reason: 'loop', evidence: { chainDepth: 11 } });
  });
});
