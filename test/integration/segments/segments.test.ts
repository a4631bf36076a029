// Segments as resources (SG-05, SG-06): definitions, versions, lifecycle, and what may name what.
import { type Recording, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording({}, 2);
});
afterAll(() => r.api.close());

const FRENCH = { attribute: 'country', equals: 'FR' };
const GOLD = { attribute: 'tier', equals: 'gold' };
let serial = 0;

const create = (audience: object, more: object = {}) =>
  r.send('post', '/v1/segments', { key: `segment-${++serial}`, name: `Segment ${serial}`, audience, ...more });
const made = async (audience: object, more: object = {}): Promise<string> => {
  const { status, body } = await create(audience, more);
  expect([status, body.detail]).toEqual([201, undefined]);
  return body.key;
};
const edit = (key: string, audience: object, more: object = {}) =>
  r.send('put', `/v1/segments/${key}`, { name: key, audience, ...more });
const detailOf = ({ status, body }: { status: number; body: { detail?: string } }) => [status, body.detail];

test('a segment is created, read, listed, edited by versions, and each change is in the audit', async () => {
  const key = await made(FRENCH, { tags: ['b', 'a', 'b'], description: 'All of France' });
  const { body: created } = await r.send('get', `/v1/segments/${key}`);
  expect(created).toMatchObject({
    key,
    state: 'active',
    allowedActions: ['archive'],
    tags: ['a', 'b'],
    version: 1,
    sentence: 'country equals FR',
    definition: { schemaVersion: 1, key, tags: ['a', 'b'], audience: FRENCH, trackSize: false },
  });
  expect((await edit(key, GOLD)).body).toMatchObject({ version: 2, sentence: 'tier equals gold' });
  const same = await edit(key, GOLD);
  expect(same.body).toMatchObject({ version: 2 });

  const { body: first } = await r.send('get', `/v1/segments/${key}/versions?limit=1`);
  expect(first.versions).toMatchObject([{ version: 2, sentence: 'tier equals gold' }]);
  const { body: second } = await r.send('get', `/v1/segments/${key}/versions?limit=1&after=${first.next}`);
  expect(second).toMatchObject({ versions: [{ version: 1, definition: { audience: FRENCH } }], next: null });

  const other = await made(GOLD, { tags: ['a'] });
  const { body: tagged } = await r.send('get', '/v1/segments?tag=a');
  expect(tagged.segments.map((each: { key: string }) => each.key)).toEqual([other]);
  const { body: named } = await r.send('get', `/v1/segments?name=${key.toUpperCase()}&limit=1`);
  expect(named.segments.map((each: { key: string }) => each.key)).toEqual([key]);

  const { rows } = await r.api.database.pool.query(
    'select action, before, after from audit_log where subject = $1 order by id',
    [`segment/${key}`],
  );
  expect(rows).toMatchObject([
    { action: 'segment.create', before: null, after: { version: 1 } },
    { action: 'segment.update', before: { version: 1 }, after: { version: 2 } },
  ]);
});

test('a definition in YAML is read, and what is wrong in one is told by place and line', async () => {
  const send = (text: string) => r.send('post', '/v1/segments').set('content-type', 'application/yaml').send(text);
  const { status, body } = await send(
    'name: From YAML\naudience:\n  all:\n    - attribute: tier\n      equals: gold\n',
  );
  expect([status, body.key]).toEqual([201, 'from-yaml']);
  const { status: refused, body: problem } = await send(
    'name: Wrong\naudience:\n  atribute: tier\n  equals: gold\ntag: x\n',
  );
  expect(refused).toBe(422);
  expect(problem.problems).toMatchObject([
    { path: 'audience.atribute', line: 3 },
    { path: 'tag', line: 5 },
  ]);
  expect((await create(FRENCH, { key: 'from-yaml' })).status).toBe(409);
  const { body: other } = await edit('from-yaml', GOLD, { key: 'another' });
  expect(other.problems).toMatchObject([{ path: 'key' }]);
  expect((await r.send('get', '/v1/segments/nobody')).status).toBe(404);
});

test('SG-05: a segment may name others, of which none names one itself; nobody names itself', async () => {
  const plain = await made(FRENCH);
  const naming = await made({ all: [{ segment: plain }, GOLD] });
  expect(detailOf(await create({ segment: naming }))).toEqual([
    409,
    expect.stringContaining(`refers to segment '${naming}', which refers to segments itself`),
  ]);
  expect(detailOf(await edit(plain, { segment: await made(GOLD) }))).toEqual([
    409,
    `Segment '${naming}' refers to segment '${plain}', which so may refer to none: one level is allowed.`,
  ]);
  expect(detailOf(await edit(plain, { not: { segment: plain } }))).toEqual([
    409,
    `Segment '${plain}' would name itself.`,
  ]);
  expect(detailOf(await create({ segment: 'missing' }))).toEqual([409, expect.stringContaining("segment 'missing'")]);
  expect((await edit(naming, GOLD)).status).toBe(200);
  expect((await edit(plain, { segment: naming })).status).toBe(200);
});

test('filters are counted with those of the segments, wherever a change would make them too many', async () => {
  const many = (count: number) => ({ any: Array.from({ length: count }, (_, n) => ({ attribute: 'n', equals: n })) });
  const sixty = await made(many(60));
  expect(detailOf(await create({ all: [{ segment: sixty }, many(41)] }))).toEqual([
    409,
    expect.stringContaining('would have 101 filters'),
  ]);
  const forty = { all: [{ segment: sixty }, many(40)] };
  const naming = await made(forty);
  expect(detailOf(await edit(sixty, many(61)))).toEqual([
    409,
    expect.stringContaining(`Segment '${naming}' would have 101`),
  ]);
  await edit(naming, GOLD);
  const campaign = await r.launch({ trigger: { customEvent: 'x' }, audience: forty });
  expect(detailOf(await edit(sixty, many(61)))).toEqual([
    409,
    expect.stringContaining(`Campaign '${campaign}' would have 101`),
  ]);
  expect((await edit(sixty, many(59))).status).toBe(200);
});

test('SG-06: archiving a segment archives the segments and campaigns that refer to it, as the preview says', async () => {
  const key = await made(FRENCH);
  const naming = await made({ segment: key });
  const untouched = await r.launch({ trigger: { customEvent: 'archived' } });
  const direct = await r.launch({
    trigger: { customEvent: 'archived' },
    delay: { after: '1 day' },
    audience: { segment: key },
  });
  const through = await r.launch({ trigger: { customEvent: 'archived' }, audience: { not: { segment: naming } } });
  await r.track({
    attributes: [{ external_id: 'ann', country: 'FR' }],
    events: [{ external_id: 'ann', name: 'archived' }],
  });

  const { body: preview } = await r.send('post', `/v1/segments/${key}/archive?preview=true`);
  expect(preview).toEqual({
    preview: true,
    key,
    segments: [naming],
    campaigns: [
      { key: direct, name: expect.any(String), state: 'active', waiting: 1 },
      { key: through, name: expect.any(String), state: 'active', waiting: 0 },
    ],
  });
  const { body: done } = await r.send('post', `/v1/segments/${key}/archive`);
  expect(done).toMatchObject({
    state: 'archived',
    allowedActions: ['restore'],
    segments: [naming],
    campaigns: [
      { key: direct, dropped: 1 },
      { key: through, dropped: 0 },
    ],
  });
  const stateOf = async (path: string) => (await r.send('get', path)).body.state;
  expect(await stateOf(`/v1/segments/${naming}`)).toBe('archived');
  expect(await stateOf(`/v1/campaigns/${direct}`)).toBe('archived');
  expect(await stateOf(`/v1/campaigns/${untouched}`)).toBe('active');

  expect(detailOf(await edit(key, GOLD))).toEqual([409, expect.stringContaining('archived: restore it first')]);
  expect(detailOf(await r.send('post', `/v1/segments/${key}/archive`))).toEqual([
    409,
    expect.stringContaining('allowed are: restore'),
  ]);
  expect((await create({ segment: key })).status).toBe(409);
  const messages = [{ channel: 'email', subject: 'Hello', text: 'Hello' }];
  const draft = { key: 'late', name: 'Late', trigger: { customEvent: 'x' }, audience: { segment: key }, messages };
  const { body: written } = await r.send('post', '/v1/campaigns', draft);
  expect(written.warnings).toMatchObject([
    { path: 'audience', message: expect.stringContaining(`segment '${key}'`) },
    { path: 'entry.event.trigger', message: expect.stringContaining("custom event 'x'") },
  ]);
  expect(detailOf(await r.send('post', '/v1/campaigns/late/launch'))).toEqual([
    409,
    expect.stringContaining('is archived'),
  ]);

  // The one that names it comes back only after it: what it refers to must be there.
  expect((await r.send('post', `/v1/segments/${naming}/restore`)).status).toBe(409);
  expect((await r.send('post', `/v1/segments/${key}/restore`)).body).toMatchObject({ state: 'active', campaigns: [] });
  expect((await r.send('post', `/v1/segments/${naming}/restore`)).body.state).toBe('active');
  expect((await r.send('post', '/v1/campaigns/late/launch')).status).toBe(200);
});

test('a segment that more than a hundred campaigns name is not archived with all of them at once', async () => {
  const key = await made(FRENCH);
  await r.api.database.pool.query(
    `with made as (
       insert into campaigns (key, name, segment_keys, created_at, updated_at)
       select 'of-many-' || n, 'Of many', array[$1::text], now(), now() from generate_series(1, 101) n returning id
     )
     insert into campaign_versions (campaign_id, version, definition, definition_hash, created_at)
     select id, 1, '{}', 'x', now() from made`,
    [key],
  );
  const { body } = await r.send('put', `/v1/segments/${key}?preview=true`, { name: key, audience: GOLD });
  expect([body.campaignCount, body.campaigns.length]).toEqual([101, 100]);
  const expected = [409, expect.stringContaining('is named by 101 campaigns')];
  expect(detailOf(await r.send('post', `/v1/segments/${key}/archive?preview=true`))).toEqual(expected);
  expect(detailOf(await r.send('post', `/v1/segments/${key}/archive`))).toEqual(expected);
});
