// `/v1/outcomes` by campaign, person, reason and period; campaigns by state and name.
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
const HOUR = 3_600_000;
const people = { ann: someone(), bob: someone() };
let first: string;
let second: string;
let start: number;

/** Two campaigns; ann and bob are cancelled by an exception in the first, an hour apart, ann is turned away by a stop of the second. */
beforeAll(async () => {
  r = await startRecording();
  start = r.api.clock.now;
  const exceptions = [{ purchase: 'any' }];
  first = await r.launch({ trigger: { customEvent: 'a' }, delay: { after: '1 day' }, exceptions });
  second = await r.launch({ trigger: { customEvent: 'b' }, delay: { after: '1 day' }, exceptions });
  for (const user of [people.ann, people.bob]) {
    await r.event(user, 'a');
    r.api.clock.now += 1_000;
    await r.purchase(user);
    r.api.clock.now += HOUR;
  }
  const alias = { alias_label: 'crm', alias_name: people.ann };
  await r.track({ events: [{ user_alias: alias, _update_existing_only: false, name: 'b' }] });
  await r.api.database.pool.query(
    `update pairings p set state = 'done', outcome = 'dropped', reason = 'stale', settled_at = $1
     from campaigns c where c.id = p.campaign_id and c.key = $2`,
    [r.iso(), second],
  );
});
afterAll(() => r.api.close());

const outcomes = async (query: string) => {
  const { status, body } = await r.send('get', `/v1/outcomes?${query}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return (body.outcomes as { who: string; campaign: string; reason: string }[]).map(
    ({ who, campaign, reason }) => `${who} ${campaign} ${reason}`,
  );
};

test('M9: outcomes are filtered by campaign, person, reason and period, the latest first', async () => {
  const ann = `${people.ann} ${first} exception`;
  const bob = `${people.bob} ${first} exception`;
  const anonymous = `crm:${people.ann} ${second} stale`;
  expect(await outcomes('')).toEqual([anonymous, bob, ann]);
  expect(await outcomes(`campaign=${first}`)).toEqual([bob, ann]);
  expect(await outcomes('reason=stale')).toEqual([anonymous]);
  expect(await outcomes(`campaign=${first}&reason=stale`)).toEqual([]);
  expect(await outcomes(`user=${people.bob}`)).toEqual([bob]);
  expect(await outcomes(`alias_label=crm&alias_name=${people.ann}`)).toEqual([anonymous]);
  expect(await outcomes(`user=${people.ann}&campaign=${second}`)).toEqual([]);
  expect(await outcomes('user=nobody')).toEqual([]);
  const at = (offset: number) => new Date(start + offset).toISOString();
  expect(await outcomes(`from=${at(HOUR / 2)}`)).toEqual([anonymous, bob]);
  expect(await outcomes(`to=${at(HOUR / 2)}`)).toEqual([ann]);
  expect(await outcomes(`campaign=${first}&from=${at(HOUR / 2)}&to=${at(10 * HOUR)}`)).toEqual([bob]);
});

test('M9: filtered pages follow each other', async () => {
  const page = (await r.send('get', `/v1/outcomes?campaign=${first}&limit=1`)).body;
  expect(page.outcomes).toHaveLength(1);
  const rest = (await r.send('get', `/v1/outcomes?campaign=${first}&limit=1&after=${page.next}`)).body;
  expect(rest.outcomes).toMatchObject([{ user: people.ann, userId: expect.stringMatching(/^\d+$/) }]);
  expect(rest.next).toBeNull();
});

test.each(['reason=nonsense', 'from=yesterday', 'user=a&user_id=1', 'campain=x'])(
  'M9: %s is refused',
  async (query) => {
    expect((await r.send('get', `/v1/outcomes?${query}`)).status).toBe(400);
  },
);

test('M9: campaigns are found by state and by a part of their name or key', async () => {
  const found = async (query: string) =>
    ((await r.send('get', `/v1/campaigns?${query}`)).body.campaigns as { key: string }[]).map(({ key }) => key);
  const definition = { trigger: { customEvent: 'x' }, messages: [{ channel: 'email', subject: 's', text: 't' }] };
  await r.send('post', '/v1/campaigns', { ...definition, key: 'spring-sale', name: 'Ostern' });
  expect(await found('name=SPRING')).toEqual(['spring-sale']);
  expect(await found('name=oster')).toEqual(['spring-sale']);
  expect(await found('name=ostern&state=active')).toEqual([]);
  expect(await found('state=draft')).toEqual(['spring-sale']);
  expect(await found('name=%25')).toEqual([]);
});
