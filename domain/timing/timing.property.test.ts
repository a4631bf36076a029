// The rules of time against an independent computation (Temporal's polyfill) and against their own definition,
// in every IANA zone and mostly around clock changes, where the mistakes are.
import { Temporal } from '@js-temporal/polyfill';
import fc from 'fast-check';
import type { TimeWindow } from '../campaign/campaign.js';
import type { ZoneRule } from '../campaign/entry.js';
import { dueInstant } from './delay.js';
import { durationBounds } from './duration.js';
import { DAY_MS, firstInstantAt, MINUTE_MS, toLocalMs } from './localTime.js';
import { isInsideWindow, nextWindowOpening } from './window.js';
import { isKnownZone, zoneOffsetMs } from './zone.js';

const ZONES = Intl.supportedValuesOf('timeZone');
const FIRST_YEAR = Date.UTC(2005, 0, 1);
const LAST_YEAR = Date.UTC(2035, 0, 1);
const HOUR_MS = 60 * MINUTE_MS;

/** Fewer where the suite itself is under test, thousands of times. */
const runs = (usual: number) => Math.min(usual, Number(process.env.PROPERTY_RUNS ?? usual));

/** The last instant before each change of offset since 2005, to the minute. */
function transitionsOf(zone: string): readonly number[] {
  const found: number[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(FIRST_YEAR).toZonedDateTimeISO(zone);
  for (let count = 0; count < 20; count += 1) {
    const next = at.getTimeZoneTransition('next');
    if (next === null || next.epochMilliseconds > LAST_YEAR) break;
    found.push(next.epochMilliseconds);
    at = next;
  }
  return found;
}

const transitions = new Map<string, readonly number[]>();

const zone = fc.constantFrom(...ZONES, 'Pacific/Apia', 'Australia/Lord_Howe', 'Africa/Casablanca', 'America/New_York');

/** A zone and an instant, within two days of a clock change as often as not. */
const moment = fc
  .tuple(
    zone,
    fc.boolean(),
    fc.nat(),
    fc.integer({ min: -2 * DAY_MS, max: 2 * DAY_MS }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([name, isNearChange, pick, distance, where]) => {
    const changes = transitions.get(name) ?? transitionsOf(name);
    transitions.set(name, changes);
    const change = changes[pick % Math.max(1, changes.length)];
    const at = isNearChange && change !== undefined ? change + distance : FIRST_YEAR + where * (LAST_YEAR - FIRST_YEAR);
    return { zone: name, at: Math.round(at) };
  });

const window = fc
  .tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 1, max: 1440 }))
  .filter(([from, to]) => from !== to)
  .map(([fromMinute, toMinute]): TimeWindow => ({ fromMinute, toMinute, zone: { kind: 'user' }, missed: 'drop' }));

function localIso(localMs: number): string {
  return new Date(localMs).toISOString().slice(0, -1);
}

/** AB-56 by Temporal: repeated → the first occurrence, skipped → the transition itself. */
function independentInstant(localMs: number, name: string): number {
  const plain = Temporal.PlainDateTime.from(localIso(localMs));
  const earlier = plain.toZonedDateTime(name, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(plain)) return earlier.epochMilliseconds;
  return earlier.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.NaN;
}

describe('time, in every zone', () => {
  it('knows every IANA zone, and no offset or nonsense', () => {
    for (const name of ZONES) expect(isKnownZone(name)).toBe(true);
    for (const name of ['+02:00', 'Europe/Atlantis', '', 'UTC+1', '__proto__', `Europe/${'x'.repeat(100)}`]) {
      expect(isKnownZone(name)).toBe(false);
    }
  });

  it('reads the wall clock as Temporal does', () => {
    fc.assert(
      fc.property(moment, ({ zone: name, at }) => {
        const expected = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name).offsetNanoseconds / 1e6;
        expect(zoneOffsetMs(name, at)).toBe(Math.round(expected));
      }),
      { numRuns: runs(500) },
    );
  });

  it('AB-56: a local moment is the instant Temporal finds, after a gap or at the first of two', () => {
    fc.assert(
      fc.property(moment, ({ zone: name, at }) => {
        const localMs = Math.floor(toLocalMs(at, name) / MINUTE_MS) * MINUTE_MS;
        expect(firstInstantAt(localMs, name)).toBe(independentInstant(localMs, name));
      }),
      { numRuns: runs(1_500) },
    );
  });

  it('AB-56: a skipped local moment is the instant of the clock change', () => {
    let gaps = 0;
    for (const name of [
      'Europe/Paris',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'Pacific/Apia',
    ]) {
      for (const change of transitionsOf(name)) {
        const before = zoneOffsetMs(name, change - 1);
        const width = zoneOffsetMs(name, change) - before;
        if (width <= 0) continue;
        gaps += 1;
        for (const part of [0, 0.5, 0.99]) {
          expect(firstInstantAt(change + before + Math.floor(width * part), name)).toBe(change);
        }
      }
    }
    expect(gaps).toBeGreaterThan(40);
  });

  it('AB-41: the duration begins and ends at the person’s own wall clock', () => {
    fc.assert(
      fc.property(moment, ({ zone: name, at }) => {
        const localMs = Math.floor(toLocalMs(at, name) / MINUTE_MS) * MINUTE_MS;
        const bounds = durationBounds(
          { start: { kind: 'local', iso: localIso(localMs) }, end: { kind: 'instant', at }, zone: { kind: 'user' } },
          name,
        );
        expect(bounds).toEqual({ startsAt: independentInstant(localMs, name), endsAt: at });
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('the window, in every zone', () => {
  it('AB-56: the next opening is inside, is not before, and nothing between is an opening', () => {
    fc.assert(
      fc.property(moment, window, fc.double({ min: 0, max: 1, noNaN: true }), ({ zone: name, at }, hours, part) => {
        const opensAt = nextWindowOpening(hours, at, name);
        expect(opensAt).toBeGreaterThanOrEqual(at);
        expect(isInsideWindow(hours, opensAt, name)).toBe(true);
        expect(nextWindowOpening(hours, opensAt, name)).toBe(opensAt);
        const between = Math.floor(at + part * (opensAt - at));
        expect(nextWindowOpening(hours, between, name)).toBe(opensAt);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('AB-51: who is outside stays outside until the next opening', () => {
    fc.assert(
      fc.property(moment, window, fc.double({ min: 0, max: 1, noNaN: true }), ({ zone: name, at }, hours, part) => {
        fc.pre(!isInsideWindow(hours, at, name));
        const opensAt = nextWindowOpening(hours, at, name);
        const between = Math.floor(at + part * (opensAt - at));
        expect(isInsideWindow(hours, between, name)).toBe(between === opensAt);
        expect(isInsideWindow(hours, opensAt - 1, name)).toBe(opensAt - 1 < at);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('AB-55: away from clock changes, inside is what the wall clock shows', () => {
    fc.assert(
      fc.property(moment, window, ({ zone: name, at }, hours) => {
        const offset = zoneOffsetMs(name, at);
        for (let hour = -60; hour <= 60; hour += 1) fc.pre(zoneOffsetMs(name, at + hour * HOUR_MS) === offset);
        const { hour, minute } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name);
        const shown = hour * 60 + minute;
        const { fromMinute: from, toMinute: to } = hours;
        const isShown = from < to ? from <= shown && shown < to : from <= shown || shown < to;
        expect(isInsideWindow(hours, at, name)).toBe(isShown);
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('a delay to a time of day, in every zone', () => {
  const user: ZoneRule = { kind: 'user' };
  const minute = fc.integer({ min: 0, max: 1_439 });

  /** The wall clock `days` calendar days after that of the instant, by Temporal. */
  function independentDue(at: number, name: string, { days, minute: of }: { days: number; minute: number }): number {
    const day = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name).toPlainDate().add({ days });
    const local = Date.UTC(day.year, day.month - 1, day.day) + of * MINUTE_MS;
    return independentInstant(local, name);
  }

  it('AB-22, AB-56: in N days at T is the calendar’s, after a gap or at the first of two', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 0, max: 40 }), minute, ({ zone: name, at }, days, of) => {
        const due = dueInstant({ kind: 'inDays', days, minute: of, zone: user }, at, name);
        expect(due).toBe(independentDue(at, name, { days, minute: of }));
      }),
      { numRuns: runs(1_500) },
    );
  });

  it('AB-21, AB-56: next weekday at T is the first such day after the trigger’s own, 1 to 7 days on', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 7 }), minute, ({ zone: name, at }, weekday, of) => {
        const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name).toPlainDate();
        let days = 1;
        while (today.add({ days }).dayOfWeek !== weekday) days += 1;
        const due = dueInstant({ kind: 'nextWeekday', weekday, minute: of, zone: user }, at, name);
        expect(due).toBe(independentDue(at, name, { days, minute: of }));
      }),
      { numRuns: runs(1_500) },
    );
  });
});
