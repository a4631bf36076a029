import { describeNeededEvents, madeOfEventsBefore } from './neededEvents.js';
import type { FactNeed } from './userFacts.js';

const DAY = 86_400_000;
const END = Date.UTC(2031, 5, 1);
const play = { eventKind: 'custom', name: 'play' } as const;
const bought = { eventKind: 'purchase', name: '' } as const;

test.each<[string, FactNeed, boolean]>([
  ['custom events over all time', { kind: 'total', ...play }, true],
  ['purchases over all time, which have a counter', { kind: 'total', ...bought }, false],
  ['sessions over all time, which have one', { kind: 'total', eventKind: 'session', name: '' }, false],
  ['30 days, the first of which is the last of the month', { kind: 'recent', ...bought, days: 30 }, true],
  ['29 days', { kind: 'recent', ...bought, days: 29 }, false],
  ['properties in 30 days', { kind: 'matching', ...play, days: 30, where: [] }, true],
  ['properties in 29 days', { kind: 'matching', ...play, days: 29, where: [] }, false],
  ['what was received', { kind: 'received', campaign: 'x', variant: null, channel: null, tag: null }, false],
])('%s', (_, need, isMadeOf) => {
  const at = END + 29 * DAY + DAY / 2;
  expect(madeOfEventsBefore(need, { at, end: END })).toEqual(isMadeOf ? need : null);
});

test.each<[FactNeed, string]>([
  [{ kind: 'total', ...play }, "counts the custom event 'play' from the beginning"],
  [{ kind: 'recent', ...bought, days: 30 }, 'looks at all purchases of the last 30 days'],
  [{ kind: 'matching', ...bought, name: 'sku', days: 2, where: [] }, "looks at purchases of 'sku' of the last 2 days"],
  [{ kind: 'recent', eventKind: 'session', name: '', days: 7 }, 'looks at sessions of the last 7 days'],
])('%j in words', (need, words) => {
  expect(describeNeededEvents(need)).toBe(words);
});
