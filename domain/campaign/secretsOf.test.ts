import { compileCampaign } from './compile.js';
import { parseDefinition, parseDefinitionText } from './definition/parseDefinition.js';
import { secretsOf } from './secretsOf.js';

const withHeader = (value: unknown) => ({
  name: 'x',
  trigger: { customEvent: 'x' },
  messages: [{ channel: 'webhook', url: 'https://hooks.example/', headers: { Authorization: value } }],
});

function problemsOf(value: unknown) {
  const parsed = parseDefinition(withHeader(value));
  if (parsed.ok) throw new Error('it is valid');
  return parsed.problems;
}

test('a definition keeps the name of a secret as it is written, in every variant', () => {
  const parsed = parseDefinitionText(`
    name: x
    trigger: { customEvent: x }
    variants:
      - { key: a, share: 50, messages: { email: { subject: s, text: t } } }
      - key: b
        share: 50
        messages: { webhook: { url: "https://hooks.example/", headers: { X-Tier: gold, X-Api-Key: { secret: crm } } } }`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  expect(parsed.definition.variants[1]?.messages.webhook?.headers).toEqual({
    'X-Tier': 'gold',
    'X-Api-Key': { secret: 'crm' },
  });
  expect(secretsOf(compileCampaign(parsed.definition).variants)).toEqual([
    { path: 'variants[1].messages.webhook.headers.X-Api-Key', name: 'crm' },
  ]);
});

test.each<[unknown, object]>([
  [{ secret: 'No Key' }, { path: 'messages[0].headers.Authorization.secret', message: 'is not a key' }],
  [{ secrets: 'crm' }, { message: 'is an unknown field; did you mean "secret"?' }],
  [{ secret: 'crm', value: 'x' }, { path: 'messages[0].headers.Authorization.value' }],
  [7, { path: 'messages[0].headers.Authorization', allowed: 'a text or an object' }],
])('%j is refused where it stands', (value, problem) => {
  expect(problemsOf(value)).toContainEqual(expect.objectContaining(problem));
});
