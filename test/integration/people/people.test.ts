// People without an external id are found, read and explained by alias, internal id and address.
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

/** Somebody known by an alias only, with an address; returns what they can be asked for by. */
async function aliasOnly() {
  const name = someone();
  const email = `${name}@example.com`;
  const user_alias = { alias_label: 'crm/1', alias_name: name };
  await r.track({ attributes: [{ user_alias, _update_existing_only: false, email, phone: `+3361${Date.now()}` }] });
  const { rows } = await r.api.database.pool.query<{ id: number; phone: string }>(
    'select id, phone from users where email = $1',
    [email],
  );
  const { id, phone } = rows[0] ?? { id: 0, phone: '' };
  return { name, email, phone, user_alias, id: String(id) };
}

describe('B20: people without an external id', () => {
  test('explain answers by alias and internal id in the URL, by e-mail and phone in a body', async () => {
    const person = await aliasOnly();
    const campaign = await r.launch({ trigger: { customEvent: person.name } });
    await r.track({ events: [{ user_alias: person.user_alias, name: person.name }] });
    const label = encodeURIComponent(person.user_alias.alias_label);
    const answers = [
      await r.send('get', `/v1/explain?campaign=${campaign}&user_id=${person.id}`),
      await r.send('get', `/v1/explain?campaign=${campaign}&alias_label=${label}&alias_name=${person.name}`),
      await r.send('post', '/v1/explain', { campaign, email: person.email }),
      await r.send('post', '/v1/explain', { campaign, email: person.email.toUpperCase() }),
      await r.send('post', '/v1/explain', { campaign, phone: person.phone }),
      await r.send('post', '/v1/explain', { campaign, user_alias: person.user_alias }),
      await r.send('post', '/v1/explain', { campaign, id: person.id }),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ user: null, userId: person.id, status: 'will_receive', sharedWith: [] });
      expect(body.sentence).toMatch(new RegExp(`^crm/1:${person.name} is due to get `));
    }
  });

  test('of several people with one address it is about the one that /users/track would mean, and names the others', async () => {
    const anonymous = await aliasOnly();
    const user = someone();
    await r.track({ attributes: [{ external_id: user, email: anonymous.email }] });
    const campaign = await r.launch({ trigger: { customEvent: user } });
    const { body } = await r.send('post', '/v1/explain', { campaign, email: anonymous.email });
    expect(body).toMatchObject({ user, status: 'never_entered', sharedWith: [{ userId: anonymous.id, user: null }] });
  });

  test('nobody of that name is said without repeating an address', async () => {
    const campaign = await r.launch({ trigger: { customEvent: 'x' } });
    const { body } = await r.send('post', '/v1/explain', { campaign, email: 'nobody@example.com' });
    expect(body).toMatchObject({ status: 'unknown_person', userId: null });
    expect(body.sentence).toBe('Nobody with this e-mail address is known.');
    const byId = await r.send('get', `/v1/explain?campaign=${campaign}&user_id=999999`);
    expect(byId.body.sentence).toBe('Nobody with the internal id 999999 is known.');
  });

  test.each([
    ['get', '/v1/explain?campaign=C', undefined, 'Name the person by exactly one of'],
    ['get', '/v1/explain?campaign=C&user=a&user_id=1', undefined, 'Name the person by exactly one of'],
    ['get', '/v1/explain?campaign=C&alias_label=a', undefined, 'Name the person by exactly one of'],
    ['post', '/v1/explain', { campaign: 'C' }, 'Name the person by exactly one of'],
    ['post', '/v1/explain', { campaign: 'C', email: 'a@b.c', id: '1' }, 'Name the person by exactly one of'],
    ['post', '/v1/explain', { campaign: 'C', mail: 'a@b.c' }, 'The body is not valid'],
    ['get', '/v1/users-by-id/ann', undefined, 'The path or query is not valid'],
  ] as const)('%s %s %j is refused', async (method, path, body, detail) => {
    const campaign = await r.launch({ trigger: { customEvent: 'x' } });
    const sent = body === undefined ? undefined : { ...body, campaign };
    const answer = await r.send(method, path.replace('campaign=C', `campaign=${campaign}`), sent);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain(detail);
  });

  test('the person and their timeline are read by internal id and by alias', async () => {
    const person = await aliasOnly();
    await r.track({ events: [{ user_alias: person.user_alias, name: 'visit' }] });
    const alias = `${encodeURIComponent('crm/1')}/${person.name}`;
    for (const path of [`/v1/users-by-id/${person.id}`, `/v1/users-by-alias/${alias}`]) {
      const { status, body } = await r.send('get', path);
      expect([status, body]).toMatchObject([200, { id: person.id, externalId: null, email: person.email }]);
      const timeline = await r.send('get', `${path}/timeline?limit=1`);
      expect(timeline.body).toMatchObject({ entries: [{ kind: 'event', name: 'visit' }], next: expect.any(String) });
    }
    expect((await r.send('get', '/v1/users-by-id/999999')).status).toBe(404);
    expect((await r.send('get', '/v1/users-by-alias/crm/nobody/timeline')).status).toBe(404);
  });

  test('parked messages name them', async () => {
    const person = await aliasOnly();
    await r.launch({ trigger: { customEvent: person.name } });
    await r.track({ events: [{ user_alias: person.user_alias, name: person.name }] });
    await r.api.database.pool.query("update pairings set state = 'parked' where user_id = $1", [person.id]);
    const { body } = await r.send('get', '/v1/parked?limit=1');
    expect(body.parked).toMatchObject([{ user: null, userId: person.id, who: `crm/1:${person.name}` }]);
  });
});

describe('search', () => {
  test('finds people by each of their names, says what was searched, and shows no address', async () => {
    const person = await aliasOnly();
    const found = { userId: person.id, user: null, name: `crm/1:${person.name}` };
    const search = async (q: string) => (await r.send('post', '/v1/search', { q })).body;
    expect(await search(person.name)).toMatchObject({ people: [{ ...found, matched: ['alias name'] }], more: false });
    expect(await search(person.id)).toMatchObject({ people: [{ ...found, matched: ['internal id'] }] });
    expect(await search(person.phone)).toMatchObject({ people: [{ ...found, matched: ['phone number'] }] });
    const byEmail = await search(` ${person.email.toUpperCase()} `);
    expect(byEmail).toEqual({
      searched: ['external id', 'alias name', 'e-mail address'],
      people: [{ ...found, aliases: [{ label: 'crm/1', name: person.name }], matched: ['e-mail address'] }],
      more: false,
    });
    expect(await search('nobody at all')).toEqual({ searched: ['external id', 'alias name'], people: [], more: false });
  });

  test('says when there are more, and refuses what is no search', async () => {
    const email = `${someone()}@example.com`;
    await r.track({ attributes: [1, 2, 3].map(() => ({ external_id: someone(), email })) });
    const { body } = await r.send('post', '/v1/search', { q: email, limit: 2 });
    expect([body.people.length, body.more]).toEqual([2, true]);
    for (const wrong of [{}, { q: ' ' }, { q: 'x', limit: 51 }, { q: 'x'.repeat(988) }, { q: 'x', page: 2 }])
      expect((await r.send('post', '/v1/search', wrong)).status).toBe(400);
  });
});
