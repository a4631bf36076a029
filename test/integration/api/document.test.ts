// The OpenAPI document says what the API answers: every status a kind of route can give, and every field of its answers.
import { z } from 'zod';
import answers from '../../../api/examples/answers.json';
import { EXAMPLES } from '../../../api/examples/requests.js';
import { type ListeningApi, startListening } from './listening.js';
import { DOCUMENT, OPERATIONS, type Operation } from './routeTable.js';

let api: ListeningApi;
beforeAll(async () => {
  api = await startListening();
});
afterAll(() => api.close());

const NAMED = OPERATIONS.map((operation) => [operation.name, operation] as const);

const responsesOf = ({ route }: Operation) => DOCUMENT.paths[route.path]?.[route.method]?.responses ?? {};

function schemaOf(operation: Operation, status: number, type: string): z.ZodType {
  const schema = responsesOf(operation)[status]?.content?.[type]?.schema;
  if (schema === undefined) throw new Error(`${operation.name} documents no ${type} of status ${status}`);
  const whole = JSON.stringify({ ...schema, $defs: DOCUMENT.components.schemas });
  return z.fromJSONSchema(JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')));
}

test.each(NAMED)('M17: %s documents what it may be refused with', (_name, operation) => {
  const { scope, body, isProbe } = operation.route;
  const wanted = [
    ...['200', '201'].filter((status) => status in responsesOf(operation)),
    ...['400', '431', ...(isProbe === true ? [] : ['429'])],
    ...(scope === null ? [] : ['401', '403', '503']),
    ...(body === null ? [] : ['413']),
  ];
  expect(Object.keys(responsesOf(operation))).toEqual(expect.arrayContaining(wanted));
});

test.each(NAMED)('M17: each answer of %s has a schema, but the one without a body', (_name, operation) => {
  const bare = Object.entries(responsesOf(operation)).filter(([, { content = {} }]) => {
    const schemas = Object.values(content).map(({ schema }) => schema);
    return schemas.length === 0 || schemas.some((schema) => Object.keys(schema).length === 0);
  });
  expect(bare.map(([status]) => status)).toEqual(['431']);
});

const SHOWN = OPERATIONS.filter(({ name }) =>
  EXAMPLES.some((each) => each.operation === name && each.shown === undefined),
);

test.each(SHOWN.map((operation) => [operation.name, operation] as const))(
  'M17: what %s answers has the fields that are documented, and no others',
  async (name, operation) => {
    const { status, body } = answers[name as keyof typeof answers];
    const types = Object.keys(responsesOf(operation)[status]?.content ?? {});
    expect(schemaOf(operation, status, types[0] ?? '').safeParse(body)).toMatchObject({ success: true });
  },
);

test.each([
  ['POST /users/track', { events: [{ external_id: 'a', name: 'e', time: 'never' }] }, 400],
  ['POST /users/track', [], 400],
  ['POST /v1/campaigns', { name: 'C', trigger: { customEvent: 1 } }, 422],
  ['POST /v1/search', {}, 400],
] as const)('M17: %s refuses %j as it documents', async (name, sent, status) => {
  const operation = OPERATIONS.find((each) => each.name === name);
  if (operation === undefined) throw new Error(`there is no ${name}`);
  const answer = await api.ask(operation.route.method, operation.route.path).send(sent);
  expect(answer.status).toBe(status);
  expect(schemaOf(operation, status, answer.type).safeParse(answer.body)).toMatchObject({ success: true });
});

test('M17: a definition in YAML is refused with the lines of its mistakes, as documented', async () => {
  const operation = OPERATIONS.find(({ name }) => name === 'POST /v1/campaigns');
  if (operation === undefined) throw new Error('there is no such route');
  const answer = await api.ask('post', '/v1/campaigns').type('application/yaml').send('name: C\ntrigger: 1\n');
  expect(answer.body).toMatchObject({ problems: [{ line: expect.any(Number) }] });
  expect(schemaOf(operation, 422, answer.type).safeParse(answer.body)).toMatchObject({ success: true });
});
