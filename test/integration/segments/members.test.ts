// Who is in a segment: size, page, stream, one person, and the size of each day.
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import { keepSizes } from '../../../segments/keepSizes.js';
import { DAY, type Recording, startRecording } from '../../setup/recording.js';

let r: Recording;
const IDS = Array.from({ length: 1_200 }, (_, n) => `member-${String(n).padStart(4, '0')}`);
beforeAll(async () => {
  r = await startRecording();
  for (let from = 0; from < IDS.length; from += 75) {
    const part = IDS.slice(from, from + 75);
    await r.track({
      attributes: part.map((user, n) => ({ external_id: user, n: from + n, tier: n % 2 ? 'gold' : 'silver' })),
    });
  }
  await r.send('post', '/v1/segments', { key: 'gold', name: 'Gold', audience: { attribute: 'tier', equals: 'gold' } });
  const audience = { all: [{ segment: 'gold' }, { attribute: 'n', lessThan: 1_100 }] };
  await r.send('post', '/v1/segments', { key: 'most', name: 'Most', audience, trackSize: true });
});
afterAll(() => r.api.close());

const isGold = (n: number) => (n % 75) % 2 === 1;
const MEMBERS = IDS.filter((_, n) => isGold(n) && n < 1_100);

interface Line {
  readonly user?: string;
  readonly cursor?: string;
  readonly done?: boolean;
  readonly people?: number;
}

async function lines(query: string): Promise<readonly Line[]> {
  const { text } = await r
    .send('get', `/v1/segments/most/members${query}`)
    .buffer(true)
    .parse((answer, callback) => {
      let read = '';
      answer.on('data', (chunk: Buffer) => (read += chunk.toString()));
      answer.on('end', () => callback(null, read));
    })
    .then(({ body }) => ({ text: String(body) }));
  return text
    .trim()
    .split('\n')
    .map((line): Line => JSON.parse(line));
}

test('the stream of members names each once, and goes on behind any line without a gap', async () => {
  const all = await lines('');
  expect(all.slice(0, -1).map(({ user }) => user)).toEqual(MEMBERS);
  expect(all.at(-1)).toMatchObject({ done: true, people: MEMBERS.length });
  const broken = all[299]?.cursor;
  const rest = await lines(`?after=${broken}`);
  expect(rest.slice(0, -1).map(({ user }) => user)).toEqual(MEMBERS.slice(300));
  const few = await lines('?limit=7');
  expect(few.map(({ user }) => user)).toEqual([...MEMBERS.slice(0, 7), undefined]);
});

test('size, page and check say the same of a segment that names another', async () => {
  const { body: size } = await r.send('get', '/v1/segments/most/size?perFilter=true');
  expect(size).toMatchObject({ people: MEMBERS.length, of: IDS.length, about: false });
  expect(size.filters.filters).toMatchObject([
    { filter: 'in segment gold', alone: IDS.filter((_, n) => isGold(n)).length },
    { filter: 'n < 1100', here: MEMBERS.length },
  ]);
  const { body: page } = await r.send('get', '/v1/segments/most/preview?limit=3');
  expect(page.people.map(({ user }: { user: string }) => user)).toEqual(MEMBERS.slice(0, 3));
  const { body: member } = await r.send('get', '/v1/segments/most/check?user=member-0001');
  const { body: other } = await r.send('post', '/v1/segments/most/check', { external_id: 'member-0002' });
  const gold = { filter: 'tier equals gold', pass: true, value: 'gold' };
  expect(member).toMatchObject({
    user: 'member-0001',
    pass: true,
    audience: {
      group: 'all',
      filters: [
        { segment: 'gold', pass: true, filters: [gold] },
        { pass: true, value: 1 },
      ],
    },
  });
  expect(other).toMatchObject({
    pass: false,
    audience: { filters: [{ segment: 'gold', pass: false }, { pass: true }] },
  });
  expect((await r.send('get', '/v1/segments/most/check?user=nobody')).status).toBe(404);
});

test('an audience that is asked about may name segments, and one that names a missing one is refused', async () => {
  const size = (audience: object) => r.send('post', '/v1/audiences/size', { audience });
  const { body } = await size({ none: [{ segment: 'most' }] });
  expect(body.people).toBe(IDS.length - MEMBERS.length);
  expect((await size({ segment: 'missing' })).status).toBe(409);
});

test('of a person it is told which segments they are in, page by page', async () => {
  const of = async (path: string) => (await r.send('get', path)).body;
  const { segments, next } = await of('/v1/users/member-1101/segments');
  expect([segments, next]).toEqual([
    [
      { key: 'most', name: 'Most', isMember: false, problem: null },
      { key: 'gold', name: 'Gold', isMember: isGold(1_101), problem: null },
    ],
    null,
  ]);
  const first = await of('/v1/users/member-0001/segments?limit=1');
  expect(first.segments).toMatchObject([{ key: 'most', isMember: true }]);
  const second = await of(`/v1/users/member-0001/segments?limit=1&after=${first.next}`);
  expect(second).toMatchObject({ segments: [{ key: 'gold', isMember: true }], next: null });
  expect((await r.send('get', '/v1/users/nobody/segments')).status).toBe(404);
});

test('the size is kept once a day of segments that ask for it', async () => {
  const clock = () => Promise.resolve(r.api.clock.now);
  const deps = { pool: r.api.database.pool, clock, workspace: DEFAULT_WORKSPACE };
  const today = new Date(r.api.clock.now).toISOString().slice(0, 10);
  await keepSizes(deps);
  await r.track({ attributes: [{ external_id: 'member-0001', tier: 'silver' }] });
  await keepSizes(deps);
  const sizes = async (query = '') => (await r.send('get', `/v1/segments/most/sizes${query}`)).body;
  expect(await sizes()).toEqual({ sizes: [{ day: today, people: MEMBERS.length, about: false }], next: null });
  r.api.clock.now += DAY;
  await keepSizes(deps);
  const { sizes: newest, next } = await sizes('?limit=1');
  expect(newest).toMatchObject([{ people: MEMBERS.length - 1 }]);
  expect((await sizes(`?limit=1&after=${next}`)).sizes).toMatchObject([{ day: today }]);
  expect((await r.send('get', '/v1/segments/gold/sizes')).body.sizes).toEqual([]);
});
