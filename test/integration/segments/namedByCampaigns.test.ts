// `{ segment: key }` in campaigns: every process decides by the segment as it is, and the preview of an edit says what happens.
import { DAY, type Recording, someone, startRecording } from '../../setup/recording.js';
import { type Sending, startSending } from '../../setup/sending.js';

let r: Recording;
let sending: Sending;
beforeAll(async () => {
  // Three processes that share nothing but the database.
  r = await startRecording({}, 3);
  sending = startSending(r);
});
afterAll(async () => {
  await sending.stop();
  await r.api.close();
});

let serial = 0;
const segment = async (audience: object): Promise<string> => {
  const { body } = await r.send('post', '/v1/segments', { name: `Named ${++serial}`, audience });
  return body.key;
};
const edit = async (key: string, audience: object, query = '') => {
  const { status, body } = await r.send('put', `/v1/segments/${key}${query}`, { name: key, audience });
  expect([status, body.detail]).toEqual([200, undefined]);
  return body;
};
const tierOf = (...tiers: string[]) => ({ attribute: 'tier', isAnyOf: tiers });

test('SG-15, SG-06: who enters is decided by the segment as it is now, in every process, through one level of names', async () => {
  const inner = await segment(tierOf('gold'));
  const outer = await segment({ all: [{ segment: inner }, { attribute: 'country', equals: 'FR' }] });
  const audience = { any: [{ segment: outer }, { attribute: 'vip', equals: true }] };
  const campaign = await r.launch({ trigger: { customEvent: 'go' }, audience });
  const person = async (attributes: object) => {
    const user = someone();
    await r.track({ attributes: [{ external_id: user, country: 'FR', ...attributes }] });
    return user;
  };
  const enters = async (user: string) => {
    const before = (await r.pairings(campaign, user)).length;
    await r.event(user, 'go');
    return (await r.pairings(campaign, user)).length > before;
  };
  expect(await enters(await person({ tier: 'gold' }))).toBe(true);
  const silver = await person({ tier: 'silver' });
  expect(await enters(silver)).toBe(false);
  expect((await r.rejections(campaign, silver)).at(-1)?.reason).toBe('outside_audience');
  await edit(inner, tierOf('silver'));
  for (let process = 0; process < 3; process++) {
    expect(await enters(await person({ tier: 'gold' }))).toBe(false);
    expect(await enters(await person({ tier: 'silver' }))).toBe(true);
  }
  const { body } = await r.send('get', `/v1/campaigns/${campaign}`);
  expect(body.sentence).toContain(`in segment ${outer}`);
});

test('a draft may name a segment that comes later, and is launched only then', async () => {
  const messages = [{ channel: 'email', subject: 'Hello', text: 'Hello' }];
  const draft = {
    key: 'early',
    name: 'Early',
    trigger: { customEvent: 'early' },
    audience: { segment: 'later' },
    messages,
  };
  expect((await r.send('post', '/v1/campaigns', draft)).status).toBe(201);
  const { status, body } = await r.send('post', '/v1/campaigns/early/launch');
  expect([status, body.detail]).toEqual([409, expect.stringContaining("segment 'later', which does not exist")]);
  await r.send('post', '/v1/segments', { key: 'later', name: 'Later', audience: tierOf('gold') });
  expect((await r.send('post', '/v1/campaigns/early/launch')).status).toBe(200);
  const user = someone();
  await r.track({ attributes: [{ external_id: user, tier: 'gold' }], events: [{ external_id: user, name: 'early' }] });
  expect(await r.pairings('early', user)).toHaveLength(1);
});

test('an edit between the look and the claim is decided by the new version', async () => {
  const key = await segment(tierOf('gold'));
  const campaign = await r.launch({
    trigger: { customEvent: 'raced' },
    delay: { after: '1 day' },
    recheckAudience: true,
    audience: { segment: key },
  });
  const users = [someone(), someone()];
  for (const user of users)
    await r.track({
      attributes: [{ external_id: user, tier: 'gold', email: `${user}@example.com` }],
      events: [{ external_id: user, name: 'raced' }],
    });
  r.api.clock.now += DAY;
  const [first = '', second = ''] = users;
  expect(await sending.attempt(campaign, first)).toMatchObject({ kind: 'ended', outcome: 'sent' });
  // A person who is locked: the attempt has read the campaign and waits to decide.
  const client = await r.api.database.pool.connect();
  await client.query('begin');
  await client.query('select from users where external_id = $1 for update', [second]);
  const attempted = sending.attempt(campaign, second);
  while ((await r.count('pg_locks where not granted')) === 0);
  await edit(key, tierOf('silver'));
  await client.query('commit');
  client.release();
  await attempted;
  const [pairing] = await r.pairings(campaign, second);
  expect(pairing).toMatchObject({ state: 'done', outcome: 'dropped', reason: 'left_audience' });
});

/** Ten thousand of them take some minutes. */
const WAITING = Number(process.env.RAPPEL_SEGMENT_WAITING ?? 300);
/** Attempts at once, as a worker has them. */
const LANES = 16;
jest.setTimeout(60_000 + WAITING * 60);

test(`SG-06: of ${WAITING} who wait under recheckAudience, what the preview of an edit says is what happens`, async () => {
  const key = await segment({ attribute: 'score', atLeast: 10 });
  const definition = { trigger: { customEvent: 'scored' }, delay: { after: '1 day' }, audience: { segment: key } };
  const rechecked = await r.launch({ ...definition, recheckAudience: true });
  const kept = await r.launch(definition);
  const users = Array.from({ length: WAITING }, () => someone());
  for (let from = 0; from < users.length; from += 75) {
    const part = users.slice(from, from + 75);
    await r.track({
      attributes: part.map((user, n) => ({
        external_id: user,
        score: 10 + ((from + n) % 20),
        email: `${user}@example.com`,
      })),
      events: part.map((user) => ({ external_id: user, name: 'scored' })),
    });
  }
  const outsiders = Array.from({ length: 30 }, () => someone());
  await r.track({ attributes: outsiders.map((user, n) => ({ external_id: user, score: n % 10 })) });

  const audience = { attribute: 'score', atLeast: 5, lessThan: 25 };
  const preview = await edit(key, audience, '?preview=true');
  const leaving = users.filter((_, n) => n % 20 >= 15);
  expect(preview.people).toMatchObject({
    before: WAITING,
    after: WAITING - leaving.length + 15,
    joining: 15,
    leaving: leaving.length,
    about: false,
  });
  expect(preview.people.examples.leaving.map(({ user }: { user: string }) => user)).toEqual(leaving.slice(0, 10));
  expect(preview.campaigns).toMatchObject([
    {
      key: rechecked,
      waiting: WAITING,
      dropped: { count: leaving.length, byReason: { left_audience: leaving.length }, isComplete: true },
    },
    { key: kept, waiting: WAITING, recheckAudience: false, dropped: null },
  ]);
  expect((await r.send('get', `/v1/segments/${key}`)).body.version).toBe(1);

  await edit(key, audience);
  const { body: size } = await r.send('get', `/v1/segments/${key}/size`);
  expect(size.people).toBe(preview.people.after);
  r.api.clock.now += DAY;
  for (const campaign of [rechecked, kept]) {
    const left = users.values();
    const lanes = Array.from({ length: LANES }, async () => {
      for (const user of left) await sending.attempt(campaign, user);
    });
    await Promise.all(lanes);
  }
  const became = async (campaign: string) =>
    (
      await r.api.database.pool.query(
        `select p.reason, count(*)::int as n from pairings p join campaigns c on c.id = p.campaign_id
         where c.key = $1 group by 1 order by 1`,
        [campaign],
      )
    ).rows;
  expect(await became(rechecked)).toEqual([
    { reason: 'left_audience', n: leaving.length },
    { reason: 'sent', n: WAITING - leaving.length },
  ]);
  expect(await became(kept)).toEqual([{ reason: 'sent', n: WAITING }]);
});
