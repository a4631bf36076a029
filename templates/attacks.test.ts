// Templates that mean harm. Each must end quickly, give nothing away, and leave the pool working for the next message.

import { EMPTY_PROFILE } from '../domain/profile/profile.js';
import { createTemplates } from './liquidTemplates.js';
import type { TemplateScope } from './templates.js';

const scope: TemplateScope = {
  profile: {
    ...EMPTY_PROFILE,
    attributes: { first_name: 'Ada', long: `${'<'.repeat(50_000)}!`, spaces: ' '.repeat(100_000) },
  },
  eventProperties: {},
  campaign: { id: 1, name: 'c' },
  source: 't',
  userId: 1,
};

const nested = (depth: number): string => '{% for i in (1..100) %}'.repeat(depth) + 'x' + '{% endfor %}'.repeat(depth);

/** What must not be in the output, whether the template fails or renders. */
const SECRETS = /root:|node_modules|native code|\[object|process|Function/;

const ATTACKS: readonly (readonly [string, string])[] = [
  ['path traversal by include', "{% include '../../../../etc/passwd' %}"],
  ['path traversal by render', "{% render '/etc/passwd' %}"],
  ['path traversal by layout', "{% layout '../../../../etc/passwd' %}{% block a %}{% endblock %}"],
  ['a template that includes itself', "{% layout 'self' %}{% block a %}{% block a %}{% endblock %}{% endblock %}"],
  ['loops in loops', nested(10)],
  ['empty loops, which cost no output', '{% for i in (1..100000000) %}{% endfor %}'],
  ['empty loops in loops', '{% for i in (1..10000) %}{% for j in (1..10000) %}{% endfor %}{% endfor %}'],
  ['a huge range', "{{ (1..999999999) | join: ',' }}"],
  ['a huge table', '{% tablerow i in (1..999999999) cols:1 %}x{% endtablerow %}'],
  ['the width of a date', "{{ 'now' | date: '%999999999d' }}"],
  ['a regular expression against strip_html', '{{ long | strip_html }}'],
  ['a regular expression against whitespace', '{{ spaces | strip | split: " " | join: "x" | truncatewords: 5 }}'],
  ['a doubling string', `{% assign s = 'xxxxxxxxxx' %}${'{% assign s = s | append: s %}'.repeat(40)}{{ s }}`],
  ['a doubling array', `{% assign a = 'a,b' | split: ',' %}${'{% assign a = a | concat: a %}'.repeat(40)}{{ a.size }}`],
  [
    'a growing replacement',
    `{% assign s = 'aaaaaaaaaa' %}${"{% assign s = s | replace: 'a', 'aaaaaaaaaa' %}".repeat(20)}{{ s }}`,
  ],
  [
    'a captured doubling',
    `{% capture s %}xxxxxxxxxx{% endcapture %}${'{% capture s %}{{ s }}{{ s }}{% endcapture %}'.repeat(40)}{{ s }}`,
  ],
  [
    'prototype properties',
    '{{ first_name.constructor }}{{ first_name.__proto__ }}{{ campaign.constructor.constructor }}{{ constructor }}{{ __proto__ }}',
  ],
  [
    'Braze forms of prototype properties',
    '{{${constructor}}}{{custom_attribute.${__proto__}}}{{ event_properties.${constructor}.name }}',
  ],
  ['a filter from the prototype', "{{ 'x' | constructor }}"],
  ['a filter called toString', "{{ 'x' | toString }}"],
  ['a tag from the prototype', '{% constructor %}'],
  ['an expression filter', "{{ 'a' | split: '' | where_exp: 'i', 'i.constructor' }}"],
  ['deep nesting', '{% if 1 %}'.repeat(4_000) + '{% endif %}'.repeat(4_000)],
  ['a text beyond the parse limit', '{{ first_name }}'.repeat(10_000)],
  ['unclosed Braze forms', '{{${'.repeat(20_000)],
  ['many Braze forms', '{{a.${b}}}'.repeat(9_000)],
  ['Braze forms in one output', `{{${'${a}.'.repeat(16_000)}}}`],
  ['many raw blocks without an end', '${{% raw %}'.repeat(8_000)],
  ['many raw blocks', '${a}{% raw %}{% endraw %}'.repeat(3_900)],
];

describe('hostile templates', () => {
  const templates = createTemplates();
  afterAll(() => templates.close());

  /** What Liquid itself puts into the scope: objects with a class, of which only the documented fields are anybody's. */
  describe('objects of Liquid reach no class', () => {
    const inLoops = (read: string) => ({
      html: `{% capture c %}<b>{% endcapture %}${read.replaceAll('$', 'c')}`,
      forloop: `{% for i in (1..2) %}${read.replaceAll('$', 'forloop')}{% endfor %}`,
      tablerowloop: `{% tablerow i in (1..1) %}${read.replaceAll('$', 'tablerowloop')}{% endtablerow %}`,
      empty: read.replaceAll('$', 'empty'),
      blank: read.replaceAll('$', 'blank'),
      nil: read.replaceAll('$', 'nil'),
    });
    const NAMES = [...Object.getOwnPropertyNames(Object.prototype), 'next', 'i', 'equals', 'liquidMethodMissing'];

    test.each(NAMES)('%s', async (name) => {
      const reads = [`{{ $.${name} }}`, `{{ $['${name}'] }}`, `{{ $ | map: '${name}' }}`, `{{ $.__proto__.${name} }}`];
      for (const read of [...reads, `{% assign x = $.${name} %}{{ x.name }}{{ x.prototype }}`]) {
        const result = await templates.render(inLoops(read), scope);
        expect([read, result]).toEqual([
          read,
          {
            kind: 'rendered',
            content: {
              html: '',
              forloop: '',
              tablerowloop: expect.stringMatching(/^<tr[^>]*><td[^>]*><\/td><\/tr>$/),
              empty: '',
              blank: '',
              nil: '',
            },
          },
        ]);
      }
    });

    test('and what is documented of them is there', async () => {
      const fields = ['length', 'index', 'index0', 'rindex', 'rindex0', 'first', 'last'];
      const [loop, row] = ['forloop', 'tablerowloop'].map((name) =>
        fields.map((field) => `{{ ${name}.${field} }}`).join(' '),
      );
      const rows = ['row', 'col', 'col0', 'col_first', 'col_last']
        .map((field) => `{{ tablerowloop.${field} }}`)
        .join(' ');
      const text = `{% for i in (1..2) %}${loop};{% endfor %}{% tablerow i in (1..1) %}${row} ${rows}{% endtablerow %}`;
      expect(await templates.render({ text }, scope)).toMatchObject({
        content: {
          text: '2 1 0 2 1 true false;2 2 1 1 0 false true;<tr class="row1"><td class="col1">1 1 0 1 0 true true 1 1 0 true true</td></tr>',
        },
      });
    });
  });

  test.each(ATTACKS)('%s is contained, and the pool stays usable', async (_name, template) => {
    const startedAt = performance.now();
    const result = await templates.render({ subject: 'Hi', html: template }, { ...scope, source: template });
    const tookMs = performance.now() - startedAt;
    const output = result.kind === 'rendered' ? JSON.stringify(result.content) : '';
    expect(output).not.toMatch(SECRETS);
    expect(output.length).toBeLessThan(1_100_000);
    expect(tookMs).toBeLessThan(1_500);
    expect(await templates.render({ text: '{{ first_name }}' }, scope)).toEqual({
      kind: 'rendered',
      content: { text: 'Ada' },
    });
  });

  test('M3: HTML whose text takes long to make costs its thread, not its neighbours', async () => {
    const tables = (depth: number) => `${'<table><tr><td>'.repeat(depth)}x${'</td></tr></table>'.repeat(depth)}`;
    const lists = (depth: number) => `${'<ul><li>'.repeat(depth)}x${'</li></ul>'.repeat(depth)}`;
    for (const html of [tables(24), lists(200), `<p>${'<b>'.repeat(20_000)}`, '<blockquote>'.repeat(10_000)]) {
      let longest = 0;
      let last = performance.now();
      const timer = setInterval(() => {
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      }, 5);
      const result = await templates.render({ subject: 'Hi', html }, { ...scope, source: html });
      clearInterval(timer);
      expect(['rendered', 'failed']).toContain(result.kind);
      // A pause of this thread; 21 s before.
      expect(longest).toBeLessThan(500);
    }
    expect(await templates.render({ html: '<p>Hello <a href="https://a.example/">shop</a></p>' }, scope)).toEqual({
      kind: 'rendered',
      content: { html: expect.any(String), text: 'Hello shop [https://a.example/]' },
    });
  });

  test('M3: a definition whose templates take long to check is refused', async () => {
    const impatient = createTemplates({ threads: 1, killMs: 0 });
    expect(await impatient.check({ html: '{{${a}}}'.repeat(20_000) })).toEqual([
      { path: '', message: expect.stringContaining('did not finish') },
    ]);
    expect(await impatient.doubts({ html: '{{${frist_name}}}'.repeat(10_000) })).toEqual([]);
    await impatient.close();
    expect(await templates.check({ html: '{{ a }}' })).toEqual([]);
  });

  test('what never ends is failed, not rendered in part', async () => {
    const loops = await templates.render({ text: nested(10) }, scope);
    expect(loops).toMatchObject({ kind: 'failed', detail: expect.stringMatching(/limit|finish/) });
  });

  test('one allowance holds for all texts of a message', async () => {
    const share = "{% assign s = 'x' %}" + '{% assign s = s | append: s %}'.repeat(17);
    const one = await templates.render({ a: share }, scope);
    const many = await templates.render(
      Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`t${index}`, share])),
      scope,
    );
    expect([one.kind, many.kind]).toEqual(['rendered', 'failed']);
  });

  test('what exceeds the memory of its thread fails, and the thread is replaced', async () => {
    const properties = Array.from({ length: 100 }, (_, index) =>
      String.fromCharCode(97 + (index % 26)).repeat(1_000_000),
    );
    const result = await templates.render({ text: '{{ first_name }}' }, { ...scope, eventProperties: { properties } });
    // On a busy machine the limit of time comes before that of memory; the thread is replaced either way.
    expect(result).toEqual({ kind: 'failed', detail: expect.stringMatching(/broke its limits|did not finish/) });
    expect(await templates.render({ text: '{{ first_name }}' }, scope)).toMatchObject({ kind: 'rendered' });
  });

  test('H4: a template that five people in a row break is not tried for a minute, others are', async () => {
    const slow = { ...scope, source: 'slow' };
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, userId) => templates.render({ text: nested(10) }, { ...slow, userId })),
    );
    const untried = results.filter((result) => JSON.stringify(result).includes('is tried again a minute later'));
    expect(untried.length).toBeGreaterThan(30);
    expect(results.every(({ kind }) => kind === 'failed')).toBe(true);
    expect(await templates.render({ text: '{{ first_name }}' }, slow)).toMatchObject({ kind: 'failed' });
    expect(await templates.render({ text: '{{ first_name }}' }, scope)).toMatchObject({ kind: 'rendered' });
  });

  test('a text that never returns to Liquid is killed with its thread', async () => {
    const impatient = createTemplates({ threads: 1, killMs: 0 });
    expect(await impatient.render({ text: nested(10) }, scope)).toEqual({
      kind: 'failed',
      detail: expect.stringContaining('did not finish'),
    });
    await impatient.close();
  });

  test('hostile templates do not slow their neighbours beyond their own time', async () => {
    const hostile = Promise.all(Array.from({ length: 4 }, () => templates.render({ text: nested(10) }, scope)));
    const neighbour = await templates.render({ text: '{{ first_name }}' }, scope);
    expect(neighbour).toMatchObject({ kind: 'rendered' });
    expect((await hostile).every(({ kind }) => kind === 'failed')).toBe(true);
  });
});
