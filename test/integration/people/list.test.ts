// Lists of people, page by page, and all that is held of one of them.
import { HOUR, MINUTE, type Recording, someone, startRecording } from '../../setup/recording.js';
import { type Sending, startSending } from '../../setup/sending.js';
import { getLines } from '../../setup/simulating.js';

let r: Recording;
let sending: Sending;
beforeAll(async () => {
  r = await startRecording();
  sending = startSending(r);
});
afterAll(async () => {
  await sending.stop();
  await r.api.close();
});

interface Page {
  readonly people: readonly { readonly userId: string; readonly user: string | null; readonly name: string }[];
  readonly next: string | null;
}

async function page(query: string): Promise<Page> {
  const { status, body, text } = await r.send('get', `/v1/users?${query}`);
  if (status !== 200) throw new Error(`answered ${status}: ${text}`);
  return body;
}

/** All pages of it. */
async function everybody(query: string, limit: number) {
  const people: Page['people'][number][] = [];
  for (let after = ''; ; ) {
    const { people: more, next } = await page(`${query}&limit=${limit}${after}`);
    people.push(...more);
    if (next === null) return people;
    expect(more).toHaveLength(limit);
    after = `&after=${next}`;
  }
}

describe('GET /v1/users', () => {
  // Of bytes, not of any language: é comes behind z, Z before a.
  const ids = [
    'list-Z',
    'list-a',
    'list-a%',
    'list-a1',
    'list-a_',
    'list-z',
    'list-é',
    'list-\ud7ff',
    'list-\uffee',
    'list-\u{10ffff}x',
  ];
  beforeAll(async () => {
    await r.track({
      attributes: ids
        .toReversed()
        .map((external_id) => ({ external_id, email: `${ids.indexOf(external_id)}@example.com` })),
    });
    await r.track({
      attributes: ['b', 'a', 'c'].map((alias_name) => ({
        user_alias: { alias_label: 'shelf', alias_name },
        _update_existing_only: false,
      })),
    });
  });

  test('everybody, by internal id, each once, whatever the size of a page', async () => {
    const all = await everybody('', 100);
    expect(all.length).toBeGreaterThanOrEqual(13);
    expect(all.map(({ userId }) => Number(userId))).toEqual(
      all.map(({ userId }) => Number(userId)).toSorted((a, b) => a - b),
    );
    for (const limit of [1, 2, 5]) expect(await everybody('', limit)).toEqual(all);
  });

  test.each([
    ['list-', ids],
    ['list-a', ['list-a', 'list-a%', 'list-a1', 'list-a_']],
    ['list-a%', ['list-a%']],
    ['LIST', []],
    ['list-\ud7ff', ['list-\ud7ff']],
    ['list-\u{10ffff}', ['list-\u{10ffff}x']],
  ])('those whose external id begins with %j', async (prefix, found) => {
    const query = `prefix=${encodeURIComponent(prefix)}`;
    for (const limit of [1, 3, 100]) expect((await everybody(query, limit)).map(({ user }) => user)).toEqual(found);
  });

  test('those who have an alias of a label, and who has one', async () => {
    for (const limit of [1, 2, 100])
      expect((await everybody('alias_label=shelf', limit)).map(({ name }) => name)).toEqual([
        'shelf:a',
        'shelf:b',
        'shelf:c',
      ]);
    expect((await everybody('alias_label=shelf&alias_name=b', 5)).map(({ name }) => name)).toEqual(['shelf:b']);
    expect(await everybody('alias_label=shelf&alias_name=d', 5)).toEqual([]);
  });

  describe('those of a segment', () => {
    beforeAll(async () => {
      await r.track({
        attributes: ids.map((external_id, n) => ({ external_id, shelf: n % 3 === 0 ? 'top' : 'low' })),
      });
      const audience = { attribute: 'shelf', equals: 'top' };
      await r.send('post', '/v1/segments', { key: 'top', name: 'Top', audience }).expect(201);
      await r
        .send('post', '/v1/segments', {
          key: 'empty',
          name: 'Empty',
          audience: { none: [{ segment: 'top' }, { not: { segment: 'top' } }] },
        })
        .expect(201);
    });

    test('by internal id, each once, whatever the size of a page, and as the list of all shows them', async () => {
      const all = await everybody('', 100);
      const top = ids.filter((_, n) => n % 3 === 0);
      const members = all.filter(({ user }) => user !== null && top.includes(user));
      expect(members).toHaveLength(4);
      for (const limit of [1, 2, 4, 100]) expect(await everybody('segment=top', limit)).toEqual(members);
      expect(await everybody('segment=empty', 10)).toEqual([]);
    });

    test('one of a key that is not there is answered 404, and answers carry no address', async () => {
      expect((await r.send('get', '/v1/users?segment=none')).status).toBe(404);
      expect((await r.send('get', '/v1/users?segment=top')).text).not.toContain('@example.com');
    });
  });

  test('answers carry no address, and search finds people by one in its body, exactly', async () => {
    const { text } = await r.send('get', '/v1/users?prefix=list-');
    expect(text).not.toContain('@example.com');
    const search = async (q: string) =>
      (await r.send('post', '/v1/search', { q })).body.people.map(({ user }: { user: string }) => user);
    expect(await search('1@EXAMPLE.com')).toEqual(['list-a']);
    expect(await search('@example.com')).toEqual([]);
  });

  test.each([
    ['prefix=a&alias_label=b', 400],
    ['alias_name=b', 400],
    ['segment=a&prefix=b', 400],
    ['segment=a&alias_label=b', 400],
    ['prefix=%00', 400],
    ['limit=101', 400],
    ['email=a@example.com', 400],
  ])('%s is answered %i', async (query, status) => {
    expect((await r.send('get', `/v1/users?${query}`)).status).toBe(status);
  });

  test('a cursor of one order is refused in another', async () => {
    const byId = (await page('limit=1')).next;
    const byPrefix = (await page('limit=1&prefix=list-')).next;
    const byLabel = (await page('limit=1&alias_label=shelf')).next;
    const bySegment = (await page('limit=1&segment=top')).next;
    for (const [query, ...cursors] of [
      ['limit=1', byPrefix, byLabel, bySegment],
      ['prefix=list-', byId, byLabel, bySegment],
      ['alias_label=shelf', byId, byPrefix, bySegment],
      ['segment=top', byId, byPrefix, byLabel],
    ]) {
      for (const after of cursors) {
        const { status, body } = await r.send('get', `/v1/users?${query}&after=${after}`);
        expect([status, body.problems]).toEqual([400, [expect.objectContaining({ path: 'after' })]]);
      }
    }
  });
});

describe('GET /v1/users/{id}/export', () => {
  const lines = (path: string) => getLines(r, path);
  const kinds = (exported: readonly object[]) => {
    const counts: Record<string, number> = {};
    for (const line of exported) for (const kind of Object.keys(line)) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  };

  test('ID-07: everything that is held of the person, and of nobody else', async () => {
    const [user, other] = [someone(), someone()];
    const sent = await r.launch({ trigger: { customEvent: 'export' } });
    await r.launch({ trigger: { customEvent: 'export' }, delay: { after: '1 hour' } });
    const refusing = await r.launch({
      trigger: { customEvent: 'export' },
      audience: { attribute: 'tier', equals: 'gold' },
    });
    for (const external_id of [user, other])
      await r.track({
        attributes: [{ external_id, email: `${external_id}@example.com`, secret: `of ${external_id}` }],
      });
    for (const each of [user, other]) await r.event(each, 'export', { properties: { note: `by ${each}` } });
    await r.purchase(user);
    await sending.attempt(sent, user);
    const { rows } = await r.api.database.pool.query('select id from users where external_id = $1', [user]);
    const exported = await lines(`/v1/users/${user}/export`);
    expect(await lines(`/v1/users-by-id/${rows[0].id}/export`)).toEqual(exported);
    expect(exported[0]).toMatchObject({
      person: { externalId: user, email: `${user}@example.com`, attributes: { secret: `of ${user}` } },
    });
    expect(kinds(exported)).toEqual({
      person: 1,
      total: 2,
      receipt: 1,
      engagement: 1,
      event: 4,
      rejection: 1,
      pairing: 2,
      message: 1,
      end: 1,
    });
    expect(exported.at(-1)).toEqual({
      end: { total: 2, receipt: 1, engagement: 1, event: 4, rejection: 1, pairing: 2, message: 1 },
    });
    const text = JSON.stringify(exported);
    expect(text).not.toContain(other);
    for (const told of [`by ${user}`, sent, refusing, r.iso()]) expect(text).toContain(told);
  });

  test('of somebody who has more than a page, each once', async () => {
    const user = someone();
    const events = Array.from({ length: 2_345 }, (_, n) => ({
      external_id: user,
      name: `many-${n % 3}`,
      time: r.iso(-n * MINUTE),
      properties: { n, filler: 'x'.repeat(n % 7 === 0 ? 20_000 : 10) },
    }));
    for (let n = 0; n < events.length; n += 75) await r.track({ events: events.slice(n, n + 75) });
    const exported = await lines(`/v1/users/${user}/export`);
    const numbers = exported.flatMap(
      (line) => (line.event as { properties: { n?: number } } | undefined)?.properties.n ?? [],
    );
    expect(numbers.toSorted((a, b) => a - b)).toEqual(events.map((_, n) => n));
    expect(exported.at(-1)).toMatchObject({ end: { event: 2_345 } });
  }, 60_000);

  test('nobody of that name is 404', async () => {
    r.api.clock.now += HOUR;
    for (const path of ['users/nobody', 'users-by-id/999999', 'users-by-alias/crm/nobody'])
      expect((await r.send('get', `/v1/${path}/export`)).status).toBe(404);
  });
});
