import type { CampaignRules } from './campaign.js';
import { describeCampaign, describeWait } from './describe.js';

const RULES: CampaignRules = {
  audience: { attribute: 'country', equals: 'FR' },
  trigger: { kind: 'custom', name: 'add_to_cart', where: [{ path: ['cart_value'], op: 'atLeast', value: 100 }] },
  delay: { kind: 'after', ms: 3_600_000 },
  exceptions: [{ kind: 'purchase', name: null, where: [{ path: ['buyer'], op: 'equals', value: 'ann@example.com' }] }],
  duration: null,
  window: { fromMinute: 540, toMinute: 1_260, zone: { kind: 'user' }, missed: 'drop' },
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
