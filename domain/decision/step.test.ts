import type { Campaign } from '../campaign/campaign.js';
import type { StreamEvent } from '../event/streamEvent.js';
import type { JsonObject } from '../json.js';
import { DEFAULT_WORKSPACE } from '../workspace.js';
import { campaignOf, eventOf, factsOf, HOUR, MINUTE, purchaseOf, TEN } from './examples.js';
import { indexListeners, type PersonState, step } from './step.js';

const UNTIL_PURCHASE: JsonObject = { delay: { after: '1 hour' }, exceptions: [{ purchase: 'any' }] };
const nobody: PersonState = { facts: factsOf(), open: [], receipts: new Map(), stored: [] };

/** The events folded in the order given; what happened at each, and who is left waiting for which trigger. */
function fold(campaigns: readonly Campaign[], events: readonly StreamEvent[]) {
  const listeners = indexListeners(campaigns);
  let person = nobody;
  const steps = events.map((event) => {
    const result = step({ person, event, listeners, workspace: DEFAULT_WORKSPACE, now: TEN + 5 * HOUR });
    person = result.person;
    return {
      entered: result.entered.map(({ dueAt }) => (dueAt - TEN) / MINUTE),
      cancelled: result.cancelled.map(({ pairing }) => pairing.trigger.seq),
      rejected: result.rejected.map(({ reason }) => reason),
    };
  });
  return { steps, waiting: person.open.map(({ trigger }) => trigger.seq), person };
}

describe('one event of one person', () => {
  test('AB-31: a purchase after the trigger cancels, one before it does not', () => {
    const campaign = campaignOf(UNTIL_PURCHASE);
    const trigger = eventOf({ seq: 2 });
    expect(fold([campaign], [trigger, purchaseOf({ seq: 3, time: TEN + 1 })]).waiting).toEqual([]);
    expect(fold([campaign], [purchaseOf({ seq: 1, time: TEN - 1 }), trigger]).waiting).toEqual([2]);
    expect(fold([campaign], [trigger, purchaseOf({ seq: 3, time: TEN - 1 })]).waiting).toEqual([2]);
  });

  test('AB-31a: at equal times the order of the stream decides, and an event is never its own exception', () => {
    const campaign = campaignOf(UNTIL_PURCHASE);
    expect(fold([campaign], [eventOf({ seq: 2 }), purchaseOf({ seq: 3 })]).waiting).toEqual([]);
    expect(fold([campaign], [purchaseOf({ seq: 1 }), eventOf({ seq: 2 })]).waiting).toEqual([2]);
    const debounce = campaignOf({ delay: { after: '10 minutes' }, exceptions: [{ customEvent: 'add_to_cart' }] });
    expect(fold([debounce], [eventOf({ seq: 1 })]).waiting).toEqual([1]);
  });

  test('AB-33: a repeat of a trigger that is its own exception cancels and counts anew', () => {
    const debounce = campaignOf({ delay: { after: '10 minutes' }, exceptions: [{ customEvent: 'add_to_cart' }] });
    const at = (minute: number, seq: number) => eventOf({ seq, time: TEN + minute * MINUTE });
    const { steps, waiting } = fold([debounce], [at(5, 1), at(10, 2), at(19, 3)]);
    expect(steps.map(({ entered }) => entered)).toEqual([[15], [20], [29]]);
    expect(steps.map(({ cancelled }) => cancelled)).toEqual([[], [1], [2]]);
    expect(waiting).toEqual([3]);
  });

  test('AB-34: a repeat that only the exception’s filter lets through cancels without counting anew', () => {
    const campaign = campaignOf({
      trigger: { customEvent: 'add_to_cart', where: [{ property: 'value', atLeast: 10 }] },
      delay: { after: '10 minutes' },
      exceptions: [{ customEvent: 'add_to_cart' }],
    });
    const worth = (value: number, seq: number) => eventOf({ seq, time: TEN + seq, properties: { value } });
    expect(fold([campaign], [worth(20, 1), worth(5, 2)]).waiting).toEqual([]);
  });

  test('AB-38: a late trigger finds the exception recorded before it; a debounce counts from the latest by time', () => {
    const campaign = campaignOf(UNTIL_PURCHASE);
    const late = fold([campaign], [purchaseOf({ seq: 1, time: TEN + MINUTE }), eventOf({ seq: 2 })]);
    expect(late.steps[1]).toEqual({ entered: [60], cancelled: [2], rejected: [] });
    expect(late.waiting).toEqual([]);

    const debounce = campaignOf({ delay: { after: '10 minutes' }, exceptions: [{ customEvent: 'add_to_cart' }] });
    const at = (minute: number, seq: number) => eventOf({ seq, time: TEN + minute * MINUTE });
    for (const order of [
      [5, 10, 19],
      [19, 10, 5],
      [10, 19, 5],
    ]) {
      const { person } = fold(
        [debounce],
        order.map((minute, position) => at(minute, position + 1)),
      );
      expect(person.open.map(({ trigger }) => (trigger.time - TEN) / MINUTE)).toEqual([19]);
    }
  });

  test('AB-39: an exception that must equal the trigger’s value cancels only the pairings that agree', () => {
    const campaign = campaignOf({
      delay: { after: '1 hour' },
      exceptions: [{ purchase: 'any', where: [{ property: 'cart_id', equalsTrigger: 'cart_id' }] }],
    });
    const cart = (cart_id: string, seq: number) => eventOf({ seq, properties: { cart_id } });
    const bought = purchaseOf({ seq: 3, time: TEN + 1, properties: { cart_id: 'a' } });
    expect(fold([campaign], [cart('a', 1), cart('b', 2), bought]).waiting).toEqual([2]);
    expect(fold([campaign], [bought, cart('a', 4), cart('b', 5)]).waiting).toEqual([5]);
  });

  test('AB-36: without an exception a second trigger enters too: receipts decide when it falls due', () => {
    const { waiting } = fold([campaignOf({ delay: { after: '1 hour' } })], [eventOf({ seq: 1 }), eventOf({ seq: 2 })]);
    expect(waiting).toEqual([1, 2]);
  });

  test('EV-04, EV-05: the audience sees the counters before the event, which then counts', () => {
    const audience = { eventCount: 'add_to_cart', atLeast: 1 };
    const { steps } = fold([campaignOf({ audience })], [eventOf({ seq: 1 }), eventOf({ seq: 2 })]);
    expect(steps.map(({ rejected }) => rejected)).toEqual([['outside_audience'], []]);
    expect(steps[1]?.entered).toHaveLength(1);
  });
});
