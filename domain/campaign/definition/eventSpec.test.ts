import type { EventMatcher } from '../../event/matcher.js';
import type { PropertyTest } from '../../event/propertyTest.js';
import { campaignOfEvent, compileEvent, type ExceptionSpec, type TriggerSpec } from './eventSpec.js';

function is(property: string, value: PropertyTest['value']): PropertyTest {
  return { path: [property], op: 'equals', value };
}

describe('what an operator writes, as a matcher over the stream', () => {
  it.each<[string, TriggerSpec | ExceptionSpec, EventMatcher]>([
    ['AB-01', { sessionStart: true }, { kind: 'session', name: null, where: [] }],
    ['AB-01', { customEvent: 'search' }, { kind: 'custom', name: 'search', where: [] }],
    ['AB-01', { purchase: 'any' }, { kind: 'purchase', name: null, where: [] }],
    ['AB-01', { purchase: 'hat' }, { kind: 'purchase', name: 'hat', where: [] }],
    ['AB-07', { emailAdded: true }, { kind: 'attributes', name: '$email_added', where: [] }],
    ['AB-08', { attributeChanged: 'tier' }, { kind: 'attributes', name: 'tier', where: [] }],
    [
      'AB-08',
      { attributeChanged: 'tier', to: 'gold' },
      { kind: 'attributes', name: 'tier', where: [is('to', 'gold')] },
    ],
    ['AB-08', { attributeChanged: 'vip', to: false }, { kind: 'attributes', name: 'vip', where: [is('to', false)] }],
    ['AB-09', { emailSubscriptionChanged: true }, { kind: 'attributes', name: 'email_subscribe', where: [] }],
    [
      'AB-09',
      { emailSubscriptionChanged: true, to: 'opted_in' },
      { kind: 'attributes', name: 'email_subscribe', where: [is('to', 'opted_in')] },
    ],
    [
      'AB-09',
      { pushSubscriptionChanged: true, to: 'unsubscribed' },
      { kind: 'attributes', name: 'push_subscribe', where: [is('to', 'unsubscribed')] },
    ],
    [
      'AB-09',
      { subscriptionGroupChanged: 'news', to: 'subscribed', source: 'sdk' },
      { kind: 'attributes', name: '$group:news', where: [is('to', 'subscribed'), is('source', 'sdk')] },
    ],
    ['AB-01', { locationEntered: 'home' }, { kind: 'attributes', name: '$location:home', where: [] }],
    [
      'CC-01',
      { interaction: 'email_open', campaign: 'welcome' },
      { kind: 'interaction', name: 'welcome', where: [is('type', 'email_open')] },
    ],
    ['CC-01', { cardClicked: 'c' }, { kind: 'interaction', name: 'c', where: [is('type', 'card_click')] }],
    ['CC-01', { cardViewed: 'c' }, { kind: 'interaction', name: 'c', where: [is('type', 'card_view')] }],
    ['AB-01', { primaryConversionOf: 'c' }, { kind: 'converted', name: 'c', where: [is('index', 0)] }],
    ['AB-30', { conversionOf: 'c' }, { kind: 'converted', name: 'c', where: [] }],
    ['AB-01', { exceptionFiredOf: 'c' }, { kind: 'exceptionFired', name: 'c', where: [] }],
    [
      'CC-01',
      { received: 'c' },
      { kind: 'received', name: 'c', where: [{ path: ['first'], op: 'doesNotEqual', value: false }] },
    ],
    [
      'SG-12',
      { received: { campaign: 'c', channel: 'email' } },
      { kind: 'received', name: 'c', where: [{ path: ['channel'], op: 'equals', value: 'email' }] },
    ],
  ])('%s: %j', (_rule, spec, matcher) => {
    expect(compileEvent(spec)).toEqual(matcher);
  });

  it('AB-03: every operator of every filter is a test of its own', () => {
    const where = [
      { property: 'cart.value', atLeast: 100, atMost: 200 },
      { property: '"a.b"', isBlank: false },
    ];
    const tests = [
      { path: ['cart', 'value'], op: 'atLeast', value: 100 },
      { path: ['cart', 'value'], op: 'atMost', value: 200 },
      { path: ['a.b'], op: 'isBlank', value: false },
    ];
    expect(compileEvent({ customEvent: 'x', where }).where).toEqual(tests);
    expect(compileEvent({ purchase: 'hat', where }).where).toEqual(tests);
  });

  it('an operator that was left open tests nothing', () => {
    expect(compileEvent({ customEvent: 'x', where: [{ property: 'a', equals: 1, atMost: undefined }] }).where).toEqual([
      is('a', 1),
    ]);
  });

  it('a path that validation would have refused is told by its text', () => {
    expect(() => compileEvent({ customEvent: 'x', where: [{ property: 'a..b', equals: 1 }] })).toThrow(
      'Not a property path: "a..b".',
    );
  });

  it('CC-01: is about a campaign only where it is one of its messages', () => {
    expect(campaignOfEvent({ received: 'welcome' })).toBe('welcome');
    expect(campaignOfEvent({ cardClicked: 'welcome' })).toBe('welcome');
    expect(campaignOfEvent({ customEvent: 'welcome' })).toBeNull();
    expect(campaignOfEvent({ attributeChanged: 'welcome' })).toBeNull();
  });
});
