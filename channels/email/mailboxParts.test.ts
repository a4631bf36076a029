import { EMPTY_PROFILE } from '../../domain/profile/profile.js';
import { createTemplates } from '../../templates/liquidTemplates.js';
import { prepareEmail, structureOf } from './emailRequest.js';
import { mailboxParts } from './mailboxParts.js';

describe('M4: the structure of a sender is decided before any value is put in', () => {
  it.each([
    ['Shop of {{ ${city} }} <hello@shop.example>', 'Shop of {{ ${city} }}', 'hello@shop.example'],
    ['"Shop, {{ city }}" <a@b.example>', 'Shop, {{ city }}', 'a@b.example'],
    [
      '{% if a < b %}A{% else %}B{% endif %} <{{ box }}@b.example>',
      '{% if a < b %}A{% else %}B{% endif %}',
      '{{ box }}@b.example',
    ],
    ['{{ box }}@b.example', '', '{{ box }}@b.example'],
    [' {{ sender }} ', '', '{{ sender }}'],
  ])('%s has the name %j and the address %j', (template, name, address) => {
    expect(mailboxParts(template)).toEqual({ name, address });
  });

  it.each([
    '{% if a %}A <a@b.example>{% else %}B <b@b.example>{% endif %}',
    'A <a@b.example>{% if x %}{% endif %}',
    'A <a@b.example>, {{ other }}',
    'A > {{ x }}',
    '<a@b.example {{ x }}',
  ])('%s is more than one address', (template) => {
    expect(mailboxParts(template)).toBeNull();
  });
});

describe('M4: what a person is called', () => {
  const templates = createTemplates({ threads: 1 });
  afterAll(() => templates.close());
  const SHOP = { name: 'Shop', address: 'news@shop.example' };

  const sent = async (from: string, name: string) => {
    const content = structureOf({ subject: 'x', text: 'x', from, replyTo: from });
    const profile = { ...EMPTY_PROFILE, email: 'ada@people.example', attributes: { first_name: name } };
    const rendered = await templates.render(content, {
      profile,
      eventProperties: {},
      campaign: { id: 1, name: 'c' },
      source: 't',
      userId: 1,
    });
    if (rendered.kind !== 'rendered') throw new Error(JSON.stringify(rendered));
    const made = prepareEmail({ content: rendered.content, profile, sendKey: 'k', from: SHOP });
    return made.kind === 'request' ? [made.request['from'], made.request['replyTo']] : made;
  };

  it.each([
    '<ceo@bank.example>',
    'x" <ceo@bank.example>',
    'x, ceo@bank.example',
    'a\r\nBcc: b@c.example',
    'friends: a@b.c;',
  ])('%j stays in the name', async (name) => {
    const from = { name: `${name.replace(/\r\n/, ' ')} at Shop`, address: 'hello@shop.example' };
    expect(await sent('{{ first_name }} at Shop <hello@shop.example>', name)).toEqual([from, from]);
  });

  it.each(['<ceo@bank.example>', 'CEO <ceo@bank.example>', 'a@b.example, c@d.example'])(
    '%j is no address',
    async (name) => {
      expect(await sent('Shop <{{ first_name }}>', name)).toMatchObject({ kind: 'invalid' });
      expect(await sent('{{ first_name }}', name)).toMatchObject({ kind: 'invalid' });
      const whole = { name: '', address: 'ada@shop.example' };
      expect(await sent('{{ first_name }}@shop.example', 'ada')).toEqual([whole, whole]);
    },
  );
});
