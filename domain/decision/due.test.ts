import type { TimeWindow } from '../campaign/campaign.js';
import type { Delay } from '../campaign/entry.js';
import { DEFAULT_WORKSPACE } from '../workspace.js';
import { dueOf } from './due.js';

const HOUR = 60;
const today: Delay = { kind: 'inDays', days: 0, minute: 9 * HOUR, zone: { kind: 'user' } };
const window: TimeWindow = {
  fromMinute: 8 * HOUR,
  toMinute: 20 * HOUR,
  zone: { kind: 'user' },
  missed: 'nextAvailable',
};

function due(
  at: string,
  {
    delay = today,
    window: hours = null,
    timeZone = null,
  }: { delay?: Delay; window?: TimeWindow | null; timeZone?: string | null },
) {
  const trigger = { kind: 'custom', name: 'x', where: [] } as const;
  const campaign = { entry: { kind: 'event' as const, trigger, delay, exceptions: [] }, window: hours };
  const { dueAt, isPast } = dueOf({
    campaign,
    triggerTime: Date.parse(at),
    timeZone,
    workspace: { ...DEFAULT_WORKSPACE, timeZone: 'Europe/Paris' },
  });
  return { dueAt: new Date(dueAt).toISOString(), isPast };
}

describe('when the message of a trigger falls due', () => {
  it('AB-23: in 0 days at a time that has passed is past due, at that very time it is not', () => {
    expect(due('2025-03-06T09:00:00.001Z', { timeZone: 'UTC' })).toEqual({
      dueAt: '2025-03-06T09:00:00.000Z',
      isPast: true,
    });
    expect(due('2025-03-06T09:00Z', { timeZone: 'UTC' })).toEqual({ dueAt: '2025-03-06T09:00:00.000Z', isPast: false });
  });

  it('AB-23: with next-available it goes at the next opening of the window instead', () => {
    expect(due('2025-03-06T15:00Z', { timeZone: 'UTC', window })).toEqual({
      dueAt: '2025-03-07T08:00:00.000Z',
      isPast: false,
    });
    expect(due('2025-03-06T15:00Z', { timeZone: 'UTC', window: { ...window, missed: 'drop' } }).isPast).toBe(true);
  });

  it('AB-21, AB-22: T is on the clock of the person, of the workspace, or of the zone named', () => {
    const trigger = '2025-03-06T01:00Z';

    const base = { kind: 'inDays', days: 1, minute: 9 * HOUR } as const;
    const timeZone = 'Asia/Tokyo';
    expect(due(trigger, { timeZone, delay: { ...base, zone: { kind: 'user' } } }).dueAt).toBe(
      '2025-03-07T00:00:00.000Z',
    );
    expect(due(trigger, { timeZone, delay: { ...base, zone: { kind: 'workspace' } } }).dueAt).toBe(
      '2025-03-07T08:00:00.000Z',
    );
    // Still the 5th in Los Angeles.
    const iana = { kind: 'iana', zone: 'America/Los_Angeles' } as const;
    expect(due(trigger, { timeZone, delay: { ...base, zone: iana } }).dueAt).toBe('2025-03-06T17:00:00.000Z');
  });

  it('AB-55: an unknown zone is the workspace’s', () => {
    const delay: Delay = { ...today, days: 1 };
    for (const timeZone of [null, 'Europe/Atlantis']) {
      expect(due('2025-03-06T12:00Z', { delay, timeZone }).dueAt).toBe('2025-03-07T08:00:00.000Z');
    }
  });
});
