import { askedOfEvents, askedOfTriggers } from './askedProperties.js';
import { type EventMatcher, matches } from './matcher.js';

const matcher = (more: Partial<EventMatcher>): EventMatcher => ({ kind: 'custom', name: 'bought', where: [], ...more });

const COMPARING = matcher({
  where: [
    { path: ['cart', 'id'], op: 'equalsTrigger', value: '"a.b".list[].id' },
    { path: ['items', '[]', 'price'], op: 'moreThan', value: 10 },
  ],
});

test('H6: the first step of each path, of the event and of the trigger it is compared with', () => {
  expect(askedOfEvents([COMPARING, matcher({})])).toEqual(['cart', 'items']);
  expect(askedOfTriggers([COMPARING, matcher({})])).toEqual(['a.b']);
});

test('H6: of a change of the profile its field', () => {
  expect(askedOfEvents([matcher({ kind: 'attributes', name: 'tier' })])).toEqual(['tier']);
});

test('H6: what is not asked for makes no difference', () => {
  const event = {
    seq: 2,
    userId: 1,
    kind: 'custom' as const,
    name: 'bought',
    time: 2,
    receivedAt: 2,
    properties: { cart: { id: 7 }, items: [{ price: 11 }], note: 'x' },
  };
  const trigger = { ...event, seq: 1, properties: { 'a.b': { list: [{ id: 7 }] }, note: 'y' } };
  const { note: _, ...asked } = event.properties;
  expect(matches(COMPARING, event, trigger)).toBe(true);
  expect(
    matches(
      COMPARING,
      { ...event, properties: asked },
      { ...trigger, properties: { 'a.b': trigger.properties['a.b'] } },
    ),
  ).toBe(true);
});
