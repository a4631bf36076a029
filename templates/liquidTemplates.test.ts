import type { JsonObject } from '../domain/json.js';
import { EMPTY_PROFILE } from '../domain/profile/profile.js';
import { createTemplates } from './liquidTemplates.js';
import type { RenderResult, TemplateScope } from './templates.js';

const scope: TemplateScope = {
  profile: {
    ...EMPTY_PROFILE,
    externalId: 'u-7',
    email: 'ada@people.example',
    timeZone: 'Europe/Paris',
    emailSubscription: 'opted_in',
    attributes: {
      first_name: 'Ada',
      'Favourite Colour': 'red',
      plan: 'pro',
      points: 15,
      markup: '<b>"x"</b> & co',
      quote: 'say "hi"\n',
    },
  },
  eventProperties: {
    cart_value: 145,
    product: 'Shoes',
    songs: [{ album: { name: 'Blue' } }],
    'line items': ['a', 'b'],
  },
  campaign: { id: 3, name: 'Cart reminder' },
  source: 't',
  userId: 1,
};

describe('Liquid templates', () => {
  const templates = createTemplates();
  afterAll(() => templates.close());

  const render = (content: JsonObject): Promise<RenderResult> => templates.render(content, scope);
  const text = async (template: string): Promise<unknown> => {
    const result = await render({ text: template });
    return result.kind === 'rendered' ? result.content['text'] : result;
  };

  test.each([
    ["{{${first_name} | default: 'x'}}", 'Ada'],
    ["{{${nick_name} | default: 'friend'}}", 'friend'],
    ['{{ ${first_name} }}', 'Ada'],
    ['{{${user_id}}}', 'u-7'],
    ['{{${email_address}}}', 'ada@people.example'],
    ['{{${time_zone}}}', 'Europe/Paris'],
    ['{{custom_attribute.${plan}}}', 'pro'],
    ['{{custom_attribute.${Favourite Colour}}}', 'red'],
    ['{{event_properties.${cart_value}}}', '145'],
    ['{{event_properties.${songs}[0].album.name}}', 'Blue'],
    ['{{ event_properties.${line items}[1] }}', 'b'],
    ['{{campaign.${name}}}', 'Cart reminder'],
    ['{{subscribed_state.${email_global}}}', 'opted_in'],
    ["{% if {{custom_attribute.${plan}}} == 'pro' %}yes{% endif %}", 'yes'],
    ["{% if custom_attribute.${plan} == 'pro' %}yes{% endif %}", 'yes'],
    ["{% if ${first_name} == 'Ada' %}yes{% endif %}", 'yes'],
    ["{% if {{${first_name}}} == 'Ada' and {{event_properties.${cart_value}}} > 100 %}yes{% endif %}", 'yes'],
    ['{% assign who = {{${first_name}}} | upcase %}{{ who }}', 'ADA'],
    ["{% assign first_name = 'Eve' %}{{ ${first_name} }} {{ first_name }}", 'Ada Eve'],
    ['{%- if ${first_name} -%} a {%- endif -%}', 'a'],
    ["{{ 'costs ${5}' }}", 'costs ${5}'],
    ['{% raw %}{{${first_name}}}{% endraw %}', '{{${first_name}}}'],
    ["{% comment %}don't {{${x}}} {% endcomment %}{{${first_name}}}", 'Ada'],
    ["{% # don't %}{{${first_name}}}", 'Ada'],
    ['${first_name} {{${first_name}}}', '${first_name} Ada'],
  ])('LQ-01: %s renders as %j', async (template, expected) => {
    expect(await text(template)).toBe(expected);
  });

  test.each([
    ['{{ first_name }}', 'Ada'],
    ['{{ event_properties.cart_value }}', '145'],
    ["{{ first_name | default: 'friend' }}, {{ nobody | default: 'friend' }}", 'Ada, friend'],
    ['{{ nothing.at.all }}|{{ event_properties.missing[3].x }}', '|'],
    ['{{ campaign.name }}', 'Cart reminder'],
  ])('plain form %s renders as %j, and what is unknown is empty', async (template, expected) => {
    expect(await text(template)).toBe(expected);
  });

  test.each([
    ["{% abort_message('not today') %}", 'not today'],
    ['{% abort_message("not today") %}', 'not today'],
    ['{% abort_message() %}', 'the template aborted this message'],
    ['{% abort_message %}', 'the template aborted this message'],
    ["{% if ${plan} != 'free' %}{% abort_message(event_properties.product) %}{% endif %}", 'Shoes'],
    ["{% for i in (1..3) %}{% if i == 2 %}{% abort_message('in a loop') %}{% endif %}{% endfor %}", 'in a loop'],
    ["{% capture x %}{% abort_message('inside') %}{% endcapture %}", 'inside'],
  ])('LQ-02: %s aborts the whole message with its reason', async (template, reason) => {
    expect(await render({ subject: 'Hello', html: `<p>${template}</p>` })).toEqual({ kind: 'aborted', reason });
  });

  test.each([
    ['{{ 145 | money }}', '145.00'],
    ['{{ event_properties.cart_value | money }}', '145.00'],
    ["{{ '12.5' | money }}", '12.50'],
    ["{{ 'free' | money }}", 'free'],
    ['{{ points | divided_by: 4 }}', '3'],
    ['{{ -15 | divided_by: 4 }}', '-4'],
    ['{{ 15 | divided_by: 2.5 }}', '6'],
    ['{{ 7.5 | divided_by: 2 }}', '3.75'],
  ])('LQ-03: %s renders as %j', async (template, expected) => {
    expect(await text(template)).toBe(expected);
  });

  test('strings of a webhook body are rendered one by one, so that quotes in values cannot break the JSON', async () => {
    const content = {
      url: 'https://x.example/{{ user_id }}',
      body: { say: '{{ quote }}', list: ['{{ points }}', 5, null, true] },
    };
    expect(await render(content)).toEqual({
      kind: 'rendered',
      content: { url: 'https://x.example/u-7', body: { say: 'say "hi"\n', list: ['15', 5, null, true] } },
    });
  });

  test('a value cannot inject markup into html, while subject and text stay as they are', async () => {
    const content = { subject: '{{ markup }}', text: '{{ markup }}', html: '<p>{{ markup }}</p>' };
    expect(await render(content)).toMatchObject({
      content: {
        subject: '<b>"x"</b> & co',
        text: '<b>"x"</b> & co',
        html: '<p>&lt;b&gt;&#34;x&#34;&lt;/b&gt; &amp; co</p>',
      },
    });
  });

  test("in html, escape does not escape twice, raw is a way out, and captured markup keeps its tags but not the values'", async () => {
    const html = async (template: string) => {
      const result = await render({ html: template });
      return result.kind === 'rendered' ? result.content['html'] : result;
    };
    expect(await html('{{ markup | escape }}')).toBe('&lt;b&gt;&#34;x&#34;&lt;/b&gt; &amp; co');
    expect(await html('{{ markup | raw }}')).toBe('<b>"x"</b> & co');
    expect(await html('{% capture l %}<i>{{ markup }}</i>{% endcapture %}{{ l }}')).toBe(
      '<i>&lt;b&gt;&#34;x&#34;&lt;/b&gt; &amp; co</i>',
    );
    expect(await html("{% capture l %}a{% endcapture %}{% if l == 'a' %}equal{% endif %}{{ l | append: '<' }}")).toBe(
      'equala&lt;',
    );
  });

  test("a template's variables end with its text", async () => {
    expect(await render({ subject: '{% assign a = 1 %}{% increment n %}', text: '[{{ a }}{{ n }}]' })).toMatchObject({
      content: { subject: '0', text: '[]' },
    });
  });

  test('check names every text that does not parse by its path, and is silent when all do', async () => {
    const problems = await templates.check({
      subject: '{% if x %}',
      html: '{{ a | no_such_filter }}',
      headers: { 'x-a': '{% no_such_tag %}' },
      body: { items: ['fine', { name: "{% include 'x' %}" }] },
      text: 'fine',
    });
    expect(problems.map(({ path }) => path)).toEqual(['subject', 'html', 'headers.x-a', 'body.items[1].name']);
    expect(problems.map(({ message }) => message).join('\n')).toMatch(
      /not closed[^]*no_such_filter[^]*no_such_tag[^]*include/,
    );
    expect(
      await templates.check({ subject: "{{${first_name} | default: 'x'}}", html: "{% abort_message('x') %}" }),
    ).toEqual([]);
  });

  test('a template that throws fails with the reason, without a stack', async () => {
    const result = await render({ text: '{{ 1 | divided_by: 0 }}' });
    expect(result).toEqual({ kind: 'failed', detail: expect.stringContaining('divided by 0') });
    expect(JSON.stringify(result)).not.toContain('.cjs');
  });

  test('many messages at once are each rendered with their own person', async () => {
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        templates.render(
          { text: '{{ first_name }}' },
          { ...scope, profile: { ...scope.profile, attributes: { first_name: `P${index}` } } },
        ),
      ),
    );
    expect(results).toEqual(
      Array.from({ length: 200 }, (_, index) => ({ kind: 'rendered', content: { text: `P${index}` } })),
    );
  });

  test('closed templates fail instead of waiting for ever', async () => {
    const closed = createTemplates();
    await closed.close();
    expect(await closed.render({ text: 'x' }, scope)).toMatchObject({ kind: 'failed' });
  });
});
