// Every place of every body that takes a number or a text, found in the route table, given what no instant, id or number
// can be.
import type { Route } from '../../../api/route.js';
import { parseExactJson } from '../../../domain/schema/exactJson.js';
import { ABSURD_NUMBERS, ABSURD_STRINGS } from './absurd.js';
import { type ListeningApi, startListening } from './listening.js';
import { NUMBER, places, TEXT } from './places.js';
import { DOCUMENT, OPERATIONS, requestOf } from './routeTable.js';

let api: ListeningApi;
beforeAll(async () => {
  api = await startListening();
});
afterAll(() => api.close());

const WITH_BODY = OPERATIONS.filter(({ route }) => route.body !== null);

/** The body of the reference with this in it, the mark replaced by each value in turn. */
function textsOf(example: object, place: unknown): readonly string[] {
  const text = JSON.stringify({ ...example, ...Object(place) });
  const [mark, values] = text.includes(NUMBER) ? [NUMBER, ABSURD_NUMBERS] : [TEXT, ABSURD_STRINGS];
  return values.map((value) => text.replace(JSON.stringify(mark), value));
}

/** One reader reads all definitions: it is asked about every place by `validate`, by its other routes about some. */
const SPREAD = 8;
const isSpread = ({ body, path }: Route) => body?.yaml === true && path !== '/v1/campaigns/validate';

test.each(WITH_BODY.map((operation) => [operation.name, operation] as const))(
  'M11: absurd values in the body of %s',
  async (_name, operation) => {
    const { route } = operation;
    const content = DOCUMENT.paths[route.path]?.[route.method]?.requestBody?.content ?? {};
    const { path, body: example } = requestOf(operation);
    const wrong: unknown[] = [];
    let asked = 0;
    const all = [...places(content['application/json']?.schema ?? {})];
    for (const place of all.filter((_, n) => n % (isSpread(route) ? SPREAD : 1) === 0)) {
      for (const text of textsOf(Object(example), place)) {
        const { status, body } = await api.ask(route.method, path).type('json').send(text);
        asked += 1;
        const isValid = route.body?.schema.safeParse(parseExactJson(text)).success === true;
        if (status >= 500 || (!isValid && !isRefused(status, body)))
          wrong.push({ text, status, body: body as unknown });
      }
    }
    expect(asked).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  },
  60_000,
);

/** As a whole, or by the item that is wrong; a check of a definition says so and is itself no mistake. */
function isRefused(status: number, body: { errors?: readonly unknown[]; valid?: boolean }): boolean {
  return status === 400 || status === 422 || (body.errors ?? []).length > 0 || body.valid === false;
}
