import { compileCampaign } from './compile.js';
import {
  type CampaignDefinition,
  canonicalJson,
  type DefinitionProblem,
  definitionHash,
  parseDefinition,
  parseDefinitionText,
} from './definition.js';
import { campaignJsonSchema } from './definitionSchema.js';

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

function problemsOf(input: unknown): readonly DefinitionProblem[] {
  const parsed = typeof input === 'string' ? parseDefinitionText(input) : parseDefinition(input);
  return parsed.ok ? [] : parsed.problems;
}

describe('parsing a definition', () => {
  it('reads the cart reminder, written as YAML, into its canonical form', () => {
    expect(definitionOf(CART_REMINDER)).toEqual({
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
      audience: { attribute: 'country', equals: 'FR' },
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
      duration: {
        start: { kind: 'local', iso: '2026-12-01T00:00' },
        end: { kind: 'local', iso: '2026-12-25T00:00' },
        zone: { kind: 'user' },
      },
      window: { fromMinute: 540, toMinute: 1260, zone: { kind: 'user' }, missed: 'nextAvailable' },
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
    expect(definitionHash(a)).toBe(definitionHash(b));
    expect(definitionHash(a)).toMatch(/^[0-9a-f]{64}$/);
    expect(definitionHash(definitionOf({ ...MINIMAL, delay: { after: '2 hours' } }))).not.toBe(definitionHash(a));
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
});

describe('refusing a definition', () => {
  const exceptions = [{ purchase: 'any' }];
  const delay = { after: '1 hour' };
  const { messages: _messages, ...withoutMessages } = MINIMAL;
  const { trigger: _trigger, ...withoutTrigger } = MINIMAL;
  const email = MINIMAL.messages[0];

  it.each<[string, unknown, string, RegExp]>([
    ['AB-30, SC-002-7: an exception without delay', { ...MINIMAL, exceptions }, 'exceptions', /need a delay/],
    [
      'AB-30: an exception with a delay of 0, in the canonical form',
      { ...withoutTrigger, entry: { event: { trigger: MINIMAL.trigger, delay: { after: '0 seconds' }, exceptions } } },
      'entry.event.exceptions',
      /need a delay/,
    ],
    [
      'AB-35, SC-002-7: session start as trigger and exception',
      { ...MINIMAL, trigger: { sessionStart: true }, delay, exceptions: [{ purchase: 'any' }, { sessionStart: true }] },
      'exceptions[1].sessionStart',
      /both trigger and exception/,
    ],
    ['no trigger', withoutTrigger, 'trigger', /is missing/],
    ['no name', { ...MINIMAL, name: undefined }, 'name', /is missing/],
    ['a blank name', { ...MINIMAL, name: '  ' }, 'name', /is empty/],
    ['a name no key can be made of', { ...MINIMAL, name: '購物車' }, 'key', /cannot be made/],
    ['a bad key', { ...MINIMAL, key: 'Cart Reminder' }, 'key', /is not a key/],
    ['trigger beside entry', { ...MINIMAL, entry: { event: { trigger: MINIMAL.trigger } } }, 'trigger', /beside entry/],
    ['an unknown field', { ...MINIMAL, dellay: delay }, 'dellay', /unknown field; did you mean "delay"/],
    [
      'an unknown field far inside',
      { ...MINIMAL, delay: { afterr: '1 hour' } },
      'delay.afterr',
      /did you mean "after"/,
    ],
    [
      'an unknown operator',
      { ...MINIMAL, trigger: { customEvent: 'x', where: [{ property: 'cart_value', atleast: 100 }] } },
      'trigger.where[0].atleast',
      /did you mean "atLeast"/,
    ],
    [
      'a misspelt kind of filter',
      { ...MINIMAL, audience: { all: [{ atribute: 'country', equals: 'FR' }] } },
      'audience.all[0].atribute',
      /did you mean "attribute"/,
    ],
    ['a filter without operator', { ...MINIMAL, audience: { attribute: 'country' } }, 'audience', /needs an operator/],
    ['an audience that is a text', { ...MINIMAL, audience: 'everybody' }, 'audience', /is "everybody"/],
    [
      'an operand of the wrong type',
      { ...MINIMAL, audience: { attribute: 'age', atLeast: '18' } },
      'audience.atLeast',
      /is a text/,
    ],
    ['an unknown kind of trigger', { ...MINIMAL, trigger: { event: 'x' } }, 'trigger', /none of the fields/],
    [
      'an exception that compares, as a trigger',
      { ...MINIMAL, trigger: { customEvent: 'x', where: [{ property: 'a', equalsTrigger: 'a' }] } },
      'trigger.where[0].equalsTrigger',
      /unknown field/,
    ],
    [
      'a broken property path',
      { ...MINIMAL, trigger: { customEvent: 'x', where: [{ property: 'a..b', equals: 1 }] } },
      'trigger.where[0].property',
      /not a property path/,
    ],
    [
      'a regular expression that RE2 lacks',
      { ...MINIMAL, trigger: { customEvent: 'x', where: [{ property: 'a', matchesRegex: '(?=x)' }] } },
      'trigger.where[0].matchesRegex',
      /not a regular expression/,
    ],
    ['a length without unit', { ...MINIMAL, delay: { after: 60 } }, 'delay.after', /is a number/],
    [
      'a length in an unknown unit',
      { ...MINIMAL, delay: { after: '2 fortnights' } },
      'delay.after',
      /not a length of time/,
    ],
    ['a delay above two years', { ...MINIMAL, delay: { after: '731 days' } }, 'delay.after', /is too long/],
    [
      'RE-04: re-eligibility above 720 days',
      { ...MINIMAL, reEligibility: { after: '721 days' } },
      'reEligibility.after',
      /is too long/,
    ],
    ['re-eligibility by an unknown word', { ...MINIMAL, reEligibility: 'always' }, 'reEligibility', /is "always"/],
    [
      'an end before the start',
      { ...MINIMAL, duration: { start: '2026-12-02T00:00', end: '2026-12-01T00:00' } },
      'duration.end',
      /not after the start/,
    ],
    [
      'an absolute end before the start',
      { ...MINIMAL, duration: { start: '2026-12-01T00:00Z', end: '2026-12-01T00:00+01:00' } },
      'duration.end',
      /not after the start/,
    ],
    [
      'an end that is before the start in every zone',
      { ...MINIMAL, duration: { start: '2026-12-03T00:00', end: '2026-12-01T00:00Z', zone: 'user' } },
      'duration.end',
      /not after the start/,
    ],
    [
      'a date that does not exist',
      { ...MINIMAL, duration: { start: '2026-02-30T00:00' } },
      'duration.start',
      /not a date-time/,
    ],
    ['an empty duration', { ...MINIMAL, duration: {} }, 'duration', /is empty/],
    [
      'an unknown zone',
      { ...MINIMAL, duration: { start: '2026-12-01T00:00', zone: 'Europe/Pariss' } },
      'duration.zone',
      /unknown time zone/,
    ],
    [
      'an offset as zone',
      { ...MINIMAL, window: { from: '09:00', to: '21:00', zone: '+01:00' } },
      'window.zone',
      /unknown time zone/,
    ],
    ['a window of no length', { ...MINIMAL, window: { from: '09:00', to: '09:00' } }, 'window.to', /never opens/],
    [
      'a time of day that is none',
      { ...MINIMAL, window: { from: '9:00', to: '25:00' } },
      'window.from',
      /not a time of day/,
    ],
    [
      'an unknown policy',
      { ...MINIMAL, window: { from: '09:00', to: '21:00', missed: 'later' } },
      'window.missed',
      /is "later"/,
    ],
    ['no message', withoutMessages, 'messages', /is missing/],
    ['an empty list of messages', { ...MINIMAL, messages: [] }, 'messages', /nothing to send/],
    ['no message by any channel', { ...MINIMAL, messages: {} }, 'messages', /nothing to send/],
    ['message beside messages', { ...MINIMAL, message: email }, 'message', /beside messages/],
    ['two messages of one channel', { ...MINIMAL, messages: [email, email] }, 'messages[1].channel', /second email/],
    [
      'an e-mail without body',
      { ...MINIMAL, messages: [{ channel: 'email', subject: 'Hi' }] },
      'messages[0]',
      /empty message/,
    ],
    [
      'an e-mail with a blank body',
      { ...MINIMAL, messages: [{ channel: 'email', subject: 'Hi', html: ' ' }] },
      'messages[0].html',
      /is empty/,
    ],
    [
      'an unknown channel',
      { ...MINIMAL, messages: [{ channel: 'fax', text: 'Hi' }] },
      'messages[0].channel',
      /not a channel/,
    ],
    [
      'a webhook to no web address',
      { ...MINIMAL, messages: [{ channel: 'webhook', url: 'ftp://example.com' }] },
      'messages[0].url',
      /not a web address/,
    ],
    [
      'a header that is none',
      { ...MINIMAL, messages: [{ channel: 'webhook', url: 'https://example.com', headers: { 'a b': '1' } }] },
      'messages[0].headers.a b',
      /not a header name/,
    ],
    [
      'shares that do not sum to 100',
      { ...withoutMessages, variants: [{ key: 'a', share: 60, messages: MINIMAL.messages }] },
      'variants',
      /sum to 60/,
    ],
    [
      'two variants of one key',
      { ...withoutMessages, variants: ['a', 'a'].map((key) => ({ key, share: 50, messages: MINIMAL.messages })) },
      'variants[1].key',
      /used twice/,
    ],
    ['another schema version', { ...MINIMAL, schemaVersion: 2 }, 'schemaVersion', /is 2/],
    ['U+0000', { ...MINIMAL, description: 'a\u0000b' }, 'description', /cannot be stored/],
    ['half a surrogate pair', { ...MINIMAL, description: 'a\ud800b' }, 'description', /cannot be stored/],
    ['__proto__', JSON.parse('{"name":"x","__proto__":{"a":1}}'), '', /name is not allowed/],
    ['something that is no object', 'just text', '', /is "just text"|is a text/],
  ])('refuses %s', (_what, input, path, message) => {
    const problems = problemsOf(input);
    expect(problems).toContainEqual(expect.objectContaining({ path, message: expect.stringMatching(message) }));
    for (const problem of problems) expect(problem.message).not.toMatch(/undefined|Invalid input|\u001f/);
  });

  it('bounds the size and the depth of an audience', () => {
    const leaf = { attribute: 'a', equals: 1 };
    expect(problemsOf({ ...MINIMAL, audience: { any: Array.from({ length: 101 }, () => leaf) } })[0]?.message).toMatch(
      /too many filters/,
    );
    let deep: object = leaf;
    for (let level = 0; level < 11; level += 1) deep = { not: deep };
    expect(problemsOf({ ...MINIMAL, audience: deep })[0]?.message).toMatch(/nested too deeply/);
    for (let level = 0; level < 10_000; level += 1) deep = { not: deep };
    expect(problemsOf({ ...MINIMAL, audience: deep })[0]?.message).toMatch(/nested too deeply/);
  });

  it('names the line of each problem of a text, and every problem at once', () => {
    const problems = problemsOf(
      'name: x\ntrigger:\n  customEvent: add\n  where:\n    - { property: a }\ndelay: { after: soon }\nmessages: []\n',
    );
    expect(problems.map(({ path, line }) => [path, line])).toEqual([
      ['trigger.where[0]', 5],
      ['delay.after', 6],
    ]);
  });

  it.each([
    ['a duplicate key', 'name: a\nname: b\n', /unique/, 2],
    ['an unfinished list', 'name: a\nmessages: [\n', /is not YAML or JSON/, undefined],
    ['an unknown tag', 'name: !!js/function "x"\n', /tag/i, 1],
    ['several documents', 'name: a\n---\nname: b\n', /multiple documents/, undefined],
    ['an unknown alias', 'name: *nope\n', /alias/, undefined],
  ])('refuses %s', (_what, text, message, line) => {
    const [problem] = problemsOf(text);
    expect(problem?.message).toMatch(message);
    if (line !== undefined) expect(problem?.line).toBe(line);
  });

  it('survives texts made to exhaust it', () => {
    expect(problemsOf('['.repeat(100_000))[0]?.message).toMatch(/nested too deeply/);
    expect(problemsOf('- '.repeat(100_000))[0]?.message).toMatch(/nested too deeply/);
    expect(problemsOf(`{"a":`.repeat(50_000))[0]?.message).toMatch(/nested too deeply/);
    expect(problemsOf('x'.repeat(600_000))[0]?.message).toMatch(/too long/);
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [previous, name] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh'].map((pair) => [...pair])) {
      bomb.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${previous}`).join(',')}]`);
    }
    expect(problemsOf(bomb.join('\n')).length).toBeGreaterThan(0);
  });
});
