import { NO_FACTS } from '../../../facts/userFacts.js';
import { EMPTY_PROFILE, type Profile } from '../../../profile/profile.js';
import { askedAt } from '../../examples.js';
import { describeFilter, evaluateFilter, filterSchema, needsOf } from '../../filter.js';

const NOW = Date.parse('2026-11-02T10:00:00Z');

function ask(filter: object, profile: Partial<Profile> = {}) {
  const parsed = filterSchema.parse(filter);
  const { pass, seen } = evaluateFilter(
    parsed,
    { userId: 1, ...NO_FACTS, profile: { ...EMPTY_PROFILE, ...profile } },
    askedAt(NOW),
  );
  expect(needsOf(parsed)).toEqual([]);
  return { pass, value: seen[0]?.value, words: describeFilter(parsed) };
}

describe('SG-14: the state of a subscription', () => {
  it.each<['emailSubscription' | 'pushSubscription', string]>([
    ['emailSubscription', 'e-mail'],
    ['pushSubscription', 'push'],
  ])('%s is what it is, subscribed where nothing was said', (field, words) => {
    expect(ask({ [field]: 'opted_in' }, { [field]: 'opted_in' })).toEqual({
      pass: true,
      value: 'opted_in',
      words: `${words} opted in`,
    });
    expect(ask({ [field]: 'unsubscribed' }, { [field]: 'opted_in' }).pass).toBe(false);
    expect(ask({ [field]: 'subscribed' }).pass).toBe(true);
    // The same as by the name of the attribute.
    const name = field === 'emailSubscription' ? 'email_subscribe' : 'push_subscribe';
    expect(ask({ attribute: name, equals: 'opted_in' }, { [field]: 'opted_in' }).pass).toBe(true);
  });

  it('has been so for a time, from the change to it on', () => {
    const since = '2026-10-19T10:00:00.000Z';
    const left = { emailSubscription: 'unsubscribed', emailSubscriptionSince: since } as const;
    expect(ask({ emailSubscription: 'unsubscribed', moreThan: '2 weeks' }, left)).toEqual({
      pass: true,
      value: { state: 'unsubscribed', since },
      words: 'e-mail unsubscribed since more than 2 weeks ago',
    });
    expect(ask({ emailSubscription: 'unsubscribed', lessThan: '2 weeks' }, left).pass).toBe(false);
    expect(ask({ emailSubscription: 'unsubscribed', lessThan: '15 days' }, left).pass).toBe(true);
    expect(ask({ emailSubscription: 'unsubscribed', before: '2026-10-20', after: '2026-10-19' }, left).pass).toBe(true);
    expect(ask({ emailSubscription: 'opted_in', moreThan: '2 weeks' }, left).pass).toBe(false);
    const pushed = { pushSubscription: 'opted_in', pushSubscriptionSince: since } as const;
    expect(ask({ pushSubscription: 'opted_in', moreThan: '2 weeks' }, pushed).pass).toBe(true);
  });

  it('is known since when only where something changed it', () => {
    const unknown = { emailSubscription: 'unsubscribed' } as const;
    expect(ask({ emailSubscription: 'unsubscribed' }, unknown).pass).toBe(true);
    expect(ask({ emailSubscription: 'unsubscribed', moreThan: '1 day' }, unknown)).toMatchObject({
      pass: false,
      value: { state: 'unsubscribed', since: null },
    });
    expect(ask({ emailSubscription: 'unsubscribed', lessThan: '1 day' }, unknown).pass).toBe(false);
  });

  it('is one of three', () => {
    expect(filterSchema.safeParse({ emailSubscription: 'gone' }).success).toBe(false);
  });
});

test('SG-14: in a group one is subscribed, unsubscribed, or neither', () => {
  const joined = { attributes: { '$group:news': 'subscribed' } };
  expect(ask({ subscriptionGroup: 'news', is: 'subscribed' }, joined)).toEqual({
    pass: true,
    value: 'subscribed',
    words: 'subscribed in the group news',
  });
  expect(ask({ subscriptionGroup: 'news' }, joined).pass).toBe(true);
  expect(ask({ subscriptionGroup: 'news', is: 'unsubscribed' }, joined).pass).toBe(false);
  expect(ask({ subscriptionGroup: 'offers', is: 'subscribed' }, joined)).toMatchObject({ pass: false, value: null });
  expect(ask({ subscriptionGroup: 'offers', is: 'unsubscribed' }, joined).pass).toBe(false);
});

test('SG-14: e-mail is available where there is an address that is not unsubscribed', () => {
  const email = 'ann@example.com';
  expect(ask({ emailAvailable: true }, { email })).toEqual({
    pass: true,
    value: 'available',
    words: 'e-mail available',
  });
  expect(ask({ emailAvailable: true })).toMatchObject({ pass: false, value: 'no_address' });
  expect(ask({ emailAvailable: true }, { email, emailSubscription: 'unsubscribed' })).toMatchObject({
    pass: false,
    value: 'unsubscribed',
  });
  expect(ask({ emailAvailable: false })).toMatchObject({ pass: true, words: 'e-mail not available' });
  expect(ask({ emailAvailable: false }, { email }).pass).toBe(false);
});
