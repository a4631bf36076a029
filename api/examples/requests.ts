/**
 * One request of each operation, in an order in which they hold together: a campaign is made, somebody meets it, and so on
 * to its end. What is answered is in `answers.json`, which a test writes and compares (`RAPPEL_WRITE_DOCS=1`).
 */
export interface ExampleRequest {
  /** `POST /users/track`: as in the OpenAPI document. */
  readonly operation: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** Of a long answer, what is shown: these fields, or so many lines. */
  readonly shown?: readonly string[] | number;
}

const CART = { key: 'cart-reminder' };
const SHOP = { key: 'lyon-shop' };
const CRM = { name: 'crm-token' };
const ZOE = { external_id: 'zoe' };
const PERIOD = { from: '2026-11-30T00:00:00Z', to: '2026-12-01T12:00:00Z' };

const LAPSED = {
  all: [{ attribute: 'country', equals: 'FR', orBlank: true }, { none: [{ purchaseCount: 'any', atLeast: 1 }] }],
};

const VIPS = { key: 'vips' };
const SEGMENT = { key: 'vips', name: 'VIPs', tags: ['loyalty'], audience: { attribute: 'country', equals: 'FR' } };

const DEFINITION = {
  key: 'cart-reminder',
  name: 'Cart reminder',
  audience: { attribute: 'country', equals: 'FR' },
  trigger: { customEvent: 'add_to_cart', where: [{ property: 'cart_value', atLeast: 100 }] },
  delay: { after: '1 hour' },
  exceptions: [{ purchase: 'any' }],
  messages: [{ channel: 'email', subject: 'Still thinking it over?', text: 'Your cart is waiting.' }],
};

export const EXAMPLES: readonly ExampleRequest[] = [
  { operation: 'POST /v1/campaigns/validate', body: DEFINITION },
  { operation: 'POST /v1/campaigns', body: DEFINITION },
  { operation: 'POST /v1/campaigns/{key}/launch', params: CART },
  {
    operation: 'POST /users/track',
    body: {
      attributes: [{ external_id: 'zoe', email: 'zoe@example.com', first_name: 'Zoé', country: 'FR' }],
      events: [
        {
          external_id: 'zoe',
          name: 'add_to_cart',
          time: '2026-12-01T09:00:00Z',
          event_id: 'cart-4711',
          properties: { cart_value: 150 },
        },
      ],
    },
  },
  { operation: 'GET /v1/campaigns/{key}/waiting', params: CART, query: { limit: '50' } },
  { operation: 'GET /v1/explain', query: { campaign: 'cart-reminder', user: 'zoe' } },
  { operation: 'POST /v1/explain', body: { campaign: 'cart-reminder', email: 'zoe@example.com' } },
  { operation: 'POST /v1/search', body: { q: 'zoe@example.com' } },
  { operation: 'POST /v1/audiences/size', body: { audience: LAPSED, perFilter: true } },
  { operation: 'POST /v1/audiences/preview', query: { limit: '2' }, body: { audience: LAPSED } },
  { operation: 'POST /v1/audiences/check', body: { audience: LAPSED, external_id: 'zoe' } },
  { operation: 'POST /v1/segments', body: SEGMENT },
  { operation: 'GET /v1/segments', query: { tag: 'loyalty' } },
  { operation: 'GET /v1/segments/{key}', params: VIPS },
  {
    operation: 'PUT /v1/segments/{key}',
    params: VIPS,
    query: { preview: 'true' },
    body: { ...SEGMENT, audience: { attribute: 'country', isAnyOf: ['FR', 'BE'] } },
  },
  { operation: 'GET /v1/segments/{key}/versions', params: VIPS },
  { operation: 'GET /v1/segments/{key}/size', params: VIPS },
  { operation: 'GET /v1/segments/{key}/sizes', params: VIPS },
  { operation: 'GET /v1/segments/{key}/preview', params: VIPS, query: { limit: '2' } },
  { operation: 'GET /v1/segments/{key}/members', params: VIPS },
  { operation: 'GET /v1/segments/{key}/check', params: VIPS, query: { user: 'zoe' } },
  { operation: 'POST /v1/segments/{key}/check', params: VIPS, body: { email: 'zoe@example.com' } },
  { operation: 'GET /v1/users/{external_id}/segments', params: ZOE },
  { operation: 'GET /v1/users-by-id/{id}/segments', params: { id: '1' } },
  {
    operation: 'GET /v1/users-by-alias/{alias_label}/{alias_name}/segments',
    params: { alias_label: 'crm', alias_name: 'c-7' },
  },
  { operation: 'POST /v1/segments/{key}/archive', params: VIPS },
  { operation: 'POST /v1/segments/{key}/restore', params: VIPS },
  { operation: 'GET /v1/catalogue/events', query: { limit: '50' } },
  { operation: 'GET /v1/catalogue/properties', query: { event: 'add_to_cart', limit: '50' } },
  { operation: 'GET /v1/catalogue/attributes', query: { limit: '50' } },
  { operation: 'GET /v1/catalogue/products', query: { limit: '50' } },
  { operation: 'GET /v1/users', query: { limit: '50' } },
  { operation: 'GET /v1/users/{external_id}', params: ZOE },
  { operation: 'GET /v1/users/{external_id}/export', params: ZOE, shown: 3 },
  { operation: 'GET /v1/users/{external_id}/timeline', params: ZOE, query: { limit: '50' } },
  { operation: 'GET /v1/users-by-id/{id}', params: { id: '1' } },
  { operation: 'GET /v1/users-by-id/{id}/timeline', params: { id: '1' } },
  { operation: 'GET /v1/users-by-id/{id}/export', params: { id: '1' }, shown: 2 },
  { operation: 'GET /v1/users-by-alias/{alias_label}/{alias_name}', params: { alias_label: 'crm', alias_name: 'c-7' } },
  {
    operation: 'GET /v1/users-by-alias/{alias_label}/{alias_name}/timeline',
    params: { alias_label: 'crm', alias_name: 'c-7' },
  },
  {
    operation: 'GET /v1/users-by-alias/{alias_label}/{alias_name}/export',
    params: { alias_label: 'crm', alias_name: 'c-7' },
    shown: 2,
  },
  {
    operation: 'POST /subscription/status/set',
    body: { subscription_group_id: 'newsletter', subscription_state: 'subscribed', external_id: ['zoe'] },
  },
  { operation: 'GET /v1/campaigns', query: { state: 'active', limit: '50' } },
  { operation: 'GET /v1/campaigns/{key}', params: CART },
  { operation: 'PUT /v1/campaigns/{key}', params: CART, body: { ...DEFINITION, delay: { after: '2 hours' } } },
  { operation: 'POST /v1/campaigns/{key}/duplicate', params: CART, body: { name: 'Cart reminder, gently' } },
  {
    operation: 'POST /v1/interactions',
    body: {
      interactions: [
        {
          external_id: 'zoe',
          interaction: 'email_open',
          campaign: 'cart-reminder',
          time: '2026-12-01T09:00:01Z',
          event_id: 'open-1',
        },
      ],
    },
  },
  { operation: 'GET /v1/outcomes', query: { campaign: 'cart-reminder', limit: '20' } },
  { operation: 'GET /v1/parked', query: { campaign: 'cart-reminder' } },
  { operation: 'POST /v1/parked/{id}/retry', params: { id: '2' } },
  { operation: 'POST /v1/parked/{id}/discard', params: { id: '3' } },
  { operation: 'GET /v1/campaigns/{key}/funnel', params: CART, query: { from: '2026-12-01', to: '2026-12-31' } },
  { operation: 'POST /v1/campaigns/simulate', body: { ...PERIOD, definition: DEFINITION } },
  { operation: 'POST /v1/campaigns/{key}/simulate', params: CART, body: PERIOD },
  { operation: 'POST /v1/campaigns/{key}/stop', params: CART },
  { operation: 'POST /v1/campaigns/{key}/resume', params: CART },
  { operation: 'POST /v1/campaigns/{key}/archive', params: CART },
  {
    operation: 'POST /users/alias/new',
    body: { user_aliases: [{ external_id: 'zoe', alias_label: 'shop', alias_name: 's-1' }] },
  },
  {
    operation: 'POST /users/alias/update',
    body: { alias_updates: [{ alias_label: 'shop', old_alias_name: 's-1', new_alias_name: 's-2' }] },
  },
  {
    operation: 'POST /users/external_ids/rename',
    body: { external_id_renames: [{ current_external_id: 'bob', new_external_id: 'bob-2' }] },
  },
  { operation: 'POST /users/external_ids/remove', body: { external_ids: ['bob'] } },
  {
    operation: 'POST /users/merge',
    body: {
      merge_updates: [
        {
          identifier_to_merge: { user_alias: { alias_label: 'crm', alias_name: 'c-7' } },
          identifier_to_keep: { external_id: 'ann' },
        },
      ],
    },
  },
  {
    operation: 'POST /users/identify',
    body: {
      aliases_to_identify: [{ external_id: 'ann-2', user_alias: { alias_label: 'crm', alias_name: 'nobody' } }],
    },
  },
  { operation: 'POST /users/delete', body: { external_ids: ['cleo', 'nobody'] } },
  {
    operation: 'POST /v1/locations',
    body: { key: 'lyon-shop', name: 'The shop in Lyon', latitude: 45.76, longitude: 4.84, radius: 500 },
  },
  { operation: 'GET /v1/locations' },
  { operation: 'GET /v1/locations/{key}', params: SHOP },
  { operation: 'DELETE /v1/locations/{key}', params: SHOP },
  { operation: 'PUT /v1/secrets/{name}', params: CRM, body: { value: 'Bearer 0f3c9a7e-of-the-crm' } },
  { operation: 'GET /v1/secrets' },
  { operation: 'DELETE /v1/secrets/{name}', params: CRM },
  { operation: 'GET /v1/schemas/campaign.json', shown: ['$schema', 'title', 'type'] },
  { operation: 'GET /healthz' },
  { operation: 'GET /readyz' },
  { operation: 'GET /metrics', shown: 2 },
];
