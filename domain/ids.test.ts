import { campaignRunsPrefix, deliveryWorkflowId, eventOccurrence, sendKey } from './ids.js';

describe('the ids that travel', () => {
  it('a workflow is found by campaign, then by person, then by occurrence', () => {
    const id = deliveryWorkflowId({ campaign: 'cart', userId: 7, occurrenceKey: eventOccurrence(42) });
    expect(id).toBe('campaign/cart/7/e:42');
    expect(id.startsWith(campaignRunsPrefix('cart'))).toBe(true);
    expect(id.startsWith(campaignRunsPrefix('car'))).toBe(false);
  });

  it('a send is known by installation, pairing and channel, and by nothing that changes between retries', () => {
    expect(sendKey('abc', 12, 'email')).toBe('msg_abc_12_email');
  });
});
