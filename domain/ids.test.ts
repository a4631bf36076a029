import { deliveryWorkflowId, eventOccurrence, sendKey } from './ids.js';

describe('the ids that travel', () => {
  it('a workflow is found by campaign, then by person, then by occurrence', () => {
    const id = deliveryWorkflowId({ campaignId: 3, userId: 7, occurrenceKey: eventOccurrence(42) });
    expect(id).toBe('campaign/3/7/e:42');
  });

  it('a send is known by installation, pairing and channel, and by nothing that changes between retries', () => {
    expect(sendKey('abc', 12, 'email')).toBe('msg_abc_12_email');
  });
});
