import { type ParsedDefinition, parseDefinition, parseDefinitionText } from '../definition/parseDefinition.js';

const email = { channel: 'email', subject: 'Welcome', text: 'Hello' };
const trigger = { customEvent: 'registered' };
const delay = { after: '1 hour' };
const BASE = { name: 'Welcome', trigger, messages: [email] };

/** Each problem as an operator reads it: where, what, and what is allowed. */
function told(parsed: ParsedDefinition): readonly string[] {
  const problems = parsed.ok ? [] : parsed.problems;
  return problems.map(
    ({ path, message, allowed }) => `${path}: ${message}${allowed === undefined ? '' : ` | ${allowed}`}`,
  );
}

const FIELDS =
  'schemaVersion, key, name, description, tags, audience, entry, trigger, delay, exceptions, duration, window, quietHours, ' +
  'recheckAudience, reEligibility, variants, messages, message';
const EVENT_OPERATORS =
  'equals, doesNotEqual, isAnyOf, isNoneOf, atLeast, atMost, moreThan, lessThan, contains, doesNotContain, ' +
  'matchesRegex, before, after, isBlank';
const NO_TWICE = 'refers to this very campaign, which nobody may receive twice (CC-08)';
const A_CAMPAIGN = 'the key of another campaign, or a reEligibility';

describe('what an operator reads of a wrong definition: where, what, and what is allowed', () => {
  it.each<[string, object, readonly string[]]>([
    [
      'AB-30: an exception without delay',
      { exceptions: [{ purchase: 'any' }] },
      [
        'exceptions: need a delay: without one nothing can happen before the send (AB-30) | ' +
          'a delay such as { after: 1 hour }, or no exceptions',
      ],
    ],
    [
      'AB-35: session start as trigger and exception',
      {
        trigger: undefined,
        entry: { event: { trigger: { sessionStart: true }, delay, exceptions: [{ sessionStart: true }] } },
      },
      [
        'entry.event.exceptions[0].sessionStart: cannot be both trigger and exception of one campaign (AB-35) | ' +
          'customEvent, purchase',
      ],
    ],
    [
      'one thing said twice',
      { delay, exceptions: [], entry: { event: { trigger } } },
      ['trigger', 'delay', 'exceptions'].map(
        (field) => `${field}: stands beside entry, which says the same | either entry.event.${field} or ${field}`,
      ),
    ],
    ['no trigger', { trigger: undefined }, ['trigger: is missing | trigger, or entry with an event']],
    ['no name', { name: undefined }, ['name: is missing | a text']],
    ['a long name', { name: 'x'.repeat(201) }, ['name: is too long | at most 200 characters']],
    ['a blank name', { name: ' ' }, ['name: is empty | 1 to 200 characters']],
    ['no key', { name: '購' }, ['key: cannot be made from the name | a key of a–z, 0–9, - and _']],
    [
      'a bad key',
      { key: 'A b' },
      ['key: is not a key | 1 to 100 of a–z, 0–9, - and _, beginning with a letter or digit'],
    ],
    [
      'CC-08: a campaign that follows itself',
      { trigger: { received: 'welcome' } },
      [`trigger: ${NO_TWICE} | ${A_CAMPAIGN}`],
    ],
    [
      'CC-08: a campaign that follows itself, in the canonical form',
      { key: 'own', trigger: undefined, entry: { event: { trigger: { received: 'own' } } } },
      [`entry.event.trigger: ${NO_TWICE} | ${A_CAMPAIGN}`],
    ],
    [
      'AB-30: a conversion of another campaign',
      { delay, exceptions: [{ purchase: 'any' }, { conversionOf: 'other' }] },
      [
        'exceptions[1].conversionOf: names another campaign: only conversions of this one cancel its messages (AB-30) | ' +
          'welcome',
      ],
    ],
    [
      'AB-30: a conversion where no key can be made',
      { name: '購', delay, exceptions: [{ conversionOf: 'other' }] },
      [
        'key: cannot be made from the name | a key of a–z, 0–9, - and _',
        'exceptions[0].conversionOf: names another campaign: only conversions of this one cancel its messages (AB-30) | ' +
          'the key of this campaign',
      ],
    ],
    [
      'AB-30: an interaction with nothing',
      { delay, exceptions: [{ interaction: 'email_open', campaign: 'x' }] },
      [
        'exceptions[0].interaction: needs a trigger that is about a campaign too (AB-30) | ' +
          'customEvent, purchase, sessionStart, conversionOf',
      ],
    ],
    [
      'an end before the start',
      { duration: { start: '2026-12-02T00:00', end: '2026-12-01T00:00' } },
      ['duration.end: is not after the start | a date-time after 2026-12-02T00:00'],
    ],
    [
      'QH-03: quiet hours all day long',
      { quietHours: { from: '00:00', to: '24:00' } },
      [
        'quietHours: leave no time at which anything could be sent | ' +
          'hours that leave some time of the window, or of the day',
      ],
    ],
    [
      'no message',
      { messages: undefined },
      ['messages: is missing: there is nothing to send | a message by email, webhook'],
    ],
    [
      'two places for messages',
      { message: email },
      ['message: stands beside messages | only one of messages, message, variants'],
    ],
    [
      'messages beside variants',
      { variants: [{ key: 'a', share: 100, messages: [email] }] },
      ['messages: stands beside variants | only one of messages, message, variants'],
    ],
    [
      'a variant without message',
      { messages: undefined, variants: [{ key: 'a', share: 100, messages: {} }] },
      ['variants[0].messages: is empty: there is nothing to send | a message by email, webhook'],
    ],
    [
      'two messages by one channel',
      { messages: [email, email] },
      ['messages[1].channel: is the second email message | one message per channel'],
    ],
    [
      'variants that do not add up',
      { messages: undefined, variants: ['a', 'b', 'a'].map((key) => ({ key, share: 40, messages: [email] })) },
      [
        'variants: have shares that sum to 120 | shares that sum to 100',
        'variants[2].key: is used twice: "a" | another key',
      ],
    ],
    [
      'shares out of bounds',
      { messages: undefined, variants: [0, 101, 0.5].map((share) => ({ key: 'a', share, messages: [email] })) },
      [
        'variants[0].share: is too small | at least 1',
        'variants[1].share: is too large | at most 100',
        'variants[2].share: is a number | a whole number',
      ],
    ],
    ['a misspelt field', { dellay: 1 }, [`dellay: is an unknown field; did you mean "delay"? | ${FIELDS}`]],
    ['a field that is near none', { qqqqq: 1 }, [`qqqqq: is an unknown field | ${FIELDS}`]],
    [
      'a misspelt form',
      { delay: { afterr: '1 hour' } },
      ['delay.afterr: is an unknown field; did you mean "after"? | one of after, nextWeekday, at, inDays'],
    ],
    ['an empty form', { delay: {} }, ['delay: is empty | one of after, nextWeekday, at, inDays']],
    ['a text for an object', { delay: '1 hour' }, ['delay: is "1 hour" | an object']],
    [
      'two forms at once',
      { delay: { after: '1 hour', inDays: 1, at: '09:00' } },
      ['delay.after: is an unknown field | inDays, at, zone'],
    ],
    [
      'AB-21: a weekday that is none',
      { delay: { nextWeekday: 'mon', at: '09:00' } },
      ['delay.nextWeekday: is "mon" | monday, tuesday, wednesday, thursday, friday, saturday, sunday'],
    ],
    [
      'AB-20: a length in an unknown unit',
      { delay: { after: '2 fortnights' } },
      [
        'delay.after: is not a length of time | a number and a unit: seconds, minutes, hours, days, weeks or months ' +
          '(30 days), such as "1 hour" or "30 days"',
      ],
    ],
    [
      'AB-20: a length that is too long',
      { delay: { after: '731 days' } },
      ['delay.after: is too long | at most 730 days'],
    ],
    [
      'AB-22: a time of day that is none',
      { delay: { inDays: 1, at: '25:00' } },
      ['delay.at: is not a time of day | "00:00" to "23:59"'],
    ],
    [
      'AB-22: a zone that is none',
      { delay: { inDays: 1, at: '09:00', zone: 'Mars' } },
      ['delay.zone: is an unknown time zone | user, workspace, or an IANA name such as Europe/Paris'],
    ],
    [
      'RE-04: a period that is too long',
      { reEligibility: { after: '721 days' } },
      ['reEligibility.after: is too long | at most 720 days'],
    ],
    [
      'an unknown word for re-eligibility',
      { reEligibility: 'always' },
      ['reEligibility: is "always" | "never" or an object'],
    ],
    ['a text for yes or no', { recheckAudience: 'yes' }, ['recheckAudience: is a text | true or false']],
    [
      'a moment that is none',
      { duration: { start: 'soon' } },
      ['duration.start: is not a date-time | 2026-12-01T00:00, or with an offset 2026-12-01T00:00+01:00'],
    ],
    ['a duration without ends', { duration: {} }, ['duration: is empty | start, end or both']],
    [
      'AB-50: a window of no length',
      { window: { from: '09:00', to: '09:00' } },
      ['window.to: is the same as from, so the window never opens | another time of day'],
    ],
    [
      'AB-50: a window that is all wrong',
      { window: { from: '9:00', to: '25:00', missed: 'later' } },
      [
        'window.from: is not a time of day | "00:00" to "23:59"',
        'window.to: is not a time of day | "00:00" to "24:00"',
        'window.missed: is "later" | drop, nextAvailable',
      ],
    ],
    [
      'QH-01: quiet hours of no length',
      { quietHours: { from: '09:00', to: '09:00' } },
      ['quietHours.to: is the same as from | another time of day'],
    ],
    [
      'AB-01: a session start that is none',
      { trigger: { sessionStart: false } },
      ['trigger.sessionStart: is false | true'],
    ],
    [
      'AB-08: an attribute of our own',
      { trigger: { attributeChanged: '$x' } },
      ['trigger.attributeChanged: is not the name of an attribute | a name that does not begin with $'],
    ],
    [
      'AB-09: a state that is none',
      { trigger: { emailSubscriptionChanged: true, to: 'gone' } },
      ['trigger.to: is "gone" | opted_in, subscribed, unsubscribed'],
    ],
    [
      'CC-01: an interaction with no campaign',
      { trigger: { interaction: 'email_open' } },
      ['trigger.campaign: is missing | a text'],
    ],
    [
      'AB-05: a broken path',
      { trigger: { customEvent: 'x', where: [{ property: 'a..b', equals: 1 }] } },
      [
        'trigger.where[0].property: is not a property path | a path such as cart.value, items[].sku or "a.b", ' +
          'of at most 10 steps',
      ],
    ],
    [
      'AB-03: a misspelt operator',
      { trigger: { customEvent: 'x', where: [{ property: 'a', atleast: 1 }] } },
      [
        `trigger.where[0].atleast: is an unknown field; did you mean "atLeast"? | property, ${EVENT_OPERATORS}`,
        `trigger.where[0]: needs an operator | ${EVENT_OPERATORS}`,
      ],
    ],
    [
      'AB-30: what is no exception',
      { delay, exceptions: [{ received: 'x' }] },
      [
        'exceptions[0]: has none of the fields expected here | ' +
          'one of customEvent, purchase, sessionStart, interaction, campaign, conversionOf',
      ],
    ],
    [
      'an e-mail that says nothing',
      { messages: { email: { subject: 'Hi' } } },
      ['messages.email: is an empty message | html, text or both'],
    ],
    [
      'a misspelt part of an e-mail',
      { messages: { email: { subjct: 'Hi', text: 'x' } } },
      [
        'messages.email.subject: is missing | a text',
        'messages.email.subjct: is an unknown field; did you mean "subject"? | subject, html, text, from, replyTo',
      ],
    ],
    [
      'a message by no channel',
      { messages: [{ channel: 'fax', text: 'x' }] },
      ['messages[0].channel: is not a channel | email, webhook'],
    ],
    [
      'a webhook that is all wrong',
      { messages: { webhook: { url: 'ftp://x', method: 'HEAD', headers: { 'a b': '1' }, body: 7 } } },
      [
        'messages.webhook.url: is not a web address | http://… or https://…, or Liquid that renders to one',
        'messages.webhook.method: is "HEAD" | POST, PUT, PATCH, DELETE, GET',
        'messages.webhook.headers.a b: is not a header name | letters, digits and hyphens',
        'messages.webhook.body: is 7 | a text or an object',
      ],
    ],
    [
      'too many headers',
      {
        messages: {
          webhook: {
            url: 'https://x',
            headers: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`x-${n}`, 'v'])),
          },
        },
      },
      ['messages.webhook.headers: has too many headers | at most 50'],
    ],
    [
      'what cannot be stored',
      { description: 'a\u0000b' },
      ['description: holds a character that cannot be stored (U+0000 or half a surrogate pair)'],
    ],
    ['what is no number', { description: Number.NaN }, ['description: is not a finite number']],
  ])('of %s', (_what, written, problems) => {
    expect(told(parseDefinition({ ...BASE, ...written }))).toEqual(problems);
  });

  it.each<[string, unknown]>([
    ['is a text', 'x'],
    ['is a number', 7],
    ['is true or false', true],
    ['is a list', []],
    ['is empty (null)', null],
    ['is missing', undefined],
  ])('of one that %s', (message, input) => {
    expect(told(parseDefinition(input))).toEqual([`: ${message} | an object`]);
  });

  it.each<[string, string, string]>([
    ['nested too deeply', '- '.repeat(70), ': is nested too deeply | at most 60 levels'],
    ['that is too long', 'x'.repeat(524_289), ': is too long | at most 524288 characters'],
    [
      'with an alias of nothing',
      'a: *b',
      ': is not YAML or JSON: Unresolved alias (the anchor must be set before the alias): b | ' +
        'at most 50 aliases, each after its anchor',
    ],
    ['that says one thing twice', 'name: a\nname: b', ': is not YAML or JSON: Map keys must be unique'],
    ['that is empty', '', ': is empty (null) | an object'],
  ])('of a text %s', (_what, text, problem) => {
    expect(told(parseDefinitionText(text))).toEqual([problem]);
  });
});
