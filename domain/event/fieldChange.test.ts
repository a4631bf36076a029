import type { JsonObject } from '../json.js';
import { EMAIL_ADDED, fieldChange, groupField, isStoredField, locationField, readField } from './fieldChange.js';

describe('what happened to a field', () => {
  it.each<[string, JsonObject, JsonObject | null]>([
    ['another value', { tier: ['silver', 'gold'] }, { from: 'silver', to: 'gold' }],
    ['the first value ever, a change from nothing', { tier: [null, 3] }, { from: null, to: 3 }],
    ['false', { tier: [true, false] }, { from: true, to: false }],
    ['an empty text', { tier: ['x', ''] }, { from: 'x', to: '' }],
    ['a list before', { tier: [['a'], 'b'] }, { from: ['a'], to: 'b' }],
    ['its source, where one is known', { tier: [null, 'a', 'csv'] }, { from: null, to: 'a', source: 'csv' }],
    ['nothing when another field changed', { city: ['Lyon', 'Nice'] }, null],
    ['nothing when it was removed', { tier: ['gold', null] }, null],
    ['nothing when neither value is told', { tier: [] }, null],
    ['nothing when it holds a list now', { tier: ['gold', ['gold']] }, null],
    ['nothing when it holds an object now', { tier: ['gold', { is: 'gold' }] }, null],
    ['nothing when it was not told as a change', { tier: 'gold' }, null],
  ])('AB-08: is %s', (_what, changed, expected) => {
    expect(fieldChange(changed, 'tier')).toEqual(expected);
  });

  it('is nothing for what every object inherits', () => {
    expect(fieldChange({}, 'constructor')).toBeNull();
  });
});

describe('the name of a field', () => {
  it('tells groups, locations and added addresses from attributes', () => {
    expect(readField(groupField('news'))).toEqual({ kind: 'group', key: 'news' });
    expect(readField(locationField('home'))).toEqual({ kind: 'location', key: 'home' });
    expect(readField(EMAIL_ADDED)).toEqual({ kind: 'emailAdded' });
    expect(readField('tier')).toEqual({ kind: 'attribute', name: 'tier' });
    expect(readField('my$group:news')).toEqual({ kind: 'attribute', name: 'my$group:news' });
  });

  it('tells what is part of the profile from what was only seen in the change', () => {
    expect(['tier', groupField('news')].map(isStoredField)).toEqual([true, true]);
    expect([EMAIL_ADDED, locationField('home')].map(isStoredField)).toEqual([false, false]);
  });
});
