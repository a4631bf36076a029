// Filters on what was never seen: told with the campaign or the segment, and allowed.
import { type Gathering, startGathering } from '../../setup/gathering.js';

let r: Gathering;
beforeAll(async () => {
  r = await startGathering();
  const bought = { product_id: 'sku-1', currency: 'EUR', price: 5, properties: { shop: 'Lyon' } };
  await r.track({
    attributes: [{ external_id: 'ann', loyalty: 'gold' }],
    events: [{ external_id: 'ann', name: 'add_to_cart', properties: { cart_value: 5 } }],
    purchases: ['ann', 'bob'].map((external_id) => ({ external_id, ...bought })),
  });
  await r.catalogue.tell();
});
afterAll(() => r.api.close());

const BASE = { name: 'Cart', delay: { after: '1 hour' }, messages: [{ channel: 'email', subject: 's', text: 't' }] };
const SEEN = {
  trigger: { customEvent: 'add_to_cart', where: [{ property: 'cart_value', atLeast: 1 }] },
  exceptions: [{ purchase: 'sku-1' }, { purchase: 'any' }, { sessionStart: true }],
  audience: {
    all: [
      { attribute: 'loyalty', equals: 'gold' },
      { attribute: 'email_subscribe', equals: 'opted_in' },
      { eventCount: 'add_to_cart', atLeast: 1, inLast: '2 days', where: [{ property: 'cart_value', atLeast: 1 }] },
      { purchaseCount: 'any', atLeast: 1, inLast: '2 days', where: [{ property: 'shop', equals: 'Lyon' }] },
      { moneySpent: { atLeast: 1 } },
      { sessionCount: { atLeast: 0 } },
    ],
  },
};

let keys = 0;
/** `path: message` of the warnings when the campaign is created. */
async function told(more: object): Promise<readonly string[]> {
  keys += 1;
  const { status, body } = await r.send('post', '/v1/campaigns', { key: `c-${keys}`, ...BASE, ...SEEN, ...more });
  expect([status, body.problems]).toEqual([201, undefined]);
  return body.warnings.map(({ path, message }: { path: string; message: string }) => `${path}: ${message}`);
}
const IS_NOT = 'which is not in the catalogue of what was seen';

test('nothing is told of what was seen, of fields that everybody has, and of what has no name', async () => {
  expect(await told({})).toEqual([]);
});

test.each([
  [
    'an event',
    { trigger: { customEvent: 'add_to_crat' } },
    'entry.event.trigger',
    "custom event 'add_to_crat'",
    'add_to_cart',
  ],
  [
    'a property of it',
    { trigger: { customEvent: 'add_to_cart', where: [{ property: 'cart_valeu.amount', atLeast: 1 }] } },
    'entry.event.trigger',
    "property 'cart_valeu' of custom event 'add_to_cart'",
    'cart_value',
  ],
  [
    'an event alone, whatever its properties',
    { trigger: { customEvent: 'other', where: [{ property: 'a', equals: 1 }] } },
    'entry.event.trigger',
    "custom event 'other'",
    null,
  ],
  [
    'a product',
    { exceptions: [{ sessionStart: true }, { purchase: 'sku-2' }] },
    'entry.event.exceptions[1]',
    "product 'sku-2'",
    'sku-1',
  ],
  [
    'an attribute that changes',
    { trigger: { attributeChanged: 'loyalyt' } },
    'entry.event.trigger',
    "attribute 'loyalyt'",
    'loyalty',
  ],
  [
    'an attribute, by a path into it',
    { audience: { not: { any: [{ attribute: 'cart.value', equals: 1 }] } } },
    'audience',
    "attribute 'cart'",
    null,
  ],
  [
    'an event that is counted',
    { audience: { none: [{ eventCount: 'add_to_card', atLeast: 1 }] } },
    'audience',
    "custom event 'add_to_card'",
    'add_to_cart',
  ],
  [
    'an event that was done last',
    { audience: { lastDid: 'left', moreThan: '1 day' } },
    'audience',
    "custom event 'left'",
    null,
  ],
  [
    'a property of purchases',
    {
      audience: { purchaseCount: 'any', atLeast: 1, inLast: '2 days', where: [{ property: 'shopp', equals: 'Lyon' }] },
    },
    'audience',
    "property 'shopp' of purchases",
    'shop',
  ],
])('%s', async (_, more, path, what, near) => {
  const hint = near === null ? '' : `; did you mean '${near}'?`;
  expect(await told(more)).toEqual([`${path}: asks for ${what}, ${IS_NOT}${hint}`]);
});

test('told when it is checked and when it is edited too, with where the names are listed; and launched all the same', async () => {
  const definition = { key: 'edited', ...BASE, ...SEEN };
  await r.send('post', '/v1/campaigns', definition);
  const mistyped = { ...definition, trigger: { customEvent: 'cart?' } };
  const warnings = [
    {
      path: 'entry.event.trigger',
      message: `asks for custom event 'cart?', ${IS_NOT}`,
      allowed: 'one of GET /v1/catalogue/events, or one that is still to come',
    },
  ];
  expect((await r.send('post', '/v1/campaigns/validate', mistyped)).body).toMatchObject({ valid: true, warnings });
  expect((await r.send('put', '/v1/campaigns/edited', mistyped)).body.warnings).toEqual(warnings);
  expect((await r.send('post', '/v1/campaigns/edited/launch')).status).toBe(200);
});

test('segments: created, read, edited, previewed, archived and restored', async () => {
  const definition = { key: 'gold', name: 'Gold', audience: { attribute: 'loyalyt', equals: 'gold' } };
  const messages = (body: { warnings: { message: string }[] }) => body.warnings.map(({ message }) => message);
  const expected = [`asks for attribute 'loyalyt', ${IS_NOT}; did you mean 'loyalty'?`];
  expect(messages((await r.send('post', '/v1/segments', definition)).body)).toEqual(expected);
  expect(messages((await r.send('get', '/v1/segments/gold')).body)).toEqual(expected);
  const fixed = { ...definition, audience: { attribute: 'loyalty', equals: 'gold' } };
  expect(messages((await r.send('put', '/v1/segments/gold?preview=true', fixed)).body)).toEqual([]);
  expect(messages((await r.send('put', '/v1/segments/gold', definition)).body)).toEqual(expected);
  for (const action of ['archive', 'restore'])
    expect(messages((await r.send('post', `/v1/segments/gold/${action}`)).body)).toEqual(expected);
  expect(messages((await r.send('put', '/v1/segments/gold', fixed)).body)).toEqual([]);
  // What the segment asks is told of the segment.
  await r.send('put', '/v1/segments/gold', definition);
  expect(await told({ audience: { segment: 'gold' } })).toEqual([]);
});

test('nothing is told where more was seen than is kept, and of names that are never kept', async () => {
  const { pool } = r.api.database;
  const fill = (kind: string, name: string, property: string, many: number) =>
    pool.query(
      `insert into catalogue (kind, name, property, count, first_at, last_at)
       select $1, ${name}, ${property}, 1, now(), now() from generate_series(1, $2::int) n on conflict do nothing`,
      [kind, many],
    );
  const asked = { trigger: { customEvent: 'add_to_crat' } };
  const property = { trigger: { customEvent: 'add_to_cart', where: [{ property: 'cart_valeu', equals: 1 }] } };
  expect([(await told(asked)).length, (await told(property)).length]).toEqual([1, 1]);
  expect(await told({ trigger: { customEvent: 'mail of zoe@example.com' } })).toEqual([]);
  await fill('event', `'add_to_cart'`, `'p' || n`, 99);
  expect([(await told(asked)).length, (await told(property)).length]).toEqual([1, 0]);
  await fill('event', `'e' || n`, `''`, 1_999);
  expect([(await told(asked)).length, (await told(property)).length]).toEqual([0, 0]);
  const { body } = await r.send('get', '/v1/catalogue/events?limit=1');
  expect(body).toMatchObject({ isFull: true, events: [{ name: 'add_to_cart' }], next: expect.any(String) });
});
