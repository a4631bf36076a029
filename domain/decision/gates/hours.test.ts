import fc from 'fast-check';
import type { Campaign, QuietHours, TimeWindow } from '../../campaign/campaign.js';
import { EMPTY_PROFILE } from '../../profile/profile.js';
import { isInsideWindow } from '../../timing/window.js';
import { DEFAULT_WORKSPACE } from '../../workspace.js';
import { inHours } from './hours.js';

const HOUR = 60;
const night: QuietHours = { fromMinute: 22 * HOUR, toMinute: 6 * HOUR, zone: { kind: 'user' }, policy: 'hold' };
const day: TimeWindow = { fromMinute: 9 * HOUR, toMinute: 17 * HOUR, zone: { kind: 'user' }, missed: 'nextAvailable' };

const CAMPAIGN: Campaign = {
  id: 1,
  key: 'c',
  name: 'C',
  version: 1,
  revision: 1,
  generation: 1,
  state: 'active',
  activeSince: 0,
  audience: null,
  entry: {
    kind: 'event',
    trigger: { kind: 'custom', name: 'x', where: [] },
    delay: { kind: 'none' },
    exceptions: [],
  },
  duration: null,
  window: null,
  quietHours: null,
  recheckAudience: false,
  reEligibility: { kind: 'never' },
  variants: [],
};

function wholeVerdictAt(iso: string, rules: Partial<Campaign>, timeZone: string | null = null) {
  const facts = {
    userId: 1,
    profile: { ...EMPTY_PROFILE, timeZone },
    totals: new Map(),
    recent: new Map(),
    matching: new Map(),
    received: new Map(),
  };
  return inHours({ ...CAMPAIGN, ...rules }, { facts, workspace: DEFAULT_WORKSPACE }, Date.parse(iso));
}

function verdictAt(iso: string, rules: Partial<Campaign>, timeZone: string | null = null) {
  const verdict = wholeVerdictAt(iso, rules, timeZone);
  if (verdict?.kind === 'hold') return `${verdict.because} until ${new Date(verdict.until).toISOString()}`;
  return verdict?.kind === 'end' ? verdict.reason : null;
}

describe('quiet hours at send time', () => {
  it('QH-02: what falls due at 05:30 of quiet hours 22:00–06:00 is sent at 06:00', () => {
    expect(verdictAt('2025-03-06T05:30Z', { quietHours: night })).toBe('quiet_hours until 2025-03-06T06:00:00.000Z');
    expect(verdictAt('2025-03-06T22:00Z', { quietHours: night })).toBe('quiet_hours until 2025-03-07T06:00:00.000Z');
    expect(verdictAt('2025-03-06T06:00Z', { quietHours: night })).toBeNull();
    expect(verdictAt('2025-03-06T21:59:59.999Z', { quietHours: night })).toBeNull();
  });

  it('QH-03: quiet hours 18:00–16:00 send between 16:00 and 18:00 only', () => {
    const quietHours = { ...night, fromMinute: 18 * HOUR, toMinute: 16 * HOUR };
    expect(verdictAt('2025-03-06T17:00Z', { quietHours })).toBeNull();
    expect(verdictAt('2025-03-06T18:00Z', { quietHours })).toBe('quiet_hours until 2025-03-07T16:00:00.000Z');
  });

  it('QH-01, QH-07: with policy abort it is dropped as quiet_hours', () => {
    expect(verdictAt('2025-03-06T05:30Z', { quietHours: { ...night, policy: 'abort' } })).toBe('quiet_hours');
  });

  it('QH-01: the hours are those of the person’s zone, else of the workspace', () => {
    expect(verdictAt('2025-03-06T12:00Z', { quietHours: night }, 'Pacific/Auckland')).toBe(
      'quiet_hours until 2025-03-06T17:00:00.000Z',
    );
    expect(verdictAt('2025-03-06T12:00Z', { quietHours: night }, 'Europe/Atlantis')).toBeNull();
  });

  it('QH-02, AB-56: quiet hours that end at a skipped time end with the gap, at a repeated one at its first occurrence', () => {
    const early = { ...night, toMinute: 150 };
    expect(verdictAt('2025-03-29T23:00Z', { quietHours: early }, 'Europe/Paris')).toBe(
      'quiet_hours until 2025-03-30T01:00:00.000Z',
    );
    expect(verdictAt('2025-10-25T22:00Z', { quietHours: early }, 'Europe/Paris')).toBe(
      'quiet_hours until 2025-10-26T00:30:00.000Z',
    );
  });

  it('QH-02, AB-51: both the window and the quiet hours hold, until the first instant that satisfies both', () => {
    const quietHours = { ...night, toMinute: 10 * HOUR };
    expect(verdictAt('2025-03-06T18:00Z', { window: day, quietHours })).toBe('window until 2025-03-07T10:00:00.000Z');
    const late = { ...night, fromMinute: 16 * HOUR };
    expect(verdictAt('2025-03-06T16:30Z', { window: day, quietHours: late })).toBe(
      'quiet_hours until 2025-03-07T09:00:00.000Z',
    );
  });

  it('AB-50: outside a window that drops, quiet hours rescue nothing', () => {
    expect(verdictAt('2025-03-06T23:00Z', { window: { ...day, missed: 'drop' }, quietHours: night })).toBe(
      'outside_window',
    );
  });

  it('AB-54: a hold that would end after the duration is a drop', () => {
    const end = { kind: 'local' as const, iso: '2025-03-07T05:00' } as const;
    const duration = { start: null, end, zone: { kind: 'user' } } as const;
    expect(verdictAt('2025-03-06T23:00Z', { duration, quietHours: night })).toBe('after_end');
  });

  it('drops where window and quiet hours of two clocks leave a person no time at all', () => {
    const quietHours = { ...night, fromMinute: 0, toMinute: 9 * HOUR, zone: { kind: 'workspace' } } as const;
    expect(verdictAt('2025-03-06T12:00Z', { window: day, quietHours }, 'Asia/Tokyo')).toBe('quiet_hours');
    expect(verdictAt('2025-03-06T12:00Z', { window: day, quietHours }, 'Europe/Paris')).toBeNull();
  });

  it('QH-02, AB-54: a hold ends at the first minute that satisfies both, in every zone', () => {
    const hours = fc
      .tuple(fc.integer({ min: 0, max: 1_439 }), fc.integer({ min: 0, max: 1_439 }))
      .filter(([from, to]) => from !== to)
      .map(([fromMinute, toMinute]) => ({ fromMinute, toMinute }));
    const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const instants = fc.integer({ min: Date.UTC(2010, 0, 1) / 60_000, max: Date.UTC(2030, 0, 1) / 60_000 });
    fc.assert(
      fc.property(hours, hours, zones, instants, (open, shut, timeZone, minute) => {
        const window = { ...day, ...open };
        const quietHours = { ...night, ...shut };
        const facts = {
          userId: 1,
          profile: { ...EMPTY_PROFILE, timeZone },
          totals: new Map(),
          recent: new Map(),
          matching: new Map(),
          received: new Map(),
        };
        const person = { facts, workspace: DEFAULT_WORKSPACE };
        const isFree = (at: number) =>
          isInsideWindow(window, at, timeZone) && !isInsideWindow(quietHours, at, timeZone);
        const verdict = inHours({ ...CAMPAIGN, window, quietHours }, person, minute * 60_000);
        if (verdict === null) return expect(isFree(minute * 60_000)).toBe(true);
        const until = verdict.kind === 'hold' ? verdict.until : (minute + 7 * 1_440) * 60_000;
        if (verdict.kind === 'hold') expect(isFree(until)).toBe(true);
        const pause = Math.max(60_000, (until - minute * 60_000) / 50);
        for (let at = minute * 60_000; at < until; at += pause) expect(isFree(at)).toBe(false);
        return undefined;
      }),
      { numRuns: 200 },
    );
  });
});

describe('what explain reads of a hold or a drop for hours ', () => {
  const at = '2025-03-06T23:00:00.000Z';
  const nightSeen = { at, from: '22:00', to: '06:00', zone: 'UTC' };
  const daySeen = { at, from: '09:00', to: '17:00', zone: 'UTC' };

  it('QH-02: a hold for quiet hours tells them and the first instant after', () => {
    expect(wholeVerdictAt(at, { quietHours: night })).toEqual({
      kind: 'hold',
      until: Date.parse('2025-03-07T06:00:00Z'),
      because: 'quiet_hours',
      evidence: nightSeen,
    });
  });

  it('AB-51: a hold for both is told by the window', () => {
    expect(wholeVerdictAt(at, { window: day, quietHours: night })).toEqual({
      kind: 'hold',
      until: Date.parse('2025-03-07T09:00:00Z'),
      because: 'window',
      evidence: daySeen,
    });
  });

  it('AB-50, QH-01: a drop tells the hours that it fell outside of, or into', () => {
    const end = { kind: 'end', outcome: 'dropped' };
    expect(wholeVerdictAt(at, { window: { ...day, missed: 'drop' } })).toEqual({
      ...end,
      reason: 'outside_window',
      evidence: daySeen,
    });
    expect(wholeVerdictAt(at, { quietHours: { ...night, policy: 'abort' } })).toEqual({
      ...end,
      reason: 'quiet_hours',
      evidence: nightSeen,
    });
  });

  it('QH-01: quiet hours that drop leave the rest of the day alone, and a hold for the window is one still', () => {
    const abort = { ...night, policy: 'abort' } as const;
    expect(wholeVerdictAt('2025-03-06T12:00Z', { quietHours: abort })).toBeNull();
    expect(verdictAt('2025-03-06T18:00Z', { window: day, quietHours: abort })).toBe(
      'window until 2025-03-07T09:00:00.000Z',
    );
  });

  it('AB-54: a hold past the end tells the end, the instant it would have gone, and what it was held for', () => {
    const duration = {
      start: null,
      end: { kind: 'local' as const, iso: '2025-03-07T05:00' },
      zone: { kind: 'user' },
    } as const;
    const end = { kind: 'end', outcome: 'dropped', reason: 'after_end' };
    const ended = { endsAt: '2025-03-07T05:00:00.000Z', zone: 'UTC' };
    expect(wholeVerdictAt(at, { duration, quietHours: night })).toEqual({
      ...end,
      evidence: { ...ended, at: '2025-03-07T06:00:00.000Z', heldFor: 'quietHours' },
    });
    expect(wholeVerdictAt(at, { duration, window: day })).toEqual({
      ...end,
      evidence: { ...ended, at: '2025-03-07T09:00:00.000Z', heldFor: 'window' },
    });
  });

  it('AB-54: a hold that ends before the duration does, or in one without end, stays a hold', () => {
    const until = (end: string | null) =>
      ({
        start: { kind: 'local' as const, iso: '2025-03-01T00:00' },
        end: end === null ? null : { kind: 'local' as const, iso: end },
        zone: { kind: 'user' },
      }) as const;
    const held = 'quiet_hours until 2025-03-07T06:00:00.000Z';
    expect(verdictAt(at, { duration: until(null), quietHours: night })).toBe(held);
    expect(verdictAt(at, { duration: until('2025-03-07T06:01'), quietHours: night })).toBe(held);
    expect(verdictAt(at, { duration: until('2025-03-07T06:00'), quietHours: night })).toBe('after_end');
  });

  it('tells a person whom two clocks leave no time at all', () => {
    const quietHours = { ...night, fromMinute: 0, toMinute: 9 * HOUR, zone: { kind: 'workspace' } } as const;
    expect(wholeVerdictAt('2025-03-06T12:00Z', { window: day, quietHours }, 'Asia/Tokyo')).toEqual({
      kind: 'end',
      outcome: 'dropped',
      reason: 'quiet_hours',
      evidence: { at: '2025-03-06T12:00:00.000Z', neverFree: true },
    });
  });
});
