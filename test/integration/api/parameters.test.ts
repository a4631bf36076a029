// Every parameter of every route, found in the route table, given what no instant, cursor, id or number can be.

import type request from 'supertest';
import type { Parameter } from '../../../api/openapi.js';
import { ABSURD_CURSORS, ABSURD_TEXTS } from './absurd.js';
import { type ListeningApi, startListening } from './listening.js';
import { OPERATIONS, type Operation, requestOf } from './routeTable.js';

let api: ListeningApi;
beforeAll(async () => {
  api = await startListening();
});
afterAll(() => api.close());

function ask(operation: Operation, values: Readonly<Record<string, string>>): request.Test {
  const { path, body } = requestOf(operation, values);
  const call = api.ask(operation.route.method, path);
  return body === undefined ? call : call.send(body);
}

/** Any other parameter is a name, of which nothing is absurd. */
function isJudged({ schema }: Parameter): boolean {
  return ['format', 'pattern', 'enum', 'minimum'].some((word) => word in schema);
}

const PARAMETERS = OPERATIONS.flatMap((operation) =>
  operation.parameters
    .filter(({ in: place }) => place !== 'header')
    .map((parameter) => [`${parameter.name} of ${operation.name}`, operation, parameter] as const),
);

test.each(PARAMETERS)('M11: absurd values of %s', async (_name, operation, parameter) => {
  const { name, schema } = parameter;
  const wrong: unknown[] = [];
  for (const value of name === 'after' ? ABSURD_CURSORS : ABSURD_TEXTS) {
    if ('minimum' in schema && schema.minimum === Number(value)) continue;
    const { status, body } = await ask(operation, { [name]: value });
    const isRefused = status === 400 && (body as Refusal).problems?.some(({ path }) => path === name) === true;
    if (isJudged(parameter) ? !isRefused : status >= 500) wrong.push({ value, status, body: body as unknown });
  }
  expect(wrong).toEqual([]);
});

interface Refusal {
  readonly problems?: readonly { readonly path: string }[];
}

describe('lists', () => {
  const paged = OPERATIONS.filter(({ parameters }) => parameters.some(({ name }) => name === 'after'));
  const lists = paged.filter(({ answered }) => 'next' in answered);
  /** Streams that go on behind any of their lines. */
  const streams = paged.filter(({ answered }) => !('next' in answered));
  /** The same list, whoever it is asked for. */
  const kindOf = ({ name }: Operation) => {
    const list = /\/(timeline|preview|segments)$/.exec(name)?.[1] ?? name;
    return streams.some((stream) => stream.name === name) ? 'preview' : list;
  };

  test('M11: the cursor of one list is refused by every other', async () => {
    const cursors = new Map<Operation, string>();
    for (const list of lists) {
      const { status, body } = await ask(list, { limit: '1' });
      expect([list.name, status, (body as { next: unknown }).next]).toEqual([list.name, 200, expect.any(String)]);
      cursors.set(list, (body as { next: string }).next);
    }
    for (const list of paged) {
      for (const [from, after] of cursors) {
        const { status } = await ask(list, { limit: '1', after });
        expect([list.name, from.name, status]).toEqual([
          list.name,
          from.name,
          kindOf(list) === kindOf(from) ? 200 : 400,
        ]);
      }
    }
  });

  test('every route that answers a list is paged, or says that there is more', () => {
    const listing = OPERATIONS.filter(({ answered }) => Object.values(answered).some(({ type }) => type === 'array'));
    const unpaged = listing.filter(({ answered }) => !('next' in answered) && !('more' in answered));
    // These tell of one person or one campaign, and what they list of it is bounded.
    expect(unpaged.map(({ name }) => name).sort()).toEqual([
      'GET /v1/campaigns/{key}',
      'GET /v1/explain',
      'GET /v1/segments/{key}',
      'GET /v1/users-by-alias/{alias_label}/{alias_name}',
      'GET /v1/users-by-id/{id}',
      'GET /v1/users/{external_id}',
      'POST /v1/campaigns/validate',
      'POST /v1/explain',
    ]);
    expect(listing.filter(({ answered }) => 'next' in answered)).toEqual(lists);
    expect(streams.map(({ name }) => name)).toEqual(['GET /v1/segments/{key}/members']);
  });
});
