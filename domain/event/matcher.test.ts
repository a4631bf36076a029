import { eventOf } from '../decision/examples.js';
import { asHeard, type EventMatcher, listenerKey, listenerKeysOf, matches, matchesHeard } from './matcher.js';
import { type PropertyTest } from './propertyTest.js';

const toGold: PropertyTest = { path: ['to'], op: 'equals', value: 'gold' };
const becomesGold: EventMatcher = { kind: 'attributes', name: 'tier', where: [toGold] };

function changeOf(tier: string) {
  return eventOf({ kind: 'attributes', name: '', properties: { tier: ['silver', tier], city: [null, 'Lyon'] } });
}

describe('a matcher', () => {
  it('hears events of its kind and name, or of any name', () => {
    const event = eventOf({ name: 'add_to_cart' });
    expect(asHeard({ kind: 'custom', name: 'add_to_cart' }, event)).toBe(event);
    expect(asHeard({ kind: 'custom', name: null }, event)).toBe(event);
    expect(asHeard({ kind: 'custom', name: 'search' }, event)).toBeNull();
    expect(asHeard({ kind: 'purchase', name: 'add_to_cart' }, event)).toBeNull();
    expect(asHeard({ kind: 'purchase', name: null }, event)).toBeNull();
  });

  it('AB-08: hears a change of attributes as what happened to its one field', () => {
    const event = changeOf('gold');
    const properties = { from: 'silver', to: 'gold' };
    expect(asHeard(becomesGold, event)).toEqual({ ...event, name: 'tier', properties });
    expect(asHeard({ kind: 'attributes', name: 'age' }, event)).toBeNull();
    expect(asHeard({ kind: 'attributes', name: null }, event)).toBe(event);
  });

  it('AB-08: matches a change to the value it asks for', () => {
    expect(matches(becomesGold, changeOf('gold'))).toBe(true);
    expect(matches(becomesGold, changeOf('bronze'))).toBe(false);
  });

  it('AB-03: all its tests must pass, and what it does not hear never matches', () => {
    const inRange: EventMatcher = {
      kind: 'custom',
      name: 'add_to_cart',
      where: [
        { path: ['value'], op: 'atLeast', value: 100 },
        { path: ['value'], op: 'atMost', value: 200 },
      ],
    };
    expect(matches(inRange, eventOf({ properties: { value: 150 } }))).toBe(true);
    expect(matches(inRange, eventOf({ properties: { value: 250 } }))).toBe(false);
    expect(matches({ ...inRange, where: [] }, eventOf({ name: 'search' }))).toBe(false);
  });

  it('AB-39: compares with the trigger it is given, and agrees with none otherwise', () => {
    const sameCart: EventMatcher = {
      kind: 'custom',
      name: 'bought',
      where: [{ path: ['cart'], op: 'equalsTrigger', value: 'cart' }],
    };
    const bought = eventOf({ name: 'bought', properties: { cart: 7 } });
    expect(matches(sameCart, bought, eventOf({ properties: { cart: 7 } }))).toBe(true);
    expect(matches(sameCart, bought, eventOf({ properties: { cart: 8 } }))).toBe(false);
    expect(matches(sameCart, bought)).toBe(false);
  });

  it('judges a trigger again as it was heard', () => {
    const heard = { ...changeOf('gold'), name: 'tier', properties: { from: 'silver', to: 'gold' } };
    expect(matchesHeard(becomesGold, heard)).toBe(true);
    expect(matchesHeard({ ...becomesGold, name: null }, heard)).toBe(true);
    expect(matchesHeard({ ...becomesGold, name: 'city' }, heard)).toBe(false);
    expect(matchesHeard({ ...becomesGold, kind: 'custom' }, heard)).toBe(false);
    const fromGold: PropertyTest = { path: ['from'], op: 'equals', value: 'gold' };
    expect(matchesHeard({ ...becomesGold, where: [toGold, fromGold] }, heard)).toBe(false);
    expect(matchesHeard(becomesGold, { ...heard, properties: { from: 'silver', to: 'bronze' } })).toBe(false);
  });
});

describe('the index of listeners', () => {
  const heard = (event: Parameters<typeof listenerKeysOf>[0], matcher: Pick<EventMatcher, 'kind' | 'name'>) =>
    listenerKeysOf(event).includes(listenerKey(matcher));

  it('finds a matcher under the event’s kind and name, or under any name', () => {
    const event = eventOf({ name: 'add_to_cart' });
    expect(heard(event, { kind: 'custom', name: 'add_to_cart' })).toBe(true);
    expect(heard(event, { kind: 'custom', name: null })).toBe(true);
    expect(heard(event, { kind: 'custom', name: 'search' })).toBe(false);
    expect(heard(event, { kind: 'purchase', name: null })).toBe(false);
  });

  it('AB-08: finds those that listen to any of the fields that changed', () => {
    const event = changeOf('gold');
    expect(heard(event, { kind: 'attributes', name: 'tier' })).toBe(true);
    expect(heard(event, { kind: 'attributes', name: 'city' })).toBe(true);
    expect(heard(event, { kind: 'attributes', name: null })).toBe(true);
    expect(heard(event, { kind: 'attributes', name: 'age' })).toBe(false);
    expect(listenerKeysOf(event)).toHaveLength(3);
  });
});
