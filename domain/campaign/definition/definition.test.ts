import { canonicalJson } from '../../json.js';
import { compileCampaign } from '../compile.js';
import { type CampaignDefinition } from './definition.js';
import { campaignJsonSchema } from './definitionSchema.js';
import { parseDefinition, parseDefinitionText, storedForm } from './parseDefinition.js';

const hashOf = (definition: object) => storedForm(definition).definitionHash;

const CART_REMINDER = `name: Cart reminder
audience: { attribute: country, equals: FR }
trigger: { customEvent: add_to_cart, where: [ { property: cart_value, atLeast: 100 }, { property: cart_value, atMost: 200 } ] }
delay: { after: 1 hour }
exceptions: [ { purchase: any } ]
duration: { start: 2026-12-01T00:00, end: 2026-12-25T00:00, zone: user }
window: { from: "09:00", to: "21:00", missed: nextAvailable }
recheckAudience: true
reEligibility: { after: 30 days }
messages: [ { channel: email, subject: "Still thinking it over, {{ first_name | default: 'friend' }}?", html: "…" } ]
`;

const MINIMAL = {
  name: 'Welcome',
  trigger: { customEvent: 'registered' },
  messages: [{ channel: 'email', subject: 'Welcome', text: 'Hello' }],
};

function definitionOf(input: unknown): CampaignDefinition {
  const parsed = typeof input === 'string' ? parseDefinitionText(input) : parseDefinition(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2));
  return parsed.definition;
}

describe('parsing a definition', () => {
  it('reads the cart reminder, written as YAML, into its canonical form', () => {
    expect(definitionOf(CART_REMINDER)).toStrictEqual({
      schemaVersion: 1,
      key: 'cart-reminder',
      name: 'Cart reminder',
      audience: { attribute: 'country', equals: 'FR' },
      entry: {
        event: {
          trigger: {
            customEvent: 'add_to_cart',
            where: [
              { property: 'cart_value', atLeast: 100 },
              { property: 'cart_value', atMost: 200 },
            ],
          },
          delay: { after: '1 hour' },
          exceptions: [{ purchase: 'any' }],
        },
      },
      duration: { start: '2026-12-01T00:00', end: '2026-12-25T00:00', zone: 'user' },
      window: { from: '09:00', to: '21:00', missed: 'nextAvailable', zone: 'user' },
      recheckAudience: true,
      reEligibility: { after: '30 days' },
      variants: [
        {
          key: 'a',
          share: 100,
          messages: { email: { subject: "Still thinking it over, {{ first_name | default: 'friend' }}?", html: '…' } },
        },
      ],
    });
  });

  it('compiles the cart reminder into rules', () => {
    expect(compileCampaign(definitionOf(CART_REMINDER))).toEqual({
      entry: {
        kind: 'event',
        trigger: {
          kind: 'custom',
          name: 'add_to_cart',
          where: [
            { path: ['cart_value'], op: 'atLeast', value: 100 },
            { path: ['cart_value'], op: 'atMost', value: 200 },
          ],
        },
        delay: { kind: 'after', ms: 3_600_000 },
        exceptions: [{ kind: 'purchase', name: null, where: [] }],
      },
      audience: { attribute: 'country', equals: 'FR' },
      duration: {
        start: { kind: 'local', iso: '2026-12-01T00:00' },
        end: { kind: 'local', iso: '2026-12-25T00:00' },
        zone: { kind: 'user' },
      },
      window: { fromMinute: 540, toMinute: 1260, zone: { kind: 'user' }, missed: 'nextAvailable' },
      quietHours: null,
      recheckAudience: true,
      reEligibility: { kind: 'after', ms: 2_592_000_000 },
      variants: [
        {
          key: 'a',
          share: 100,
          messages: { email: { subject: "Still thinking it over, {{ first_name | default: 'friend' }}?", html: '…' } },
        },
      ],
    });
  });

  it('reads its own canonical form as itself, from JSON and YAML alike', () => {
    const definition = definitionOf(CART_REMINDER);
    expect(definitionOf(JSON.parse(canonicalJson(definition)))).toEqual(definition);
    expect(definitionOf(canonicalJson(definition))).toEqual(definition);
  });

  it('gives one hash to one meaning, whatever the order and the sugar', () => {
    const a = definitionOf({ ...MINIMAL, delay: { after: '60 minutes' } });
    const b = definitionOf({
      messages: { email: { text: 'Hello', subject: 'Welcome' } },
      entry: { event: { delay: { after: '1 hour' }, trigger: { customEvent: 'registered' } } },
      key: 'welcome',
      name: 'Welcome',
    });
    expect(hashOf(a)).toBe(hashOf(b));
    expect(hashOf(a)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf(definitionOf({ ...MINIMAL, delay: { after: '2 hours' } }))).not.toBe(hashOf(a));
  });

  it('takes one message by channel, one variant and the workspace’s never as defaults', () => {
    const { messages: _messages, ...rest } = MINIMAL;
    const definition = definitionOf({ ...rest, message: { channel: 'webhook', url: 'https://example.com/hook' } });
    expect(definition.reEligibility).toBe('never');
    expect(definition.variants).toEqual([
      {
        key: 'a',
        share: 100,
        messages: { webhook: { url: 'https://example.com/hook', method: 'POST', honoursWebhookId: false } },
      },
    ]);
  });

  it('keeps of a definition what was said, and nothing else', () => {
    expect(definitionOf({ ...MINIMAL, description: 'For new people', exceptions: [] })).toStrictEqual({
      schemaVersion: 1,
      key: 'welcome',
      name: 'Welcome',
      description: 'For new people',
      entry: { event: { trigger: { customEvent: 'registered' } } },
      recheckAudience: false,
      reEligibility: 'never',
      variants: [{ key: 'a', share: 100, messages: { email: { subject: 'Welcome', text: 'Hello' } } }],
    });
  });

  it('its canonical text has the fields in alphabetical order, lists in their own', () => {
    const backwards = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(backwards);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, inner]) => [name, backwards(inner)]),
      );
    };
    const definition = definitionOf(CART_REMINDER);
    const text = canonicalJson(definition);
    expect(canonicalJson(backwards(definition) as CampaignDefinition)).toBe(text);
    const names = Object.keys(JSON.parse(text) as object);
    expect(names).toEqual([...names].sort());
    expect(JSON.parse(text)).toEqual(definition);
  });

  it('CO-03: takes several channels in one campaign', () => {
    const definition = definitionOf({
      ...MINIMAL,
      messages: [...MINIMAL.messages, { channel: 'webhook', url: '{{ hook }}', body: { id: '{{ external_id }}' } }],
    });
    expect(Object.keys(definition.variants[0]?.messages ?? {}).sort()).toEqual(['email', 'webhook']);
  });

  it('makes keys of names in any script that has Latin letters', () => {
    expect(definitionOf({ ...MINIMAL, name: 'Été à Nîmes — 50 % !' }).key).toBe('ete-a-nimes-50');
  });

  it('publishes a JSON Schema of what may be written', () => {
    const text = JSON.stringify(campaignJsonSchema());
    for (const field of ['trigger', 'reEligibility', 'equalsTrigger', 'lastUsed', 'honoursWebhookId']) {
      expect(text).toContain(`"${field}"`);
    }
  });

  it('AB-21, AB-22: reads delays to a time of day, in the person’s zone unless another is named', () => {
    const weekday = definitionOf({ ...MINIMAL, delay: { nextWeekday: 'monday', at: '09:00' } });
    expect(weekday.entry.event.delay).toEqual({ nextWeekday: 'monday', at: '09:00', zone: 'user' });
    expect(compileCampaign(weekday).entry.delay).toEqual({
      kind: 'nextWeekday',
      weekday: 1,
      minute: 540,
      zone: { kind: 'user' },
    });
    const days = definitionOf(`name: Later
trigger: { customEvent: registered }
delay: { inDays: 1, at: 09:00, zone: Asia/Tokyo }
exceptions: [ { purchase: any } ]
message: { channel: email, subject: Hello, text: Hello }
`);
    expect(compileCampaign(days).entry.delay).toEqual({
      kind: 'inDays',
      days: 1,
      minute: 540,
      zone: { kind: 'iana', zone: 'Asia/Tokyo' },
    });
    expect(definitionOf(canonicalJson(days))).toEqual(days);
  });

  it('AB-30: in 0 days at a time of day is a delay, so exceptions may come in it', () => {
    const delay = { inDays: 0, at: '18:00' };
    const definition = definitionOf({ ...MINIMAL, delay, exceptions: [{ purchase: 'any' }] });
    expect(definition.entry.event).toMatchObject({ delay: { ...delay, zone: 'user' } });
  });

  it('QH-01, QH-02: reads quiet hours, which hold in the person’s zone unless told otherwise', () => {
    const quiet = definitionOf({ ...MINIMAL, quietHours: { from: '22:00', to: '08:00' } });
    expect(quiet.quietHours).toEqual({ from: '22:00', to: '08:00', policy: 'hold', zone: 'user' });
    expect(compileCampaign(quiet).quietHours).toEqual({
      fromMinute: 1_320,
      toMinute: 480,
      policy: 'hold',
      zone: { kind: 'user' },
    });
    expect(definitionOf(canonicalJson(quiet))).toEqual(quiet);
  });
});
