// A request of every route that asks the database, on a seeded one.
import { MINUTE, type Recording, SECOND } from '../../setup/recording.js';
import { getLines, readLines } from '../../setup/simulating.js';
import { definition, type Seeded } from './seed.js';

export type Path = readonly [name: string, run: () => Promise<unknown>];

const MESSAGES = [{ channel: 'email', subject: 'Hello', text: 'Hello' }];
/** One that names a secret. */
function secretive(key: string, secret: string) {
  const headers = { authorization: { secret } };
  const message = { channel: 'webhook', url: 'https://receiver.example/', body: {}, headers };
  return { key, name: 'Secretive', trigger: { customEvent: 'go' }, messages: [message] };
}

const SHOP = { key: 'shop', name: 'Shop', latitude: 45, longitude: 4, radius: 500 };

const AUDIENCE = { attribute: 'country', equals: 'FR' };

/** Not what asks about everybody. */
function segments(operation: (route: string, path: string, body?: object) => Path): readonly Path[] {
  const named = { key: 'named', name: 'Named', audience: AUDIENCE, trackSize: true };
  const naming = { key: 'naming', name: 'Naming', audience: { segment: 'named' } };
  const campaign = { key: 'of-segment', name: 'Of a segment', ...definition(0), audience: { segment: 'naming' } };
  return [
    operation('POST /v1/segments', '/v1/segments', named),
    operation('POST /v1/segments', '/v1/segments', naming),
    operation('POST /v1/campaigns', '/v1/campaigns', { ...campaign, messages: MESSAGES }),
    operation('PUT /v1/segments/{key}', '/v1/segments/named', { ...named, audience: { not: AUDIENCE } }),
    operation('GET /v1/segments', '/v1/segments?state=active&tag=x&name=n'),
    operation('GET /v1/segments/{key}', '/v1/segments/named'),
    operation('GET /v1/segments/{key}/versions', '/v1/segments/named/versions'),
    operation('GET /v1/segments/{key}/sizes', '/v1/segments/named/sizes'),
    operation('GET /v1/segments/{key}/check', '/v1/segments/naming/check?user=u26'),
    operation('GET /v1/users/{external_id}/segments', '/v1/users/u26/segments'),
    operation('POST /v1/segments/{key}/archive', '/v1/segments/named/archive?preview=true'),
    operation('POST /v1/segments/{key}/archive', '/v1/segments/named/archive'),
    operation('POST /v1/segments/{key}/restore', '/v1/segments/named/restore'),
  ];
}

/** Named by method and route. In an order in which they hold together; people are named by what happens to them once. */
export function requests(r: Recording, { campaigns, stopped }: Seeded): readonly Path[] {
  const [key = '', edited = '', ended = '', archived = ''] = campaigns;
  const call = async (method: 'get' | 'post' | 'put' | 'delete', path: string, body?: object) => {
    const answer = await r.send(method, path, body as never);
    const { valid, errors } = Object(answer.body);

    if (answer.status >= 300 || valid === false || errors?.length > 0)
      throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  const operation = (route: string, path: string, body?: object): Path => {
    const method = route.split(' ')[0]?.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
    return [route, () => call(method, path, body)];
  };
  const track = (items: Parameters<Recording['track']>[0]): Path => ['POST /users/track', () => r.track(items)];
  const event = (person: object, name: string, more?: object) => track({ events: [{ ...person, name, ...more }] });
  const u = (n: number) => ({ external_id: `u${n}` });
  const change = (n: number, attributes: object) => track({ attributes: [{ ...u(n), ...attributes }] });
  const period = { from: r.iso(-MINUTE), to: r.iso() };
  /** Up to now, so that what happened in the test is part of it. */
  const simulated = () => {
    r.api.clock.now += SECOND;
    return { from: r.iso(-MINUTE), to: r.iso() };
  };
  const today = period.to.slice(0, 10);
  const whole = (n: number, more: object = {}) => ({
    ...definition(n),
    name: `Edited ${n}`,
    messages: MESSAGES,
    ...more,
  });
  return [
    event(u(1), 'x'),
    event(u(2), 'go-0'),
    event(u(2), 'stop-0'),
    event(u(3), 'x', { event_id: 'once' }),
    track({ purchases: [{ ...u(4), product_id: 'p', currency: 'EUR', price: 5 }] }),
    event({ external_id: 'somebody new' }, 'x'),
    event({ user_alias: { alias_label: 'crm', alias_name: 'a5' } }, 'x'),
    event({ user_alias: { alias_label: 'crm', alias_name: 'new' } }, 'x'),
    event({ email: 'u6@example.com' }, 'x'),
    event({ email: 'new@example.com' }, 'x'),
    event({ phone: '+337' }, 'x'),
    change(8, { email: 'other@example.com', phone: '+338888', country: 'FR' }),
    change(9, { time_zone: 'Asia/Tokyo' }),
    change(10, { email_subscribe: 'unsubscribed' }),
    track({ attributes: [{ external_id: 'of-many-1', email_subscribe: 'unsubscribed' }] }),
    event(u(11), 'refused'),
    event(u(22), 'local'),
    change(22, { time_zone: 'America/New_York' }),
    track({ attributes: [{ user_alias: { alias_label: 'crm', alias_name: 'newer' }, _update_existing_only: false }] }),
    [
      'POST /users/track',
      async () => {
        for (let n = 0; n < 2; n++) {
          const body = { events: [{ ...u(23), name: 'x', time: r.iso() }] };
          await r.send('post', '/users/track', body).set('idempotency-key', 'once').expect(201);
        }
      },
    ],
    operation('POST /subscription/status/set', '/subscription/status/set', {
      subscription_group_id: 'news',
      subscription_state: 'subscribed',
      phone: ['+3324'],
    }),
    operation('POST /v1/campaigns/validate', '/v1/campaigns/validate', {
      key: 'referring',
      ...whole(0, { trigger: { interaction: 'email_open', campaign: 'to-come' }, exceptions: [] }),
    }),
    operation('POST /subscription/status/set', '/subscription/status/set', {
      subscription_group_id: 'news',
      subscription_state: 'subscribed',
      external_id: ['u12'],
    }),
    operation('POST /users/alias/new', '/users/alias/new', {
      user_aliases: [
        { ...u(25), alias_label: 'shop', alias_name: 's25' },
        { alias_label: 'shop', alias_name: 'new' },
        { alias_label: 'shop', alias_name: 'newest' },
      ],
    }),
    operation('POST /users/alias/update', '/users/alias/update', {
      alias_updates: [{ alias_label: 'crm', old_alias_name: 'a26', new_alias_name: 'b26' }],
    }),
    operation('POST /users/external_ids/rename', '/users/external_ids/rename', {
      external_id_renames: [{ current_external_id: 'u27', new_external_id: 'renamed' }],
    }),
    operation('GET /v1/users/{external_id}', '/v1/users/u27'),
    operation('POST /users/external_ids/remove', '/users/external_ids/remove', { external_ids: ['u27'] }),
    operation('POST /users/merge', '/users/merge', {
      merge_updates: [
        { identifier_to_merge: u(30), identifier_to_keep: u(31) },
        {
          identifier_to_merge: { email: 'u32@example.com', prioritization: ['most_recently_updated'] },
          identifier_to_keep: { phone: '+3333', prioritization: ['identified'] },
        },
      ],
    }),
    operation('POST /users/identify', '/users/identify', {
      aliases_to_identify: [{ external_id: 'nobody yet', user_alias: { alias_label: 'shop', alias_name: 'new' } }],
    }),
    operation('POST /users/identify', '/users/identify', {
      aliases_to_identify: [{ ...u(34), user_alias: { alias_label: 'shop', alias_name: 'newest' } }],
      merge_behavior: 'none',
    }),
    operation('POST /users/delete', '/users/delete', { external_ids: ['u28', 'u29'] }),
    operation('POST /v1/interactions', '/v1/interactions', {
      interactions: [{ ...u(13), interaction: 'email_open', event_id: 'open', campaign: key, time: r.iso() }],
    }),
    operation('POST /v1/interactions', '/v1/interactions', {
      interactions: [{ ...u(15), conversion: 0, event_id: 'sale', campaign: key, time: r.iso() }],
    }),
    operation('GET /v1/campaigns', '/v1/campaigns?limit=50'),
    operation('GET /v1/campaigns', '/v1/campaigns?state=active&name=Campaign'),
    operation('GET /v1/campaigns/{key}', `/v1/campaigns/${key}`),
    operation('GET /v1/campaigns/{key}/funnel', `/v1/campaigns/${key}/funnel`),
    operation('GET /v1/campaigns/{key}/funnel', `/v1/campaigns/${key}/funnel?from=${today}&to=${today}`),
    operation('GET /v1/campaigns/{key}/waiting', `/v1/campaigns/${key}/waiting?limit=20`),
    operation('GET /v1/outcomes', '/v1/outcomes?limit=20'),
    operation('GET /v1/outcomes', `/v1/outcomes?limit=20&campaign=${key}`),
    operation('GET /v1/outcomes', '/v1/outcomes?limit=20&reason=campaign_stopped'),
    operation('GET /v1/outcomes', `/v1/outcomes?limit=20&from=${period.from}&to=${period.to}`),
    operation('GET /v1/outcomes', '/v1/outcomes?limit=20&user=u14'),
    operation('GET /v1/parked', '/v1/parked?limit=20'),
    operation('GET /v1/parked', `/v1/parked?limit=20&campaign=${key}`),
    operation('POST /v1/audiences/check', '/v1/audiences/check', {
      audience: {
        any: [
          { lastDid: 'x', lessThan: '1 day' },
          { received: { campaign: key, channel: 'webhook' } },
          { eventCount: 'x', atLeast: 2, inLast: '7 days', where: [{ property: 'a', equals: 1 }] },
        ],
      },
      external_id: 'u1',
    }),
    operation('POST /v1/search', '/v1/search', { q: 'u15@example.com' }),
    operation('POST /v1/search', '/v1/search', { q: '+3316' }),
    operation('POST /v1/search', '/v1/search', { q: 'u17' }),
    operation('GET /v1/catalogue/events', '/v1/catalogue/events'),
    operation('GET /v1/catalogue/properties', '/v1/catalogue/properties?event=add_to_cart'),
    operation('GET /v1/catalogue/attributes', '/v1/catalogue/attributes'),
    operation('GET /v1/catalogue/products', '/v1/catalogue/products'),
    operation('GET /v1/users', '/v1/users?limit=20'),
    operation('GET /v1/users', '/v1/users?limit=20&prefix=u1'),
    operation('GET /v1/users', '/v1/users?limit=20&alias_label=crm'),
    operation('GET /v1/users', '/v1/users?limit=20&alias_label=crm&alias_name=a19'),
    operation('GET /v1/users/{external_id}', '/v1/users/u18'),
    ['GET /v1/users/{external_id}/export', () => getLines(r, '/v1/users/u18/export')],
    ['GET /v1/users-by-id/{id}/export', () => getLines(r, '/v1/users-by-id/18/export')],
    [
      'GET /v1/users-by-alias/{alias_label}/{alias_name}/export',
      () => getLines(r, '/v1/users-by-alias/crm/a19/export'),
    ],
    operation('GET /v1/users/{external_id}/timeline', '/v1/users/u18/timeline?limit=50'),
    operation('GET /v1/users-by-id/{id}', '/v1/users-by-id/18'),
    operation('GET /v1/users-by-id/{id}/timeline', '/v1/users-by-id/18/timeline'),
    operation('GET /v1/users-by-alias/{alias_label}/{alias_name}', '/v1/users-by-alias/crm/a19'),
    operation('GET /v1/users-by-alias/{alias_label}/{alias_name}/timeline', '/v1/users-by-alias/crm/a19/timeline'),
    operation('GET /v1/explain', `/v1/explain?campaign=${key}&user=u20`),
    operation('POST /v1/explain', '/v1/explain', { campaign: key, email: 'u21@example.com' }),
    operation('POST /v1/campaigns', '/v1/campaigns', { key: 'draft', ...whole(0) }),
    operation('POST /v1/campaigns/validate', '/v1/campaigns/validate', { key: 'other', ...whole(0) }),
    operation('POST /v1/campaigns/{key}/duplicate', `/v1/campaigns/${key}/duplicate`, { name: 'Again' }),
    operation(
      'PUT /v1/campaigns/{key}',
      `/v1/campaigns/${edited}?preview=true`,
      whole(1, { delay: { after: '2 hours' } }),
    ),
    operation(
      'PUT /v1/campaigns/{key}',
      `/v1/campaigns/${edited}`,
      whole(1, { window: { from: '00:00', to: '23:00', zone: 'user' } }),
    ),
    [
      'POST /v1/campaigns/simulate',
      () => readLines(r, '/v1/campaigns/simulate', { ...simulated(), definition: whole(0, { key: 'other' }) }),
    ],
    ['POST /v1/campaigns/{key}/simulate', () => readLines(r, `/v1/campaigns/${key}/simulate`, simulated())],
    operation('POST /v1/campaigns/{key}/launch', '/v1/campaigns/draft/launch?preview=true'),
    operation('POST /v1/campaigns/{key}/launch', '/v1/campaigns/draft/launch'),
    operation('POST /v1/campaigns/{key}/stop', `/v1/campaigns/${ended}/stop?preview=true`),
    operation('POST /v1/campaigns/{key}/stop', `/v1/campaigns/${ended}/stop`),
    operation('POST /v1/campaigns/{key}/resume', `/v1/campaigns/${stopped}/resume`),
    operation('POST /v1/campaigns/{key}/archive', `/v1/campaigns/${archived}/archive`),
    operation('POST /v1/locations', '/v1/locations', SHOP),
    operation('GET /v1/locations', '/v1/locations'),
    operation('GET /v1/locations/{key}', '/v1/locations/shop'),
    operation('DELETE /v1/locations/{key}', '/v1/locations/shop'),
    ...segments(operation),
    operation('PUT /v1/secrets/{name}', '/v1/secrets/token', { value: 'Bearer of-nobody' }),
    operation('POST /v1/campaigns/validate', '/v1/campaigns/validate', secretive('secretive', 'token')),
    operation('POST /v1/campaigns/validate', '/v1/campaigns/validate', secretive('secretive', 'tokem')),
    operation('GET /v1/secrets', '/v1/secrets'),
    operation('DELETE /v1/secrets/{name}', '/v1/secrets/token'),
    operation('GET /readyz', '/readyz'),
    operation('GET /metrics', '/metrics'),
  ];
}
