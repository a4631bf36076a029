// AB-18 in the fold of a person's events: times without a fraction among times with one.
import fc from 'fast-check';
import type { StreamEvent } from '../event/streamEvent.js';
import { DEFAULT_WORKSPACE } from '../workspace.js';
import { campaignOf, eventOf, factsOf, HOUR, purchaseOf, TEN } from './examples.js';
import { ListenerIndex } from './listeners.js';
import { firstExceptionAfter, type PersonState, step } from './step.js';

const delay = { after: '1 hour' };
const reminder = campaignOf({ delay, exceptions: [{ purchase: 'any' }] });
const debounce = campaignOf({ delay, exceptions: [{ customEvent: 'add_to_cart' }] });
const whole = { time: TEN, isWholeSecond: true };

/** What is left waiting once all have been recorded, in the order given. */
function recorded(campaign: typeof reminder, events: readonly StreamEvent[]): PersonState {
  let person: PersonState = { facts: factsOf(), open: [], waiting: new Map(), receipts: new Map(), stored: [] };
  const listeners = new ListenerIndex([campaign]);
  for (const event of events) {
    person = step({ person, event, listeners, workspace: DEFAULT_WORKSPACE, now: TEN + HOUR }).person;
  }
  return person;
}

test.each([
  ['a whole second', whole, 'a fraction', { time: TEN + 412 }],
  ['a fraction', { time: TEN + 412 }, 'a whole second', whole],
  ['a whole second', whole, 'another', whole],
])(
  'H1, AB-18: a purchase of the trigger’s second cancels if it arrived after it: %s, then %s',
  (_a, trigger, _b, purchase) => {
    const [first, second] = [{ seq: 1 }, { seq: 2 }];
    expect(
      recorded(reminder, [eventOf({ ...trigger, ...first }), purchaseOf({ ...purchase, ...second })]).open,
    ).toEqual([]);
    const { open } = recorded(reminder, [purchaseOf({ ...purchase, ...first }), eventOf({ ...trigger, ...second })]);
    expect(open).toHaveLength(1);
  },
);

test('AB-18, AB-38: a purchase later by its second cancels though recorded before the trigger', () => {
  const bought = purchaseOf({ time: TEN + 1_000, isWholeSecond: true, seq: 1 });
  expect(recorded(reminder, [bought, eventOf({ ...whole, seq: 2 })]).open).toEqual([]);
});

test('AB-18, AB-33: three repeats that each come after another leave the one recorded last', () => {
  const [a, between, b] = [
    eventOf({ time: TEN + 900, seq: 1 }),
    eventOf({ ...whole, seq: 2 }),
    eventOf({ time: TEN + 100, seq: 3 }),
  ];
  expect(recorded(debounce, [a, between, b]).open.map(({ trigger }) => trigger)).toEqual([b]);
  expect(firstExceptionAfter(debounce, b, [a, between])).toBeNull();
  // Without the one between, and where the one between does not start it over, the fractions decide.
  expect(recorded(debounce, [a, b]).open.map(({ trigger }) => trigger)).toEqual([a]);
  expect(firstExceptionAfter(debounce, b, [a, { ...between, time: TEN - 1_000 }])).toBe(a);
  const bought = [purchaseOf({ time: TEN + 900, seq: 1 }), purchaseOf({ ...whole, seq: 2 })];
  expect(firstExceptionAfter(reminder, b, bought)).toMatchObject({ seq: 1 });
});

test('AB-18, AB-34: of any repeats of a debounce, in any order, exactly one is left, and is so at send time', () => {
  const repeat = fc.record({
    second: fc.constantFrom(0, 0, 0, 1),
    fraction: fc.option(fc.constantFrom(0, 100, 500, 900), { nil: null, freq: 2 }),
  });
  fc.assert(
    fc.property(fc.array(repeat, { minLength: 1, maxLength: 7 }), (repeats) => {
      const events = repeats.map(({ second, fraction }, position) =>
        eventOf({
          time: TEN + second * 1_000 + (fraction ?? 0),
          isWholeSecond: fraction === null,
          seq: position + 1,
        }),
      );
      const { open } = recorded(debounce, events);
      expect(open).toHaveLength(1);
      const left = open[0]?.trigger;
      if (left === undefined) throw new Error('nothing waits');
      for (const stored of [events, events.toReversed()]) {
        expect(firstExceptionAfter(debounce, left, stored)).toBeNull();
      }
    }),
    { numRuns: 2_000 },
  );
});
