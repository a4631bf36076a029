import type { Json, JsonObject } from '../json.js';
import { applyAttributes } from './attributes/applyAttributes.js';
import { ProfileDraft } from './attributes/profileDraft.js';
import { EMPTY_PROFILE } from './profile.js';
import { groupsOf, readSubscriptionGroups, subscribeTo } from './subscriptionGroup.js';

function inGroups(count: number): JsonObject {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`$group:g${n}`, 'subscribed']));
}

function after(attributes: JsonObject, ...changes: readonly ReturnType<typeof subscribeTo>[]) {
  return applyAttributes({ ...EMPTY_PROFILE, attributes }, changes);
}

describe('subscription groups', () => {
  it('AB-09: a change tells its source', () => {
    const { profile, changed } = after({}, subscribeTo('news', 'subscribed', 'csv'));
    expect(groupsOf(profile.attributes)).toEqual({ news: 'subscribed' });
    expect(changed).toEqual({ '$group:news': [null, 'subscribed', 'csv'] });
  });

  it('AB-09: the same state again is no change', () => {
    const attributes = { '$group:news': 'subscribed' };
    expect(after(attributes, subscribeTo('news', 'subscribed', 'sdk')).changed).toEqual({});
    expect(after(attributes, subscribeTo('news', 'unsubscribed', 'sdk')).changed).toEqual({
      '$group:news': ['subscribed', 'unsubscribed', 'sdk'],
    });
  });

  it('SU-04: a person is in at most 100, and may still change state in each of them', () => {
    const attributes = { ...inGroups(100), city: 'Lyon' };
    const hasAll = (of: JsonObject) => new ProfileDraft({ ...EMPTY_PROFILE, attributes: of }).hasAllGroups;
    expect([hasAll(inGroups(99)), hasAll(attributes)]).toEqual([false, true]);
    expect(after(attributes, subscribeTo('news', 'subscribed', 'sdk')).changed).toEqual({});
    expect(after(attributes, subscribeTo('g7', 'unsubscribed', 'sdk')).changed).toHaveProperty(['$group:g7']);
    expect(after(inGroups(99), subscribeTo('news', 'subscribed', 'sdk')).changed).toHaveProperty(['$group:news']);
  });

  it('are told from what people set', () => {
    expect(groupsOf({ '$group:news': 'subscribed', city: 'Lyon', '$location:home': true })).toEqual({
      news: 'subscribed',
    });
  });

  it('SU-04: are read from a list of ids and states', () => {
    const items = [
      { subscription_group_id: 'news', subscription_state: 'subscribed' },
      { subscription_group_id: 'a'.repeat(100), subscription_state: 'unsubscribed' },
    ];
    expect(readSubscriptionGroups(items, 'rest_api')).toEqual([
      subscribeTo('news', 'subscribed', 'rest_api'),
      subscribeTo('a'.repeat(100), 'unsubscribed', 'rest_api'),
    ]);
    expect(readSubscriptionGroups([], 'rest_api')).toEqual([]);
  });

  it.each<[string, Json]>([
    ['no list', {}],
    ['a list of texts', ['news']],
    ['no id', [{ subscription_state: 'subscribed' }]],
    ['an id that is no text', [{ subscription_group_id: 1, subscription_state: 'subscribed' }]],
    ['an id that is no key', [{ subscription_group_id: 'My News', subscription_state: 'subscribed' }]],
    ['an id that begins wrongly', [{ subscription_group_id: '-news', subscription_state: 'subscribed' }]],
    ['an id that is too long', [{ subscription_group_id: 'a'.repeat(101), subscription_state: 'subscribed' }]],
    ['no state', [{ subscription_group_id: 'news' }]],
    ['a state that is none', [{ subscription_group_id: 'news', subscription_state: 'opted_in' }]],
  ])('SU-04: are not read from %s', (_what, value) => {
    expect(readSubscriptionGroups(value, 'rest_api')).toBeNull();
  });
});
