import { type DefinitionProblem } from '../definition/definition.js';
import { parseDefinition, parseDefinitionText } from '../definition/parseDefinition.js';

const MINIMAL = {
  name: 'Welcome',
  trigger: { customEvent: 'registered' },
  messages: [{ channel: 'email', subject: 'Welcome', text: 'Hello' }],
};

function problemsOf(input: unknown): readonly DefinitionProblem[] {
  const parsed = typeof input === 'string' ? parseDefinitionText(input) : parseDefinition(input);
  return parsed.ok ? [] : parsed.problems;
}

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
    [
      'B6: a zone by an abbreviation that IANA does not define',
      { ...MINIMAL, delay: { inDays: 1, at: '09:00', zone: 'BST' } },
      'delay.zone',
      /unknown time zone/,
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
    [
      'quiet hours that never begin',
      { ...MINIMAL, quietHours: { from: '08:00', to: '08:00' } },
      'quietHours.to',
      /same/,
    ],
    [
      'QH-03: quiet hours all day long',
      { ...MINIMAL, quietHours: { from: '00:00', to: '24:00' } },
      'quietHours',
      /leave no time/,
    ],
    [
      'QH-03, AB-50: quiet hours over the whole window',
      { ...MINIMAL, window: { from: '23:00', to: '05:00' }, quietHours: { from: '22:00', to: '06:00' } },
      'quietHours',
      /leave no time/,
    ],
    [
      'a weekday that is none',
      { ...MINIMAL, delay: { nextWeekday: 'mon', at: '09:00' } },
      'delay.nextWeekday',
      /"mon"/,
    ],
    ['a time of day on the 25th hour', { ...MINIMAL, delay: { inDays: 1, at: '25:00' } }, 'delay.at', /time of day/],
    ['a delay to a day without a time', { ...MINIMAL, delay: { inDays: 1 } }, 'delay.at', /is missing/],
    ['AB-20: a delay of 731 days', { ...MINIMAL, delay: { inDays: 731, at: '09:00' } }, 'delay.inDays', /too large/],
    ['AB-20: a delay of half a day', { ...MINIMAL, delay: { inDays: 0.5, at: '09:00' } }, 'delay.inDays', /./],
    ['two kinds of delay', { ...MINIMAL, delay: { after: '1 hour', inDays: 1, at: '09:00' } }, 'delay.after', /./],
    [
      'a delay in no zone',
      { ...MINIMAL, delay: { inDays: 1, at: '09:00', zone: 'Europe/Atlantis' } },
      'delay.zone',
      /unknown time zone/,
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
    ['several documents', 'name: a\n---\nname: b\n', /more than one document/, undefined],
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
