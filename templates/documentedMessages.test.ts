// What the guides show must arrive as shown: every example is rendered, not only parsed.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compileCampaign } from '../domain/campaign/compile.js';
import { parseDefinitionText } from '../domain/campaign/definition/parseDefinition.js';
import type { JsonObject } from '../domain/json.js';
import { EMPTY_PROFILE } from '../domain/profile/profile.js';
import { createTemplates } from './liquidTemplates.js';
import type { TemplateScope } from './templates.js';

const page = (name: string) => readFileSync(path.join(__dirname, '..', name), 'utf8');
const guide = page('docs/messages.md');
const firstJson = JSON.parse(/```json\n([\s\S]*?)```/.exec(guide)?.[1] ?? '') as {
  profile: Record<string, string>;
  event: { properties: JsonObject };
};
const { external_id, email, phone, time_zone, ...attributes } = firstJson.profile;
const scope: TemplateScope = {
  profile: {
    ...EMPTY_PROFILE,
    externalId: external_id ?? null,
    email: email ?? null,
    phone: phone ?? null,
    timeZone: time_zone ?? null,
    attributes,
  },
  eventProperties: firstJson.event.properties,
  campaign: { id: 1, name: 'Guide' },
  source: 't',
  userId: 1,
};

const templates = createTemplates();
afterAll(() => templates.close());

async function rendered(content: JsonObject): Promise<JsonObject> {
  const result = await templates.render(content, scope);
  if (result.kind !== 'rendered') throw new Error(JSON.stringify(result));
  return result.content;
}

async function messagesOf(yaml: string): Promise<readonly JsonObject[]> {
  const parsed = parseDefinitionText(yaml);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { variants } = compileCampaign(parsed.definition);
  return Promise.all(variants.map(({ messages }) => rendered(messages as JsonObject)));
}

async function sentAs(yaml: string): Promise<JsonObject> {
  const parsed = parseDefinitionText(yaml);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const messages = compileCampaign(parsed.definition).variants[0]?.messages ?? {};
  const entries = Object.entries(messages).filter(([, content]) => content !== undefined);
  return Object.fromEntries(
    await Promise.all(entries.map(async ([channel, content]) => [channel, await rendered(content)])),
  ) as JsonObject;
}

const shown = [...guide.matchAll(/```yaml\n([\s\S]*?)```\n\nis sent as\n\n```json\n([\s\S]*?)```/g)].map(
  ([, yaml = '', json = '']) => [/name: (.*)/.exec(yaml)?.[1] ?? '', yaml, JSON.parse(json) as JsonObject] as const,
);
const rows = [...guide.matchAll(/^\| `((?:\{[{%]|\$\{).*?)` \| `(.*?)` \|$/gm)].map(
  ([, template = '', gives = '']) => [template.replaceAll('\\|', '|'), gives] as const,
);

test('M17: every example of the guide to messages says what is sent', () => {
  expect(shown.length).toBeGreaterThanOrEqual(3);
  expect(shown).toHaveLength([...guide.matchAll(/^```yaml$/gm)].length);
  expect(rows.length).toBeGreaterThanOrEqual(26);
});

test.each(shown)('M17: %s is sent as the guide shows', async (_, yaml, sent) => {
  expect(await sentAs(yaml)).toMatchObject(sent);
});

test.each(rows)('M17: %s gives %s', async (template, gives) => {
  expect(await rendered({ text: template })).toEqual({ text: gives });
});

const examples = ['README.md', 'docs/campaigns.md', 'docs/messages.md'].flatMap((name) =>
  [...page(name).matchAll(/```yaml\n([\s\S]*?)```/g)]
    .map(([, yaml = ''], at) => [`${name} ${at + 1}`, yaml] as const)
    // A segment sends nothing.
    .filter(([, yaml]) => /^(?:trigger|entry):/m.test(yaml)),
);

test.each(examples)('B12: no template of example %s arrives literally', async (_, yaml) => {
  const texts = JSON.stringify(await messagesOf(yaml));
  expect(texts).toContain('"');
  expect(texts).not.toMatch(/\$\{|\{\{|\{%/);
});

test('B12: the webhook of docs/campaigns.md names the person and the cart', async () => {
  const [, yaml = ''] =
    examples.find(([name, text]) => name.startsWith('docs/campaigns') && /webhook/.test(text)) ?? [];
  expect(await sentAs(yaml)).toMatchObject({ webhook: { body: { user: 'ann', cart: 'c-7' } } });
});

test('M17: the code that verifies signatures takes a genuine one and refuses others', () => {
  const code = /```js\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
  const isGenuine = new Function('require', `${code}; return isGenuine;`)(require) as (
    secret: string,
    headers: Record<string, string>,
    body: string,
  ) => boolean;
  const key = Buffer.alloc(32, 7);
  const signature = `v1,${createHmac('sha256', key).update('m-1.1700000000.{"a":1}').digest('base64')}`;
  const headers = { 'webhook-id': 'm-1', 'webhook-timestamp': '1700000000', 'webhook-signature': `v1,x ${signature}` };
  const secret = `whsec_${key.toString('base64')}`;
  expect(isGenuine(secret, headers, '{"a":1}')).toBe(true);
  expect(isGenuine(secret, headers, '{"a":2}')).toBe(false);
});

test.each(['README.md', 'docs/campaigns.md'])('M17: %s links the guide to messages', (name) => {
  expect(page(name)).toMatch(/\]\((docs\/)?messages\.md\)/);
});
