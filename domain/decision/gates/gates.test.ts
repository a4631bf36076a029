// What each gate leaves behind, value by value: explain tells people these, so none may be missing or off by one.
import { DEFAULT_WORKSPACE } from '../../workspace.js';
import { decideEntry } from '../entry.js';
import { campaignOf, candidateOf, DAY, eventOf, factsOf, HOUR, TEN } from '../examples.js';
import { quietHoursGate } from './gates.js';

const at = '2025-03-06T10:00:00.000Z';
const inParis = { facts: factsOf({ timeZone: 'Europe/Paris' }), workspace: DEFAULT_WORKSPACE };
const verdict = (candidate: Parameters<typeof candidateOf>[0]) => decideEntry(candidateOf(candidate));
const rejected = (reason: string, evidence: object) => ({ kind: 'reject', reason, evidence });

describe('the values a refused trigger leaves', () => {
  test('AB-40, AB-41: the start is inclusive, and told in the zone it was read in', () => {
    const campaign = campaignOf({ duration: { start: '2025-03-06T11:00', zone: 'user' } });
    expect(verdict({ campaign, person: inParis })).toMatchObject({ kind: 'enter' });
    expect(verdict({ campaign })).toEqual(
      rejected('before_start', { at, startsAt: '2025-03-06T11:00:00.000Z', zone: 'UTC' }),
    );
  });

  test('AB-41: the end is exclusive', () => {
    const campaign = campaignOf({ duration: { end: '2025-03-06T11:00', zone: 'user' } });
    expect(verdict({ campaign })).toMatchObject({ kind: 'enter' });
    expect(verdict({ campaign, person: inParis })).toEqual(
      rejected('after_end', { at, endsAt: at, zone: 'Europe/Paris' }),
    );
  });

  test('EV-01: every filter looked at, with what it saw', () => {
    const audience = { all: [{ attribute: 'tier', equals: 'gold' }] };
    const person = { facts: factsOf({ attributes: { tier: 'silver' } }), workspace: DEFAULT_WORKSPACE };
    expect(verdict({ campaign: campaignOf({ audience }), person })).toEqual(
      rejected('outside_audience', { at, seen: [{ filter: 'tier equals gold', value: 'silver' }] }),
    );
  });

  test('AB-50, AB-55: the window as it is written, in the zone it was read in', () => {
    const campaign = campaignOf({ window: { from: '09:05', to: '11:00' } });
    expect(verdict({ campaign })).toMatchObject({ kind: 'enter' });
    expect(verdict({ campaign, person: inParis })).toEqual(
      rejected('outside_window', { at, from: '09:05', to: '11:00', zone: 'Europe/Paris' }),
    );
  });

  test('RE-01, RE-04, RE-05: when it was received and from when on it may be again', () => {
    const receipt = { lastAt: TEN - DAY };
    const receivedAt = '2025-03-05T10:00:00.000Z';
    expect(verdict({ receipt })).toEqual(rejected('already_received', { receivedAt }));
    const daily = campaignOf({ reEligibility: { after: '1 day' } });
    expect(verdict({ campaign: daily, receipt })).toMatchObject({ kind: 'enter' });
    expect(verdict({ campaign: daily, receipt: { lastAt: TEN - DAY + 1 } })).toEqual(
      rejected('not_yet_re_eligible', {
        at,
        receivedAt: '2025-03-05T10:00:00.001Z',
        eligibleAt: '2025-03-06T10:00:00.001Z',
      }),
    );
    const always = campaignOf({ reEligibility: { after: '0 seconds' } });
    expect(verdict({ campaign: always, receipt: { lastAt: TEN + HOUR } })).toMatchObject({ kind: 'enter' });
  });

  test('AB-16: exactly a day old still enters, a millisecond more is told with both instants', () => {
    expect(verdict({ now: TEN + DAY })).toMatchObject({ kind: 'enter' });
    expect(verdict({ now: TEN + DAY + 1 })).toEqual(
      rejected('too_old', { happenedAt: at, recordedAt: '2025-03-07T10:00:00.001Z', maxAgeHours: 24 }),
    );
  });

  test('AB-10: at the launch itself enters, before it or without one does not', () => {
    expect(verdict({ campaign: campaignOf({}, { activeSince: TEN }) })).toMatchObject({ kind: 'enter' });
    expect(verdict({ campaign: campaignOf({}, { activeSince: TEN + 1 }) })).toEqual(
      rejected('before_launch', { happenedAt: at, activeSince: '2025-03-06T10:00:00.001Z', recordedAt: at }),
    );
    expect(verdict({ campaign: campaignOf({}, { activeSince: null }) })).toEqual(
      rejected('before_launch', { happenedAt: at, activeSince: null, recordedAt: at }),
    );
  });

  test('a chain of ten campaigns enters, one of eleven is a loop', () => {
    expect(verdict({ trigger: eventOf({ chainDepth: 10 }) })).toMatchObject({ kind: 'enter' });
    expect(verdict({ trigger: eventOf({ chainDepth: 11 }) })).toEqual(rejected('loop', { chainDepth: 11 }));
  });
});

test('QH-01, QH-03: quiet hours begin and end to the minute, over midnight too', () => {
  const campaign = campaignOf({ quietHours: { from: '22:00', to: '06:30' } });
  const person = { facts: factsOf(), workspace: DEFAULT_WORKSPACE };
  const gate = (time: string) => quietHoursGate(campaign, person, Date.parse(`2025-03-06T${time}Z`));
  expect(gate('21:59:59.999')).toBeNull();
  expect(gate('22:00')).toEqual({
    reason: 'quiet_hours',
    evidence: { at: '2025-03-06T22:00:00.000Z', from: '22:00', to: '06:30', zone: 'UTC' },
  });
  expect(gate('06:29:59.999')).not.toBeNull();
  expect(gate('06:30')).toBeNull();
  expect(quietHoursGate(campaignOf(), person, TEN)).toBeNull();
});
