import { NO_FACTS } from '../facts/userFacts.js';
import { EMPTY_PROFILE } from '../profile/profile.js';
import { type AskedAt, clockOfDays, instantOf } from './askedAt.js';
import { askedAt } from './examples.js';
import { evaluateFilter, type Filter, filterSchema } from './filter.js';

const NOW = Date.parse('2026-11-02T10:00:00Z');
const IN_PARIS = askedAt(NOW, { zone: 'Europe/Paris' });

describe('SG-03: an absolute date', () => {
  it.each<[string, string, string]>([
    ['of a day is its midnight by the workspace’s clock', '2026-12-01', '2026-11-30T23:00:00Z'],
    ['with a time is by the workspace’s clock', '2026-07-01T09:30', '2026-07-01T07:30:00Z'],
    ['with an offset is that instant anywhere', '2026-12-01T00:00Z', '2026-12-01T00:00:00Z'],
    ['that the clock skips is when it goes on', '2026-03-29T02:30', '2026-03-29T01:00:00Z'],
    ['that the clock shows twice is the first time', '2026-10-25T02:30', '2026-10-25T00:30:00Z'],
  ])('%s', (_, text, instant) => {
    expect(new Date(instantOf(text, IN_PARIS)).toISOString()).toBe(new Date(instant).toISOString());
  });

  it('stays within the years that can be stored', () => {
    expect(new Date(instantOf('9999-12-31T23:59', askedAt(NOW, { zone: 'America/New_York' }))).toISOString()).toBe(
      '9999-12-31T23:59:59.999Z',
    );
    expect(new Date(instantOf('0001-01-01', IN_PARIS)).toISOString()).toBe('0001-01-01T00:00:00.000Z');
  });

  it('decides by that in filters over attributes and over instants', () => {
    const passes = (filter: Filter, zone: string) => {
      const profile = { ...EMPTY_PROFILE, attributes: { at: '2026-11-30T23:30:00Z' } };
      const totals = new Map([
        ['session:', { count: 1, amount: 0, firstAt: Date.parse('2026-11-30T23:30Z'), lastAt: NOW }],
      ]);
      const facts = { userId: 1, ...NO_FACTS, profile, totals };
      return evaluateFilter(filterSchema.parse(filter), facts, askedAt(NOW, { zone })).pass;
    };
    for (const filter of [{ attribute: 'at', after: '2026-12-01' }, { firstUsed: { after: '2026-12-01' } }]) {
      expect([passes(filter, 'Europe/Paris'), passes(filter, 'UTC')]).toEqual([true, false]);
      expect([passes({ not: filter }, 'Europe/Paris'), passes({ not: filter }, 'UTC')]).toEqual([false, true]);
    }
  });
});

test('SG-03: days of every year are the person’s own only where a campaign sends in local time', () => {
  const hour = (asked: AskedAt) => (clockOfDays(NOW, asked) - NOW) / 3_600_000;
  expect(hour({ ...IN_PARIS, personZone: 'Asia/Tokyo' })).toBe(1);
  const local = askedAt(NOW, { zone: 'Europe/Paris', isLocalTime: true });
  expect(hour({ ...local, personZone: 'Asia/Tokyo' })).toBe(9);
  expect(hour({ ...local, personZone: null })).toBe(1);
});
