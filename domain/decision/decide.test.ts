import type { JsonObject } from '../json.js';
import { DEFAULT_WORKSPACE } from '../workspace.js';
import { decide } from './decide.js';
import { campaignOf, DAY, eventOf, factsOf, HOUR, MINUTE, purchaseOf, sendFactsOf, TEN } from './examples.js';
import { countedInstant, PUNCTUALITY_MS } from './punctuality.js';

const DUE = TEN + HOUR;
const at = (facts: Parameters<typeof sendFactsOf>[0] = {}, now = DUE) =>
  decide(sendFactsOf(facts), DEFAULT_WORKSPACE, now);
const gold = { attribute: 'tier', equals: 'gold' };
const office = (more: JsonObject = {}) => ({ from: '09:00', to: '17:00', ...more });

describe('what to do with a pairing now', () => {
  test('due and unhindered, it is sent on every reachable channel', () => {
    expect(at()).toEqual({ kind: 'send', channels: ['email'], unreachable: {} });
  });

  test('before its instant it is held until then', () => {
    expect(at({}, DUE - 1)).toMatchObject({ kind: 'hold', until: DUE, because: 'not_due' });
  });

  test('AB-37: an exception cancels before the due instant, at it and after it', () => {
    for (const now of [DUE - MINUTE, DUE, DUE + DAY]) {
      const verdict = at({ exception: purchaseOf({ time: TEN + MINUTE }) }, now);
      expect(verdict).toMatchObject({ kind: 'end', outcome: 'cancelled', reason: 'exception' });
    }
  });

  test('LC-04: a stopped, resumed or archived campaign cancels pairings of before, whenever they are touched', () => {
    const stopped = { kind: 'end', outcome: 'cancelled', reason: 'campaign_stopped' };
    expect(at({ campaign: campaignOf({}, { state: 'stopped', generation: 2 }) }, DUE - 1)).toMatchObject(stopped);
    expect(at({ campaign: campaignOf({}, { generation: 2 }) })).toMatchObject(stopped);
    expect(at({ campaign: campaignOf({}, { state: 'stopped' }) })).toMatchObject(stopped);
    expect(at({ campaign: campaignOf({}, { state: 'archived', generation: 2 }) })).toMatchObject({
      reason: 'campaign_archived',
    });
  });

  test('a person who was deleted gets nothing', () => {
    expect(at({ person: null })).toMatchObject({ outcome: 'cancelled', reason: 'user_deleted' });
  });

  test('AB-40: due before the end is sent, due at the end is not', () => {
    const until = (end: number) => campaignOf({ duration: { end: new Date(end).toISOString() } });
    expect(at({ campaign: until(DUE + 1_000) })).toMatchObject({ kind: 'send' });
    expect(at({ campaign: until(DUE) })).toMatchObject({ outcome: 'dropped', reason: 'after_end' });
  });

  test('AB-50: due outside the window drops', () => {
    const campaign = campaignOf({ window: office({ to: '11:00' }) });
    expect(at({ campaign })).toMatchObject({ outcome: 'dropped', reason: 'outside_window' });
  });

  test('AB-51: or holds until its next opening', () => {
    const campaign = campaignOf({ window: office({ to: '11:00', missed: 'nextAvailable' }) });
    const opening = Date.parse('2025-03-07T09:00:00Z');
    expect(at({ campaign })).toMatchObject({ kind: 'hold', until: opening, because: 'window' });
    expect(at({ campaign, wakeAt: opening }, opening)).toMatchObject({ kind: 'send' });
  });

  test('AB-54: a next opening at or after the end of the duration is not waited for', () => {
    const window = office({ to: '11:00', missed: 'nextAvailable' });
    const campaign = campaignOf({ window, duration: { end: '2025-03-07T09:00:00Z' } });
    expect(at({ campaign })).toMatchObject({ outcome: 'dropped', reason: 'after_end' });
  });

  test('latency of our own below a minute does not make a message miss its window or its end; a whole minute does', () => {
    const campaign = campaignOf({ window: office({ to: '11:01' }) });
    const end = campaignOf({ duration: { end: '2025-03-06T11:00:01Z' } });
    expect(at({ campaign: end }, DUE + PUNCTUALITY_MS - 1)).toMatchObject({ kind: 'send' });
    expect(at({ campaign }, DUE + PUNCTUALITY_MS - 1)).toMatchObject({ kind: 'send' });
    expect(at({ campaign }, DUE + PUNCTUALITY_MS)).toMatchObject({ reason: 'outside_window' });
    expect(at({ campaign: end }, DUE + PUNCTUALITY_MS)).toMatchObject({ reason: 'after_end' });
  });

  test('AB-58: 72 hours after its due instant it is stale, and not before', () => {
    expect(at({}, DUE + 3 * DAY)).toMatchObject({ kind: 'send' });
    expect(at({}, DUE + 3 * DAY + 1)).toMatchObject({ outcome: 'dropped', reason: 'stale' });
  });

  test('B16, AB-58: lateness counts from the end of a hold that the campaign’s hours asked for', () => {
    const workspace = { ...DEFAULT_WORKSPACE, maxLatenessMs: 6 * HOUR };
    const plannedAt = DUE + 9 * HOUR;
    const held = (now: number) => decide(sendFactsOf({ plannedAt }), workspace, now);
    expect(held(plannedAt)).toMatchObject({ kind: 'send' });
    expect(held(plannedAt + 6 * HOUR)).toMatchObject({ kind: 'send' });
    expect(held(plannedAt + 6 * HOUR + 1)).toMatchObject({
      reason: 'stale',
      evidence: { dueAt: '2025-03-06T11:00:00.000Z', heldUntil: '2025-03-06T20:00:00.000Z' },
    });
    expect(decide(sendFactsOf({ wakeAt: plannedAt }), workspace, plannedAt)).toMatchObject({ reason: 'stale' });
  });

  test('RE-13: a receipt less than a minute after its planned instant counts from that one, else from its own', () => {
    expect(countedInstant(DUE, DUE + 400)).toBe(DUE);
    expect(countedInstant(DUE, DUE + PUNCTUALITY_MS - 1)).toBe(DUE);
    expect(countedInstant(DUE, DUE + PUNCTUALITY_MS)).toBe(DUE + PUNCTUALITY_MS);
    expect(countedInstant(DUE, DUE - 1)).toBe(DUE - 1);
    const campaign = campaignOf({ reEligibility: { after: '1 hour' } });
    const receipt = { lastAt: DUE - HOUR + 400, countsFrom: DUE - HOUR };
    expect(at({ campaign, receipt })).toMatchObject({ kind: 'send' });
    expect(at({ campaign, receipt: { ...receipt, countsFrom: DUE - HOUR + 1 } })).toMatchObject({
      reason: 'not_yet_re_eligible',
      evidence: { receivedAt: '2025-03-06T10:00:00.400Z', countsFrom: '2025-03-06T10:00:00.001Z' },
    });
  });

  test('AB-18: what is due some time within a second is re-eligible from an instant within it', () => {
    const campaign = campaignOf({ delay: { after: '1 hour' }, reEligibility: { after: '1 hour' } });
    const due = { generation: 1, dueAt: DUE, plannedAt: DUE, wakeAt: DUE };
    const trigger = eventOf({ isWholeSecond: true });
    const receipt = { lastAt: DUE - HOUR + 412 };
    const facts = { ...sendFactsOf({ campaign, receipt }), pairing: { ...due, trigger } };
    expect(decide(facts, DEFAULT_WORKSPACE, DUE)).toMatchObject({ kind: 'send' });
    expect(at({ campaign, receipt })).toMatchObject({ reason: 'not_yet_re_eligible' });
  });

  test('RE-01, AB-36: a receipt since the trigger drops it', () => {
    expect(at({ receipt: { lastAt: TEN + MINUTE } })).toMatchObject({ outcome: 'dropped', reason: 'already_received' });
  });

  test('RE-04, RE-05: eligible again from receipt + period on, in exact seconds; always with period 0', () => {
    const daily = campaignOf({ reEligibility: { after: '1 day' } });
    const lastAt = DUE - DAY;
    expect(at({ campaign: daily, receipt: { lastAt } })).toMatchObject({ kind: 'send' });
    expect(at({ campaign: daily, receipt: { lastAt: lastAt + 1 } })).toMatchObject({ reason: 'not_yet_re_eligible' });
    const always = campaignOf({ reEligibility: { after: '0 seconds' } });
    expect(at({ campaign: always, receipt: { lastAt: DUE }, claimedUntil: DUE + MINUTE })).toMatchObject({
      kind: 'send',
    });
  });

  test('a message that only another pairing’s send would drop holds until its lease ends, then 15 s doubling to 5 min', () => {
    const held = (now: number) => at({ claimedUntil: DUE + MINUTE }, now);
    expect(held(DUE)).toMatchObject({ kind: 'hold', until: DUE + MINUTE, because: 'another_send' });
    expect(held(DUE + MINUTE)).toMatchObject({ until: DUE + MINUTE + 15_000 });
    expect(held(DUE + MINUTE + 15_000)).toMatchObject({ until: DUE + MINUTE + 45_000 });
    const late = held(DUE + 2 * HOUR);
    expect(late.kind === 'hold' && late.until - DUE - 2 * HOUR).toBeLessThanOrEqual(300_000);
  });

  test('EV-07: who left the audience is dropped only if it is re-checked', () => {
    const person = factsOf({ attributes: { tier: 'silver' } });
    expect(at({ campaign: campaignOf({ audience: gold }), person })).toMatchObject({ kind: 'send' });
    expect(at({ campaign: campaignOf({ audience: gold, recheckAudience: true }), person })).toMatchObject({
      outcome: 'dropped',
      reason: 'left_audience',
      evidence: { seen: [{ value: 'silver' }] },
    });
  });

  test('SU-01: who cannot be reached on any channel is dropped, with the reason of each', () => {
    const unsubscribed = factsOf({ emailSubscription: 'unsubscribed' });
    expect(at({ person: factsOf({ email: null }) })).toMatchObject({
      reason: 'unreachable',
      evidence: { channels: { email: 'no_address' } },
    });
    expect(at({ person: unsubscribed })).toMatchObject({ evidence: { channels: { email: 'unsubscribed' } } });
    expect(at({ person: unsubscribed, pending: ['email', 'webhook'] })).toEqual({
      kind: 'send',
      channels: ['webhook'],
      unreachable: { email: 'unsubscribed' },
    });
  });

  test('EV-12: of several gates that would stop it the first in order gives the reason', () => {
    const everything = {
      campaign: campaignOf({
        duration: { end: new Date(DUE).toISOString() },
        window: office({ to: '11:00' }),
        audience: gold,
        recheckAudience: true,
      }),
      person: factsOf({ email: null }),
      receipt: { lastAt: TEN },
      exception: purchaseOf(),
    };
    const order: string[] = [];
    const relieve: (() => void)[] = [
      () => Object.assign(everything, { exception: null }),
      () => Object.assign(everything, { campaign: { ...everything.campaign, duration: null } }),
      () => Object.assign(everything, { receipt: null }),
      () => Object.assign(everything, { campaign: { ...everything.campaign, window: null } }),
      () => Object.assign(everything, { campaign: { ...everything.campaign, audience: null } }),
    ];
    for (const next of [...relieve, () => undefined]) {
      const verdict = at(everything);
      order.push(verdict.kind === 'end' ? verdict.reason : verdict.kind);
      next();
    }
    expect(order).toEqual([
      'exception',
      'after_end',
      'already_received',
      'outside_window',
      'left_audience',
      'unreachable',
    ]);
  });

  test('AB-58: stale says when it was due and how late it may be', () => {
    expect(at({}, DUE + 72 * HOUR + 1)).toEqual({
      kind: 'end',
      outcome: 'dropped',
      reason: 'stale',
      evidence: { dueAt: '2025-03-06T11:00:00.000Z', at: '2025-03-09T11:00:00.001Z', maxLatenessHours: 72 },
    });
  });

  test('SU-03: unreachable says why, channel by channel', () => {
    expect(at({ person: factsOf({ email: null }) })).toEqual({
      kind: 'end',
      outcome: 'dropped',
      reason: 'unreachable',
      evidence: { channels: { email: 'no_address' } },
    });
  });

  test('a webhook reaches everybody; without channels left there is nothing unreachable', () => {
    const person = factsOf({ email: null });
    expect(at({ person, pending: ['email', 'webhook'] })).toStrictEqual({
      kind: 'send',
      channels: ['webhook'],
      unreachable: { email: 'no_address' },
    });
    expect(at({ person, pending: [] })).toStrictEqual({ kind: 'send', channels: [], unreachable: {} });
  });
});
