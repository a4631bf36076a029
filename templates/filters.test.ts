// Filters beyond Liquid's own, with the examples of the reference product's documentation where it gives one.
import { MAX_TEXT_LENGTH } from '../domain/channel/channelRules.js';
import type { Json } from '../domain/json.js';
import { EMPTY_PROFILE } from '../domain/profile/profile.js';
import { createTemplates } from './liquidTemplates.js';
import type { TemplateScope } from './templates.js';

const scope: TemplateScope = {
  profile: {
    ...EMPTY_PROFILE,
    timeZone: 'Asia/Tokyo',
    attributes: {
      evil: '<b>Tom & "Jo"</b>',
      prices: { gold: 2.675, 'a b': 1 },
      json: '{"cart":1187654321098765312,"items":[{"name":"a\\"1234567890123456"}],"__proto__":{"x":1}}',
      at: '2025-03-06T23:30:00Z',
    },
  },
  eventProperties: { cart_value: 2.675 },
  campaign: { id: 3, name: 'Cart reminder' },
  source: 't',
  userId: 1,
};

const templates = createTemplates();
afterAll(() => templates.close());

async function render(field: 'text' | 'html', template: string): Promise<Json | undefined> {
  const result = await templates.render({ [field]: template }, scope);
  return result.kind === 'rendered' ? result.content[field] : { ...result };
}

describe('B13: filters that the reference product documents', () => {
  test.each([
    ["{{ 'hey' | md5 }}", '6057f13c496ecf7fd777ceb9e79ae285'],
    ["{{ 'hey' | sha1 }}", '7f550a9f4c44173a37664d938f1355f0f92a47a7'],
    ["{{ 'hey' | sha2 }}", 'fa690b82061edfd2852629aeba8a8977b57e40fcb77d1a7a28b26cba62591204'],
    ["{{ 'hey' | hmac_sha1_hex: 'secret_key' }}", '2a3969bed25bfeefb00aca4063eb9590b4df8f0e'],
    ["{{ 'hey' | hmac_sha1: 'secret_key' }}", '2a3969bed25bfeefb00aca4063eb9590b4df8f0e'],
    ["{{ 'hey' | hmac_sha1_base64: 'secret_key' }}", 'KjlpvtJb/u+wCspAY+uVkLTfjw4='],
    ["{{ 'hey' | hmac_sha256_hex: 'secret_key' }}", '8df897f8da3d7992fe57c8dbc6f27578cfbf2dcc4d0fbb4000b8c924841d508e'],
    ["{{ 'hey' | hmac_sha256_base64: 'secret_key' }}", 'jfiX+No9eZL+V8jbxvJ1eM+/LcxND7tAALjJJIQdUI4='],
    ["{{ 'blah' | base64_encode }}{{ 'blah' | base64 }}{{ 'YmxhaA==' | base64_decode }}", 'YmxhaA==YmxhaA==blah'],
    ["{{ 'hey<>hi' | url_escape }}", 'hey%3C%3Ehi'],
    ["{{ 'a b?x=1&y=é%20' | url_escape }}", 'a%20b?x=1&y=%C3%A9%20'],
    ["{{ 'hey<&>hi' | url_param_escape }}", 'hey%3C%26%3Ehi'],
    ["{{ '+1 (212)' | url_param_escape }}", '%2B1%20%28212%29'],
    ['{{ 123456 | number_with_delimiter }}|{{ 1234567.5 | number_with_delimiter }}', '123,456|1,234,567.5'],
    ["{{ -1234 | number_with_delimiter }}|{{ 'many' | number_with_delimiter }}", '-1,234|many'],
    ["{{ custom_attribute.${prices} | property_accessor: 'a b' }}", '1'],
    ["[{{ custom_attribute.${prices} | property_accessor: 'constructor' }}]", '[]'],
    ['{{ \'say "hi"\' | json_escape }}', 'say \\"hi\\"'],
    ['{{ custom_attribute.${prices} | as_json_string }}', '{"gold":2.675,"a b":1}'],
    [
      '{% assign c = ${json} | json_parse %}{{ c.items[0].name }} {{ c.cart }}',
      'a"1234567890123456 1187654321098765312',
    ],
    ['{% assign c = ${json} | json_parse %}[{{ c.__proto__ }}{{ c.x }}]', '[]'],
    ["[{{ 'no json' | json_parse }}]", '[]'],
  ])('%s renders as %j', async (template, expected) => {
    expect(await render('text', template)).toBe(expected);
  });

  test.each([
    ["{{ ${at} | time_zone: ${time_zone} | date: '%Y-%m-%d %H:%M' }}", '2025-03-07 08:30'],
    ["{{ ${at} | time_zone: 'America/New_York' }}", '2025-03-06 18:30:00 -0500'],
    ["{{ ${at} | time_zone: 'Asia/Tokyo' | time_zone: 'EST' | date: '%H' }}", '18'],
    ["{{ '2025-03-06 23:30' | time_zone: 'Europe/Paris' | date: '%H:%M' }}", '00:30'],
    ["{{ ${at} | date: '%H', 'Asia/Tokyo' }} {{ '2025-03-06 23:30' | date: '%H' }}", '08 23'],
    ["{{ 'soon' | time_zone: 'Asia/Tokyo' }}", 'soon'],
  ])('LQ-04: %s renders as %j, whatever the clock of the machine', async (template, expected) => {
    expect(await render('text', template)).toBe(expected);
  });

  test.each(["{{ ${at} | time_zone: 'BST' }}", "{{ ${at} | date: '%H', 'IST' }}", "{{ ${at} | time_zone: '+02:00' }}"])(
    'B6: %s fails, as it names no zone',
    async (template) => {
      expect(await render('text', template)).toMatchObject({ detail: expect.stringContaining('unknown time zone') });
    },
  );
});

describe('B14: in html, markup stays markup through filters and values in it are escaped once', () => {
  const CAPTURED = '{% capture l %} <i>{{ evil }}</i> {% endcapture %}';
  const SHOWN = '<i>&lt;b&gt;Tom &amp; &#34;Jo&#34;&lt;/b&gt;</i>';
  test.each([
    ['{{ l | strip }}', SHOWN],
    ["{{ l | strip | append: '!' }}", `${SHOWN}!`],
    ['{{ l | strip | append: evil }}', `${SHOWN}&lt;b&gt;Tom &amp; &#34;Jo&#34;&lt;/b&gt;`],
    ["{{ 'a<' | append: l | strip }}", `a&lt; ${SHOWN}`],
    ['{{ evil | append: l | size }}', String('&lt;b&gt;Tom &amp; &#34;Jo&#34;&lt;/b&gt;'.length + SHOWN.length + 2)],
    ["{{ l | strip | replace: 'Tom', evil }}", SHOWN.replace('Tom', '&lt;b&gt;Tom &amp; &#34;Jo&#34;&lt;/b&gt;')],
    ["{{ l | strip | split: ' ' | first }}", '<i>&lt;b&gt;Tom'],
    ["{% assign parts = l | strip | split: 'Tom' %}{{ parts | join: 'Tim' }}", SHOWN.replace('Tom', 'Tim')],
    ['{% assign x = l | strip %}{{ x }}', SHOWN],
    ['{{ nobody | default: l | strip }}', SHOWN],
    ['{{ l | size }} {{ l.size }}', `${SHOWN.length + 2} ${SHOWN.length + 2}`],
    ["{% if l contains 'Tom' %}yes{% endif %}", 'yes'],
    ['{{ l | strip_html | strip }}', '&lt;b&gt;Tom &amp; &#34;Jo&#34;&lt;/b&gt;'],
    ["{{ '<u>' | append: '<' }}", '&lt;u&gt;&lt;'],
  ])('%s', async (template, expected) => {
    expect(await render('html', CAPTURED + template)).toBe(expected);
  });
});

describe('B15: numbers are decimal and round half up', () => {
  test.each([
    ['{{ 2.675 | money }}|{{ event_properties.cart_value | money }}', '2.68|2.68'],
    ["{{ -2.675 | money }}|{{ 1.005 | money }}|{{ '8.345' | money }}", '-2.68|1.01|8.35'],
    ['{{ 0.1 | plus: 0.2 }}|{{ 1.1 | times: 1.1 }}|{{ 0.3 | minus: 0.1 }}', '0.3|1.21|0.2'],
    ['{{ 2.675 | round: 2 }}|{{ 2.5 | round }}|{{ -2.5 | round }}', '2.68|3|-3'],
    ['{{ 9007199254740991 | plus: 2 }}', '9007199254740993'],
    ["{{ 'x' | plus: 1 }}|{{ '1e9999' | money }}|{{ 1 | divided_by: 3.0 }}", '1|1e9999|0'],
    ['{{ 10 | divided_by: 4 }}|{{ -15 | divided_by: 4 }}|{{ 7 | divided_by: 3.5 }}', '2|-4|2'],
    ['{{ 7.5 | divided_by: 7 }}', '1.07142857142857142857'],
  ])('%s renders as %j', async (template, expected) => {
    expect(await render('text', template)).toBe(expected);
  });
});

test('B21: a text of the greatest length that definitions allow is rendered, a longer one is refused by the check', async () => {
  const html = `${'<p>é</p>'.repeat(MAX_TEXT_LENGTH / 8 - 2)}{{ first_name }}`;
  expect(html.length).toBeGreaterThan(150_000);
  expect(await templates.check({ html })).toEqual([]);
  expect(await render('html', html)).toHaveLength(html.length - '{{ first_name }}'.length);
  const braze = '{{${first_name}}}'.repeat(Math.floor(MAX_TEXT_LENGTH / 17));
  expect(await templates.check({ text: braze })).toEqual([]);
  expect(await templates.check({ text: `{{ a }}${'x'.repeat(MAX_TEXT_LENGTH)}` })).toMatchObject([{ path: 'text' }]);
});
