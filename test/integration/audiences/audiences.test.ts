// How many people an audience has, who they are, and what each filter says of one of them.
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import { audienceSize } from '../../../segments/audienceSize.js';
import { type Recording, someone, startRecording } from '../../setup/recording.js';

const PEOPLE = 30;

let r: Recording;
let names: readonly string[];
beforeAll(async () => {
  r = await startRecording();
  names = Array.from({ length: PEOPLE }, someone);
  await r.track({
    attributes: names.map((external_id, index) => ({
      external_id,
      country: index % 3 === 0 ? 'FR' : 'DE',
      ...(index % 2 === 0 ? { email: `${external_id}@example.com` } : {}),
      ...(index === 0 ? { email_subscribe: 'unsubscribed' } : {}),
      city: index === 4 ? 'Köln' : 'PARIS',
    })),
    events: names.slice(0, 10).map((external_id) => ({ external_id, name: 'play' })),
  });
});
afterAll(() => r.api.close());

const IN_FRANCE = { attribute: 'country', equals: 'FR' };
const PLAYED = { eventCount: 'play', atLeast: 1 };
const ask = async (what: string, body: Readonly<Record<string, unknown>>) =>
  await r.send('post', `/v1/audiences/${what}`, body);

test('SG-05: a size is counted, with whom each channel reaches of them', async () => {
  const { status, body } = await ask('size', { audience: IN_FRANCE });
  expect(status).toBe(200);
  // 0, 3, … 27: of these 0, 6, 12, 18 and 24 have an address, and 0 is unsubscribed.
  expect(body).toMatchObject({
    people: 10,
    reachable: { email: 4, webhook: 10 },
    of: PEOPLE,
    about: false,
    madeOf: 'counted',
    filters: null,
  });
  const { body: both } = await ask('size', { audience: { all: [IN_FRANCE, { none: [PLAYED] }] } });
  expect(both.people).toBe(6);
});

test('what SQL cannot answer is counted too, person by person', async () => {
  const { body } = await ask('size', { audience: { attribute: 'city', matchesRegex: '^par' } });
  expect(body).toMatchObject({ people: PEOPLE - 1, about: false });
  const { body: others } = await ask('size', { audience: { not: { attribute: 'city', matchesRegex: '^par' } } });
  expect(others.people).toBe(1);
});

test('past its time a size is estimated from people drawn at random, and says so', async () => {
  const { pool } = r.api.database;
  const audience = { all: [IN_FRANCE, { sessionCount: { atMost: 0 } }] };
  const request = { now: r.api.clock.now, workspace: DEFAULT_WORKSPACE, isLocalTime: false, timeoutMs: 60_000 };
  const counted = { people: 10, reachable: { email: 4, webhook: 10 }, of: PEOPLE };
  expect(await audienceSize(pool, audience, request)).toEqual({ ...counted, drawn: null });
  const lock = await pool.connect();
  try {
    await lock.query('begin; lock table event_totals in access exclusive mode');
    const asked = audienceSize(pool, audience, { ...request, timeoutMs: 50 });
    await until(async () => (await waitingForCandidates()) > 0);
    await lock.query('rollback');
    expect(await asked).toEqual({ ...counted, drawn: PEOPLE });
  } finally {
    lock.release();
  }
});

/** Statements about a page of people that wait for a lock: those of an estimate. */
async function waitingForCandidates(): Promise<number> {
  return await r.count(
    `pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%u.id = any($1::bigint[])%'`,
  );
}

async function until(look: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await look()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('never came about');
}

test('each filter tells how many pass it alone, and where it stands', async () => {
  const audience = { all: [IN_FRANCE, { any: [PLAYED, { attribute: 'city', equals: 'Köln' }] }] };
  const { body } = await ask('size', { audience, perFilter: true });
  expect(body.filters).toEqual({
    filters: [
      { filter: 'country equals FR', alone: 10, here: 10 },
      { filter: 'number of play at least 1', alone: 10, here: 4 },
      { filter: 'city equals Köln', alone: 1, here: 0 },
    ],
    about: false,
    madeOf: 'counted',
  });
});

test('its people come page by page, each with the values that decided', async () => {
  const audience = { all: [IN_FRANCE, { attribute: 'city', matchesRegex: 'paris' }] };
  const seen: string[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < 10; pages++) {
    const { status, body } = await ask(`preview?limit=4${after === null ? '' : `&after=${after}`}`, { audience });
    expect(status).toBe(200);
    for (const { user, audience: checked } of body.people) {
      seen.push(user);
      expect(checked).toEqual({
        group: 'all',
        pass: true,
        filters: [
          { filter: 'country equals FR', pass: true, value: 'FR' },
          { filter: 'city matches paris', pass: true, value: 'PARIS' },
        ],
      });
    }
    after = body.next;
    if (after === null) break;
  }
  expect(seen.toSorted()).toEqual(names.filter((_, index) => index % 3 === 0).toSorted());
  const wrong = await ask('preview?after=bm90IG91cnM', { audience });
  expect([wrong.status, wrong.body.problems]).toEqual([
    400,
    [{ path: 'after', message: "must be the 'next' of the page before" }],
  ]);
});

test('a person is checked against every filter, whatever the first says; by address in the body', async () => {
  const audience = { all: [{ attribute: 'country', equals: 'DE' }, { not: PLAYED }] };
  const { body } = await ask('check', { audience, email: `${names[6]}@EXAMPLE.com` });
  expect(body).toMatchObject({
    user: names[6],
    pass: false,
    audience: {
      group: 'all',
      pass: false,
      filters: [
        { filter: 'country equals DE', pass: false, value: 'FR' },
        { group: 'not', pass: false, filters: [{ filter: 'number of play at least 1', pass: true, value: 1 }] },
      ],
    },
  });
  expect((await ask('check', { audience, external_id: names[10] })).body.pass).toBe(true);
  expect((await ask('check', { audience, external_id: 'nobody' })).status).toBe(404);
});

test('an audience that is none is refused with its place', async () => {
  const { status, body } = await ask('size', { audience: { all: [{ eventCount: 'play' }] } });
  expect(status).toBe(400);
  expect(body.problems[0]?.path).toMatch(/^audience/);
});
