import { parseDefinition } from './definition/parseDefinition.js';
import { referencesOf } from './references.js';

function referencesIn(trigger: object, exceptions: readonly object[] = [], audience?: object) {
  const message = { channel: 'email', subject: 'Hi', text: 'Hi' };
  const parsed = parseDefinition({
    key: 'own',
    name: 'Own',
    trigger,
    delay: { after: '1 hour' },
    exceptions,
    message,
    audience,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return referencesOf(parsed.definition);
}

describe('what a definition refers to', () => {
  it('CC-03: campaigns by their keys, in trigger and exceptions, each once', () => {
    const opened = { interaction: 'email_open', campaign: 'welcome' };
    const clicked = { interaction: 'email_click', campaign: 'second' };
    expect(referencesIn({ received: 'welcome' }, [opened, clicked, { purchase: 'any' }])).toEqual({
      campaigns: ['welcome', 'second'],
      locations: [],
      segments: [],
    });
  });

  it('AB-01: locations by their keys', () => {
    expect(referencesIn({ locationEntered: 'home' })).toEqual({ campaigns: [], locations: ['home'], segments: [] });
  });

  it.each([
    { customEvent: 'welcome' },
    { purchase: 'any' },
    { sessionStart: true },
    { attributeChanged: 'tier' },
    { subscriptionGroupChanged: 'news' },
    { emailAdded: true },
  ])('nothing, in %j', (trigger) => {
    expect(referencesIn(trigger)).toEqual({ campaigns: [], locations: [], segments: [] });
  });

  it('SG-12, SG-15: campaigns and segments that its audience names', () => {
    const audience = {
      any: [{ segment: 'vips' }, { none: [{ received: { campaign: 'welcome' } }, { segment: 'b' }] }],
    };
    expect(referencesIn({ purchase: 'any' }, [], audience)).toEqual({
      campaigns: ['welcome'],
      locations: [],
      segments: ['b', 'vips'],
    });
  });
});
