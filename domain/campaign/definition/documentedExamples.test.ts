// What the pages show must work: every YAML example of the README and of docs/campaigns.md is a valid campaign or segment.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readSegment } from '../../audience/segment/segment.js';
import { readYaml } from './definitionText.js';
import { triggerSchema } from './eventSpec.js';
import { readCampaign } from './parseDefinition.js';
import { parseText } from './readWritten.js';

const page = (name: string) => readFileSync(path.join(__dirname, '../../..', name), 'utf8');
const examples = ['README.md', 'docs/campaigns.md'].flatMap((name) =>
  [...page(name).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = ''], position) => [
    `${name} ${position + 1}`,
    yaml,
  ]),
);

test('the pages have examples', () => {
  expect(examples.length).toBeGreaterThanOrEqual(5);
});

test.each(examples)('example %s is a valid campaign, or without a trigger a valid segment', (_, yaml = '') => {
  const isCampaign = /^(?:trigger|entry):/m.test(yaml);
  expect(isCampaign ? parseText(yaml, readCampaign) : parseText(yaml, readSegment)).toMatchObject({ ok: true });
});

const triggers = [...page('docs/campaigns.md').matchAll(/^\| (`\{.*?\}`(?:, `\{.*?\}`)*) \|/gm)].flatMap(
  ([, cell = '']) => [...cell.matchAll(/`(\{.*?\})`/g)].map(([, written = '']) => written),
);

test('the table of triggers is read', () => {
  expect(triggers.length).toBeGreaterThanOrEqual(13);
});

test.each(triggers)('the trigger %s is one', (written) => {
  const read = readYaml(written);
  expect(read).toMatchObject({ ok: true });
  if (read.ok) expect(triggerSchema.safeParse(read.value).success).toBe(true);
});
