import { compileEvent } from '../definition/eventSpec.js';
import { type DescribedRun, describeRun } from './describeRun.js';

const run: DescribedRun = {
  campaign: {
    key: 'cart',
    name: 'Cart reminder',
    entry: {
      kind: 'event',
      trigger: compileEvent({ customEvent: 'add_to_cart' }),
      delay: { kind: 'none' },
      exceptions: [],
    },
    audience: null,
    recheckAudience: false,
    variants: [{ key: 'a', share: 100, messages: {} }],
  },
  userId: 42,
  variant: 'a',
  messages: { email: { subject: 'Ann, your hat', text: 'Hello' } },
  triggeredAt: Date.parse('2026-11-26T09:00:00Z'),
  dueAt: Date.parse('2026-11-26T10:00:00Z'),
  zone: 'Europe/Paris',
  publicUrl: 'https://rappel.example',
};

describe('the details of a run', () => {
  it('say who, what, since and until when on both clocks, and link to both pages', () => {
    expect(describeRun(run)).toBe(
      [
        '- **Who, what:** [person 42](https://rappel.example/people/42), [Cart reminder](https://rappel.example/campaigns/cart) by email',
        '- **Due:** 2026-11-26 11:00 (Europe/Paris; 10:00 UTC)',
        '- **Unless:** nothing stops it',
        '- **Audience:** everybody',
        '- **Since:** add\\_to\\_cart, 2026-11-26 10:00 (Europe/Paris; 09:00 UTC)',
      ].join('\n'),
    );
  });

  it('say whether the audience is tested again, and the variant where there are several', () => {
    const audience = { kind: 'and', filters: [] } as unknown as DescribedRun['campaign']['audience'];
    const variants = ['a', 'b'].map((key) => ({ key, share: 50, messages: {} }));
    const tested = describeRun({ ...run, campaign: { ...run.campaign, audience, variants, recheckAudience: true } });
    expect(tested).toContain('tested at entry, and again when due');
    expect(tested).toContain('by email, variant a');
    expect(describeRun({ ...run, campaign: { ...run.campaign, audience } })).toContain('not again when due');
  });

  it('show events without operands, and five exceptions at most', () => {
    const events = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'];
    const exceptions = events.map((customEvent) =>
      compileEvent({ customEvent, where: [{ property: 'email', equals: 'ann@example.com' }] }),
    );
    const told = describeRun({ ...run, campaign: { ...run.campaign, entry: { ...run.campaign.entry, exceptions } } });
    expect(told).toContain('a1 or a2 or a3 or a4 or a5 or one of 2 more comes before');
    expect(told).not.toContain('ann@');
  });

  it('show names as they were given: nothing in them is Markdown or HTML', () => {
    const name = '[x](http://evil.example) <b>*Sale*</b>\n# now';
    expect(describeRun({ ...run, campaign: { ...run.campaign, name } })).toContain(
      '[\\[x\\]\\(http://evil.example\\) \\<b\\>\\*Sale\\*\\</b\\> \\# now](https://rappel.example/campaigns/cart)',
    );
  });
});
