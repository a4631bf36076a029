import type { CampaignRules } from './campaign.js';
import { describeCampaign, describeDelay, describeWait } from './describe.js';

const RULES: CampaignRules = {
  audience: { attribute: 'country', equals: 'FR' },
  trigger: { kind: 'custom', name: 'add_to_cart', where: [{ path: ['cart_value'], op: 'atLeast', value: 100 }] },
  delay: { kind: 'after', ms: 3_600_000 },
  exceptions: [{ kind: 'purchase', name: null, where: [{ path: ['buyer'], op: 'equals', value: 'ann@example.com' }] }],
  duration: null,
  window: { fromMinute: 540, toMinute: 1_260, zone: { kind: 'user' }, missed: 'drop' },
  quietHours: null,
  recheckAudience: false,
  reEligibility: { kind: 'never' },
  variants: [{ key: 'a', share: 100, messages: { email: { subject: 'x' }, webhook: { url: 'https://example.com' } } }],
};

const until = Date.parse('2025-03-06T11:00:00Z');

describe('a campaign in words', () => {
  it('is one sentence', () => {
    expect(
      describeCampaign({ ...RULES, exceptions: [{ kind: 'purchase', name: null, where: [] }] }, 'Cart reminder'),
    ).toBe(
      'Cart reminder: when add_to_cart (cart_value ≥ 100) and country equals FR, wait 1 hour, unless any purchase, between 09:00 and 21:00, then send email and webhook.',
    );
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
      'between 09:00 and 21:00, quiet from 22:00 to 08:00 waiting until they end, then send',
    );
  });

  it('says what a waiting person waits for', () => {
    expect(describeWait({ campaignName: 'Cart reminder', until, exceptions: RULES.exceptions })).toBe(
      'Cart reminder: until 2025-03-06 11:00 UTC, unless any purchase',
    );
    expect(
      describeWait({
        campaignName: 'Cart reminder',
        until: until + 1_500,
        exceptions: [],
        because: 'the window opens',
      }),
    ).toBe('Cart reminder: until 2025-03-06 11:00:01 UTC (the window opens)');
  });

  it('keeps the operands of filters out of what Temporal shows', () => {
    expect(describeWait({ campaignName: 'C', until, exceptions: RULES.exceptions })).not.toContain('example.com');
  });

  it('fits Temporal’s 200 bytes, whole characters only', () => {
    const summary = describeWait({ campaignName: '購'.repeat(150), until, exceptions: [] });
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(200);
    expect(summary).toMatch(/^購+…$/);
  });
});
