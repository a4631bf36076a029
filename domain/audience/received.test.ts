import { addToReceived, type Received, receivedKey } from '../facts/received.js';
import { NO_FACTS, type UserFacts } from '../facts/userFacts.js';
import { EMPTY_PROFILE } from '../profile/profile.js';
import { askedAt } from './examples.js';
import { describeFilter, evaluateFilter, type Filter, filterSchema, needsOf } from './filter.js';
import { segmentsOf, withSegments } from './segmentsOf.js';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const DAY = 86_400_000;
const ANY = { campaign: null, variant: null, channel: null, tag: null };

function factsOf(received: Received | null): UserFacts {
  return { userId: 1, profile: EMPTY_PROFILE, ...NO_FACTS, received };
}

function having(count: number, lastAt: number, which = ANY): Received {
  return new Map([[receivedKey(which), { which, tally: { count, firstAt: lastAt, lastAt } }]]);
}

const passes = (filter: Filter, received: Received | null) =>
  evaluateFilter(filter, factsOf(received), askedAt(NOW)).pass;

describe('SG-12: filters over the messages that a person received', () => {
  it('ask for one at least, or for a number of them', () => {
    const none: Received = new Map([[receivedKey(ANY), { which: ANY, tally: null }]]);
    expect([passes({ received: 'any' }, none), passes({ received: 'any' }, having(1, NOW))]).toEqual([false, true]);
    expect(passes({ received: 'any', lessThan: 2 }, none)).toBe(true);
    expect(passes({ received: 'any', atLeast: 2 }, having(1, NOW))).toBe(false);
    expect(passes({ lastReceived: 'any', lessThan: '1 day' }, none)).toBe(false);
  });

  it('SG-04: the age of the last one is more than, or less than, exactly', () => {
    for (const [age, more] of [
      [DAY - 1, false],
      [DAY, true],
    ] as const) {
      const received = having(1, NOW - age);
      expect(passes({ lastReceived: 'any', moreThan: '1 day' }, received)).toBe(more);
      expect(passes({ lastReceived: 'any', lessThan: '1 day' }, received)).toBe(!more);
    }
  });

  it('cannot be answered of a time that is past', () => {
    expect(() => passes({ received: 'any' }, null)).toThrow('is not known');
  });

  it.each([
    [{ received: {} }, 'says not which messages'],
    [{ received: { variant: 'a' } }, 'has a variant and no campaign'],
    [{ lastReceived: 'any' }, 'needs an operator'],
    [{ received: { channel: 'pigeon' } }, ''],
  ])('%j is refused', (filter, message) => {
    const { success, error } = filterSchema.safeParse(filter);
    expect([success, JSON.stringify(error)]).toEqual([false, expect.stringContaining(message)]);
  });

  it.each([
    [{ received: 'any' }, 'number of received messages at least 1'],
    [
      { received: { campaign: 'c', variant: 'b', channel: 'email' }, equals: 0 },
      'number of received email messages of campaign c in variant b exactly 0',
    ],
    [
      { lastReceived: { tag: 'x' }, moreThan: '2 weeks' },
      'last received messages of campaigns tagged x more than 2 weeks ago',
    ],
  ] as const)('%j in words', (filter, words) => {
    expect(describeFilter(filterSchema.parse(filter))).toBe(words);
  });

  it('count an event of what they ask for, and take it away again', () => {
    const event = { kind: 'received', name: 'c', time: NOW, properties: { variant: 'b', channel: 'email' } } as const;
    const counts = (which: object) => {
      const asked = { ...ANY, ...which };
      const before: Received = new Map([[receivedKey(asked), { which: asked, tally: null }]]);
      const after = addToReceived(before, event);
      const tally = after.get(receivedKey(asked))?.tally ?? null;
      expect(addToReceived(after, event, -1)).toEqual(before);
      return tally?.count ?? 0;
    };
    expect([{}, { campaign: 'c' }, { campaign: 'c', variant: 'b' }, { channel: 'email' }].map(counts)).toEqual([
      1, 1, 1, 1,
    ]);
    expect(
      [{ campaign: 'd' }, { campaign: 'c', variant: 'a' }, { channel: 'webhook' }, { tag: 'x' }].map(counts),
    ).toEqual([0, 0, 0, 0]);
  });
});

describe('SG-15: a segment in an audience', () => {
  const audience: Filter = { any: [{ segment: 'b' }, { not: { segment: 'a' } }, { none: [{ segment: 'b' }] }] };
  const gold: Filter = { attribute: 'tier', equals: 'gold' };

  it('is named once, and stands for its own filter', () => {
    expect(segmentsOf(audience)).toEqual(['a', 'b']);
    const known = withSegments({ all: [{ segment: 'a' }] }, { a: gold });
    expect(known).toEqual({ all: [{ segment: 'a', filter: gold }] });
    expect(describeFilter(known)).toBe('in segment a');
    expect(needsOf(withSegments({ segment: 'a' }, { a: { received: 'any' } }))).toHaveLength(1);
    const facts = { ...factsOf(new Map()), profile: { ...EMPTY_PROFILE, attributes: { tier: 'gold' } } };
    expect(evaluateFilter(known, facts, askedAt(NOW))).toEqual({
      pass: true,
      seen: [{ filter: 'tier equals gold', value: 'gold' }],
    });
  });

  it.each([{}, { a: null }, Object.create({ a: gold })])('that is not known cannot be answered', (segments) => {
    const unknown = withSegments({ segment: 'a' }, segments);
    expect(() => evaluateFilter(unknown, factsOf(new Map()), askedAt(NOW))).toThrow("there is no segment 'a'");
  });
});
