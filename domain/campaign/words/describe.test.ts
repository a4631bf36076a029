import { describeEvent } from '../../event/kinds.js';
import type { EventMatcher } from '../../event/matcher.js';
import type { PropertyTest } from '../../event/propertyTest.js';
import type { CampaignRules } from '../campaign.js';
import { describeCampaign, describeDelay, describeMatcher, describeWait } from './describe.js';

const RULES: CampaignRules = {
  entry: {
    kind: 'event',
    trigger: { kind: 'custom', name: 'add_to_cart', where: [{ path: ['cart_value'], op: 'atLeast', value: 100 }] },
    delay: { kind: 'after', ms: 3_600_000 },
    exceptions: [
      { kind: 'purchase', name: null, where: [{ path: ['buyer'], op: 'equals', value: 'ann@example.com' }] },
    ],
  },
  audience: { attribute: 'country', equals: 'FR' },
  duration: null,
  window: { fromMinute: 540, toMinute: 1_260, zone: { kind: 'user' }, missed: 'drop' },
  quietHours: null,
  recheckAudience: false,
  reEligibility: { kind: 'never' },
  variants: [{ key: 'a', share: 100, messages: { email: { subject: 'x' }, webhook: { url: 'https://example.com' } } }],
};

const unless = (exceptions: readonly EventMatcher[]) => ({ entry: { ...RULES.entry, exceptions } });
const named = (name: string, exceptions = RULES.entry.exceptions) => ({ name, ...unless(exceptions) });

const until = Date.parse('2025-03-06T11:00:00Z');

describe('a campaign in words', () => {
  it('is one sentence', () => {
    expect(
      describeCampaign({ ...RULES, ...unless([{ kind: 'purchase', name: null, where: [] }]) }, 'Cart reminder'),
    ).toBe(
      'Cart reminder: when add_to_cart (cart_value ≥ 100) and country equals FR, wait 1 hour, unless any purchase comes before, between 09:00 and 21:00 (their time; else dropped), then send email “x” and webhook. Once a person.',
    );
  });

  it('M13: says all that decides: duration, how often, the second look at the audience, zones and subjects', () => {
    const zone = { kind: 'iana', zone: 'Europe/Paris' } as const;
    const rules: CampaignRules = {
      ...RULES,
      recheckAudience: true,
      window: { fromMinute: 540, toMinute: 1_260, zone: { kind: 'workspace' }, missed: 'nextAvailable' },
      duration: {
        start: { kind: 'local', iso: '2026-12-01T00:00' },
        end: { kind: 'local', iso: '2026-12-24T18:00' },
        zone,
      },
      reEligibility: { kind: 'after', ms: 86_400_000 },
      variants: [
        { key: 'a', share: 50, messages: { email: { subject: 'Still thinking, {{ first_name }}?' } } },
        { key: 'b', share: 50, messages: { email: { subject: `Long ${'x'.repeat(80)}` } } },
      ],
    };
    const text = describeCampaign(rules, 'C');
    expect(text).toContain(
      'if still in the audience then, between 09:00 and 21:00 (workspace time; else at its next opening)',
    );
    expect(text).toContain(`then send email “Still thinking, {{ first_name }}?” or “Long ${'x'.repeat(54)}…”.`);
    expect(text).toMatch(
      /Again to a person from 1 day after a receipt on\. Only from 2026-12-01 00:00 and before 2026-12-24 18:00 \(Europe\/Paris\)\.$/,
    );
    const always: CampaignRules = { ...RULES, reEligibility: { kind: 'after', ms: 0 } };
    expect(describeCampaign(always, 'C')).toMatch(/As often as it is triggered\.$/);
    const until = { start: null, end: { kind: 'instant', at: Date.UTC(2026, 11, 24) }, zone } as const;
    expect(describeCampaign({ ...RULES, duration: until }, 'C')).toMatch(/Only before 2026-12-24 00:00 UTC\.$/);
  });

  it('AB-21, AB-22: says when a delay to a time of day ends, and on whose clock', () => {
    const at = { minute: 540, zone: { kind: 'user' } } as const;
    expect(describeDelay({ kind: 'nextWeekday', weekday: 1, ...at })).toBe(
      'wait until next Monday at 09:00 (their time)',
    );
    expect(describeDelay({ kind: 'inDays', days: 0, ...at })).toBe('wait until 09:00 (their time) the same day');
    expect(describeDelay({ kind: 'inDays', days: 1, ...at, zone: { kind: 'workspace' } })).toBe(
      'wait until 09:00 (workspace time) the next day',
    );
    expect(describeDelay({ kind: 'inDays', days: 3, ...at, zone: { kind: 'iana', zone: 'Asia/Tokyo' } })).toBe(
      'wait until 09:00 (Asia/Tokyo) 3 days later',
    );
  });

  it('QH-01: says when it is quiet and what becomes of what falls due then', () => {
    const quietHours = { fromMinute: 1_320, toMinute: 480, zone: { kind: 'user' }, policy: 'hold' } as const;
    expect(describeCampaign({ ...RULES, quietHours }, 'C')).toContain(
      '(their time; else dropped), quiet from 22:00 to 08:00 (their time) waiting until they end, then send',
    );
  });

  it('QH-01: says what becomes of what falls due in quiet hours that abort', () => {
    const quietHours = { fromMinute: 0, toMinute: 485, zone: { kind: 'user' }, policy: 'abort' } as const;
    expect(describeCampaign({ ...RULES, quietHours }, 'C')).toContain(
      ', quiet from 00:00 to 08:05 (their time) dropping what falls due in them, then send',
    );
  });

  it('says only what the campaign has', () => {
    const plain: CampaignRules = {
      ...RULES,
      entry: { ...RULES.entry, delay: { kind: 'none' }, exceptions: [] },
      audience: null,
      window: null,
    };
    expect(describeCampaign(plain, 'C')).toBe(
      'C: when add_to_cart (cart_value ≥ 100), then send email “x” and webhook. Once a person.',
    );
  });

  it('names each exception, and each channel once', () => {
    const [variant] = RULES.variants;
    const variants = [{ key: 'b', share: 0, messages: {} }, ...RULES.variants, { ...variant!, key: 'c' }];
    const exceptions: EventMatcher[] = [
      { kind: 'purchase', name: 'hat', where: [] },
      { kind: 'session', name: null, where: [] },
    ];
    expect(describeCampaign({ ...RULES, ...unless(exceptions), variants }, 'C')).toMatch(
      /, unless purchase of hat or start of a session comes before, .* then send email “x” and webhook\. Once a person\.$/,
    );
  });

  it('says a delay of none as at once', () => {
    expect(describeDelay({ kind: 'none' })).toBe('at once');
    expect(describeDelay({ kind: 'after', ms: 5_400_000 })).toBe('wait 90 minutes');
  });

  it('says what a waiting person waits for', () => {
    expect(describeWait({ campaign: named('Cart reminder'), until })).toBe(
      'Cart reminder: until 2025-03-06 11:00 UTC, unless any purchase',
    );
    expect(
      describeWait({
        campaign: named('Cart reminder', []),
        until: until + 1_500,
        because: 'the window opens',
      }),
    ).toBe('Cart reminder: until 2025-03-06 11:00:01 UTC (the window opens)');
    const session = { kind: 'session', name: null, where: [] } as const;
    expect(describeWait({ campaign: named('C', [...RULES.entry.exceptions, session]), until })).toMatch(
      /, unless any purchase or start of a session$/,
    );
  });

  it('keeps the operands of filters out of what Temporal shows', () => {
    expect(describeWait({ campaign: named('C'), until })).not.toContain('example.com');
  });

  it('fits Temporal’s 200 bytes, whole characters only', () => {
    const summary = describeWait({ campaign: named('購'.repeat(150), []), until });
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(200);
    expect(summary).toMatch(/^購+…$/);
    // 3 bytes for each character, 3 for the ellipsis.
    expect(summary).toHaveLength(66);
  });

  it('leaves what fits Temporal’s 200 bytes as it is', () => {
    const words = ': until 2025-03-06 11:00 UTC';
    const longest = 'x'.repeat(200 - words.length);
    expect(describeWait({ campaign: named(longest, []), until })).toBe(`${longest}${words}`);
    expect(describeWait({ campaign: named(`${longest}x`, []), until })).toMatch(/ 11:00…$/);
  });
});

describe('an event in words', () => {
  it.each<[EventMatcher['kind'], string | null, string]>([
    ['custom', 'search', 'search'],
    ['custom', null, 'any event'],
    ['purchase', 'hat', 'purchase of hat'],
    ['purchase', null, 'any purchase'],
    ['session', null, 'start of a session'],
    ['received', 'welcome', 'receipt of campaign welcome'],
    ['received', null, 'receipt of any campaign'],
    ['exceptionFired', 'welcome', 'exception of campaign welcome'],
    ['exceptionFired', null, 'exception of any campaign'],
    ['interaction', 'welcome', 'interaction with campaign welcome'],
    ['interaction', null, 'interaction with any campaign'],
    ['converted', 'welcome', 'conversion of campaign welcome'],
    ['converted', null, 'conversion of any campaign'],
    ['attributes', null, 'change of attributes'],
    ['attributes', '', 'change of attributes'],
    ['attributes', 'tier', 'change of tier'],
    ['attributes', 'email_subscribe', 'change of e-mail subscription'],
    ['attributes', 'push_subscribe', 'change of push subscription'],
    ['attributes', '$email_added', 'e-mail address added'],
    ['attributes', '$group:news', 'change of subscription group news'],
    ['attributes', '$location:home', 'entry into location home'],
  ])('%s %s: %s', (kind, name, words) => {
    expect(describeEvent({ kind, name })).toBe(words);
    expect(describeMatcher({ kind, name, where: [] })).toBe(words);
  });

  it.each<[PropertyTest['op'], PropertyTest['value'], string]>([
    ['equals', 'FR', 'a = FR'],
    ['doesNotEqual', 1, 'a ≠ 1'],
    ['isAnyOf', ['x', 2], 'a is any of ["x",2]'],
    ['isNoneOf', ['x'], 'a is none of ["x"]'],
    ['atLeast', 100, 'a ≥ 100'],
    ['atMost', 100, 'a ≤ 100'],
    ['moreThan', 100, 'a > 100'],
    ['lessThan', 100, 'a < 100'],
    ['contains', 'x', 'a contains x'],
    ['doesNotContain', 'x', 'a does not contain x'],
    ['matchesRegex', '^x', 'a matches ^x'],
    ['before', '2026-01-01T00:00Z', 'a is before 2026-01-01T00:00Z'],
    ['after', '2026-01-01T00:00Z', 'a is after 2026-01-01T00:00Z'],
    ['isBlank', true, 'a is blank'],
    ['isBlank', false, 'a is not blank'],
    ['equalsTrigger', 'cart.id', 'a equals the trigger’s cart.id'],
  ])('AB-03: the test %s %j: %s', (op, value, words) => {
    const test = { path: ['a'], op, value };
    expect(describeMatcher({ kind: 'custom', name: 'x', where: [test] })).toBe(`x (${words})`);
    expect(describeMatcher({ kind: 'custom', name: 'x', where: [test, test] })).toBe(`x (${words} and ${words})`);
  });
});
