// Names and properties that were seen: gathered beside ingestion, bounded, and telling of nobody.
import type { StreamEvent } from '../../../domain/event/streamEvent.js';
import { forgetUntold } from '../../../storage/queries/catalogue/catalogue.js';
import { type Catalogue, createCatalogue } from '../../../stream/catalogue/catalogue.js';
import { createTestDatabase, type TestDatabase } from '../../setup/database.js';
import { type Gathering, startGathering } from '../../setup/gathering.js';
import { DAY } from '../../setup/recording.js';

let r: Gathering;
beforeAll(async () => {
  r = await startGathering();
});
afterAll(() => r.api.close());

type Listed = Readonly<Record<string, unknown>>;

async function listed(list: 'events' | 'attributes' | 'products' | 'properties', query = ''): Promise<Listed[]> {
  await r.catalogue.tell();
  const { status, body } = await r.send('get', `/v1/catalogue/${list}?limit=100${query}`);
  expect([status, body.next, body.isFull]).toEqual([200, null, false]);
  return body[list];
}
const named = (rows: readonly Listed[], name: string) => rows.find((each) => each.name === name);

test('events, their properties with types, and how often and when', async () => {
  const properties = { price: 5, color: 'red', nested: { a: 1 }, tags: [1], nothing: null };
  await r.event('ann', 'seen', { properties }, -DAY);
  await r.event('bob', 'seen', { properties: { price: 'free' } });
  const range = { count: 1, firstAt: r.iso(-DAY), lastAt: r.iso(-DAY) };
  const both = { count: 2, firstAt: r.iso(-DAY), lastAt: r.iso() };
  expect(await listed('events')).toEqual([{ name: 'seen', ...both }]);
  expect(await listed('properties', '&event=seen')).toEqual([
    { name: 'color', types: ['string'], samples: [], ...range },
    { name: 'nested', types: ['object'], samples: [], ...range },
    { name: 'price', types: ['number', 'string'], samples: [], ...both },
    { name: 'tags', types: ['array'], samples: [], ...range },
  ]);
  expect(await listed('properties', '&event=other')).toEqual([]);
});

test('attributes, and products that two people bought; sessions and what Rappel does itself are none', async () => {
  const bought = (external_id: string, product_id: string) => ({ external_id, product_id, currency: 'EUR', price: 5 });
  await r.track({
    attributes: [{ external_id: 'ann', tier: 'gold', email: 'ann@example.com', email_subscribe: 'opted_in' }],
    purchases: [
      { ...bought('ann', 'sku-1'), properties: { shop: 'Lyon' } },
      bought('ann', 'sku-1'),
      bought('ann', 'sku-2'),
    ],
    events: [{ external_id: 'ann', kind: 'session' }],
  });
  const attributes = await listed('attributes');
  expect(attributes.map(({ name, types }) => [name, types])).toEqual([
    ['email', ['string']],
    ['email_subscribe', ['string']],
    ['tier', ['string']],
  ]);
  expect(await listed('products')).toEqual([]);
  await r.track({ purchases: [bought('bob', 'sku-1')] });
  expect(await listed('products')).toMatchObject([{ id: 'sku-1' }]);
  const properties = (await listed('properties')).map(({ name }) => name);
  expect(properties).toEqual(['currency', 'price', 'product_id', 'quantity', 'shop']);
  expect((await listed('events')).map(({ name }) => name)).toEqual(['seen']);
});

test('a value is shown once ten people had it; none of an address, a name, a date or a long number ever', async () => {
  const people = Array.from({ length: 10 }, (_, n) => `sample-${n}`);
  const personal = { mail: 'shared@example.com', born: '1990-02-03', called: '+33 6 11 22 33', card: 4_711_000_000 };
  const tell = async (which: readonly string[]) => {
    for (const external_id of which) {
      const own = external_id.replace(/\d/, 'x'.repeat(Number(external_id.at(-1))));
      await r.track({
        attributes: [{ external_id, plan: 'pro', first_name: 'Ann', email: 'shared@example.com', own }],
        events: [
          { external_id, name: 'sampled', properties: { color: 'blue', size: 42, is_new: true, ...personal, own } },
        ],
      });
    }
    const attributes = await listed('attributes');
    const properties = await listed('properties', '&event=sampled');
    const shown = [...attributes.map((each) => ['attribute', each]), ...properties.map((each) => ['property', each])];
    return (shown as [string, Listed][]).flatMap(([of, { name, samples }]) =>
      (samples as unknown[]).map((sample) => [of, name, sample]),
    );
  };
  expect(await tell(people.slice(0, 9))).toEqual([]);
  // Often, of the same people: of nobody else.
  for (let n = 0; n < 3; n++)
    for (const user of people.slice(0, 9)) await r.event(user, 'sampled', { properties: { color: 'blue' } });
  expect(await tell([])).toEqual([]);
  expect(await tell(people.slice(9))).toEqual([
    ['attribute', 'plan', 'pro'],
    ['property', 'color', 'blue'],
    ['property', 'is_new', true],
    ['property', 'size', 42],
  ]);
});

test('a name that was made of an address or of the number of somebody is not kept', async () => {
  await r.track({
    attributes: [{ external_id: 'ann', 'of zoe@example.com': 1, 'of +33 6 11 22 33 44': 1, of_2026: 1 }],
  });
  const names = { 'at zoe@example.com': 1, '0033611223344': 1, 'sale 20261128': 1 };
  await r.event('ann', 'names', { properties: names });
  await r.event('ann', 'call 0033611223344');
  expect(
    (await listed('attributes')).filter(({ name }) => String(name).startsWith('of')).map(({ name }) => name),
  ).toEqual(['of_2026']);
  expect((await listed('properties', '&event=names')).map(({ name }) => name)).toEqual(['sale 20261128']);
  expect(named(await listed('events'), 'call 0033611223344')).toBeUndefined();
  expect(named(await listed('events'), 'names')).toBeDefined();
});

const event = (name: string, properties: StreamEvent['properties'] = {}) =>
  ({ seq: 1, userId: 1, kind: 'custom', name, time: 0, receivedAt: 0, properties }) as const;

describe('beside ingestion', () => {
  let database: TestDatabase;
  const errors: unknown[] = [];
  const gathering = (soonMs?: number): Catalogue =>
    createCatalogue({ pool: database.pool, onError: (error) => errors.push(error), ...(soonMs && { soonMs }) });
  beforeEach(async () => {
    database = await createTestDatabase();
    errors.length = 0;
  });
  afterEach(async () => {
    await database.drop();
  });
  const count = async (where: string) =>
    (await database.pool.query(`select count(*)::int as n from catalogue where ${where}`)).rows[0].n;

  test('what is known is told each minute, what is new at once; no request waits for either', async () => {
    const statements: string[] = [];
    const query = database.pool.query.bind(database.pool) as (asked: unknown) => unknown;
    jest.spyOn(database.pool, 'query').mockImplementation(((asked: { name: string }) => {
      statements.push(asked.name);
      return query(asked);
    }) as never);
    const told = async (times: number) => {
      const deadline = Date.now() + 5_000;
      while (statements.filter((name) => name === 'addToCatalogue').length < times && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, 100));
    };
    const one = gathering(20);
    for (let n = 0; n < 500; n++) one.see([event('known', { a: 1 })]);
    expect(statements).toEqual(['readCatalogue']);
    await told(1);
    for (let n = 0; n < 500; n++) one.see([event('known', { a: 1 })]);
    await told(1);
    expect(statements).toEqual(['readCatalogue', 'addToCatalogue']);
    one.see([event('known', { a: 'text' })]);
    await told(2);
    expect(statements).toEqual(['readCatalogue', 'addToCatalogue', 'addToCatalogue']);
    await one.tell();
    expect(await count(`count = 1001`)).toBe(2);
    // Another process, or this one after a start, knows it too.
    statements.length = 0;
    const other = gathering(20);
    other.see([]);
    await told(0);
    for (let n = 0; n < 5; n++) other.see([event('known', { a: 1 })]);
    await told(0);
    expect(statements).toEqual(['readCatalogue']);
    other.see([event('new')]);
    await told(1);
    expect(statements).toEqual(['readCatalogue', 'addToCatalogue']);
    expect(errors).toEqual([]);
  });

  test('what could not be told is told later, once', async () => {
    const one = gathering();
    one.see([event('before')]);
    await one.tell();
    await database.pool.query('alter table catalogue rename to away');
    one.see([event('before'), event('lost', { a: 1 })]);
    await expect(one.tell()).rejects.toThrow('catalogue');
    one.see([event('lost', { a: 'text' })]);
    await database.pool.query('alter table away rename to catalogue');
    await one.tell();
    await one.tell();
    const { rows } = await database.pool.query('select name, property, count, types from catalogue order by 1, 2');
    expect(rows).toEqual([
      { name: 'before', property: '', count: 2, types: [] },
      { name: 'lost', property: '', count: 2, types: [] },
      { name: 'lost', property: 'a', count: 2, types: ['number', 'string'] },
    ]);
  });

  test('names and properties are bounded, in this process and after a start of another', async () => {
    const wide = (from: number) => Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`p${from + n}`, n]));
    for (const from of [0, 1_500]) {
      const one = gathering();
      one.see([]);
      await one.tell();
      one.see([
        event('wide', wide(from)),
        ...Array.from({ length: 1_500 }, (_, n) => event(`name-${from + n}`, { a: 1 })),
      ]);
      await one.tell();
    }
    expect(await count(`property = ''`)).toBe(2_000);
    expect(await count(`property <> '' and name = 'wide'`)).toBe(100);
    // Of an event that is not kept no property is.
    expect(await count(`property = 'a'`)).toBe(1_999);
    const { rows } = await database.pool.query(
      "select 1 from catalogue where property > '' and name not in (select name from catalogue where property = '')",
    );
    expect(rows).toEqual([]);
  });

  test('what nobody has told for more than a year is forgotten, and comes back when it is seen again', async () => {
    const one = gathering();
    one.see([event('old'), event('new')]);
    await one.tell();
    await database.pool.query(`update catalogue set told_at = now() - interval '401 days' where name = 'old'`);
    await database.pool.query(`update catalogue set told_at = now() - interval '399 days' where name = 'new'`);
    await forgetUntold(database.pool);
    expect([await count(`name = 'old'`), await count(`name = 'new'`)]).toEqual([0, 1]);
    one.see([event('old')]);
    await one.tell();
    expect(await count(`name = 'old'`)).toBe(1);
  });
});
