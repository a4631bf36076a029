import { DEFAULT_WORKSPACE } from '../workspace.js';
import { dueInstant } from './delay.js';
import { durationBounds, isAfterEnd, isBeforeStart } from './duration.js';
import { nextWindowOpening } from './window.js';
import { resolveZone, zoneOffsetMs } from './zone.js';

const at = (iso: string) => Date.parse(iso);
const march = durationBounds(
  {
    start: { kind: 'instant', at: at('2025-03-01T00:00Z') },
    end: { kind: 'instant', at: at('2025-03-07T00:00Z') },
    zone: { kind: 'workspace' },
  },
  'UTC',
);

describe('the duration', () => {
  it('SC-002-8: what falls due at 23:00 of the last day is inside, at 00:30 of the next it is not', () => {
    const delay = { kind: 'after', ms: 2 * 3_600_000 } as const;
    expect(isAfterEnd(march, dueInstant(delay, at('2025-03-06T21:00Z'), 'UTC'))).toBe(false);
    expect(isAfterEnd(march, dueInstant(delay, at('2025-03-06T22:30Z'), 'UTC'))).toBe(true);
  });

  it('AB-41: the start is inclusive, the end exclusive', () => {
    expect(isBeforeStart(march, at('2025-02-28T23:59:59.999Z'))).toBe(true);
    expect(isBeforeStart(march, at('2025-03-01T00:00Z'))).toBe(false);
    expect(isAfterEnd(march, at('2025-03-06T23:59:59.999Z'))).toBe(false);
    expect(isAfterEnd(march, at('2025-03-07T00:00Z'))).toBe(true);
  });

  it('SC-002-11: a shift to the next opening of the window lands after an end at midnight', () => {
    const window = { fromMinute: 540, toMinute: 1_020, zone: { kind: 'user' }, missed: 'nextAvailable' } as const;
    expect(isAfterEnd(march, nextWindowOpening(window, at('2025-03-06T18:00Z'), 'UTC'))).toBe(true);
  });

  it('AB-41: an open end never ends', () => {
    const open = durationBounds({ start: null, end: null, zone: { kind: 'user' } }, 'Asia/Tokyo');
    expect(isBeforeStart(open, 0) || isAfterEnd(open, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it('AB-41: a local end falls at another instant in each zone', () => {
    const local = { start: null, end: { kind: 'local', iso: '2026-12-25' }, zone: { kind: 'user' } } as const;
    expect(durationBounds(local, 'Asia/Tokyo').endsAt).toBe(at('2026-12-24T15:00Z'));
    expect(durationBounds(local, 'America/New_York').endsAt).toBe(at('2026-12-25T05:00Z'));
  });
});

it('a moment that is neither is told by its text', () => {
  const broken = { start: { kind: 'local', iso: 'soon' }, end: null, zone: { kind: 'user' } } as const;
  expect(() => durationBounds(broken, 'UTC')).toThrow('Not a local date-time: "soon".');
});

describe('the zone of a rule', () => {
  const workspace = { ...DEFAULT_WORKSPACE, timeZone: 'Europe/Paris' };

  it('AB-55: is the person’s, or the workspace’s when theirs is unknown', () => {
    expect(resolveZone({ kind: 'user' }, 'Asia/Tokyo', workspace)).toBe('Asia/Tokyo');
    expect(resolveZone({ kind: 'user' }, null, workspace)).toBe('Europe/Paris');
    expect(resolveZone({ kind: 'user' }, 'Mars/Olympus', workspace)).toBe('Europe/Paris');
    expect(resolveZone({ kind: 'workspace' }, 'Asia/Tokyo', workspace)).toBe('Europe/Paris');
    expect(resolveZone({ kind: 'iana', zone: 'America/Lima' }, 'Asia/Tokyo', workspace)).toBe('America/Lima');
    expect(resolveZone({ kind: 'iana', zone: 'Mars/Olympus' }, 'Asia/Tokyo', workspace)).toBe('Europe/Paris');
  });

  it('an offset is asked of known zones only', () => {
    expect(zoneOffsetMs('Asia/Kolkata', 0)).toBe(5.5 * 3_600_000);
    expect(() => zoneOffsetMs('Mars/Olympus', 0)).toThrow(
      'Unknown time zone "Mars/Olympus": expected an IANA name such as Europe/Paris.',
    );
  });
});
