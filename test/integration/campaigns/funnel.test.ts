// The kept counts of campaigns: exact through everything that may happen to a pairing, and what the API makes of them.
import { checkCounts } from '../../../cli/counts.js';
import { sweepOldGenerations } from '../../../outbox/sweeps.js';
import { DAY, type Recording, someone, startRecording } from '../../setup/recording.js';
import { type Sending, startSending } from '../../setup/sending.js';
import { EVERYWHERE, everybodyOf } from './everywhere.js';

jest.setTimeout(60_000);

let r: Recording;
let sending: Sending;
beforeAll(async () => {
  r = await startRecording({}, 2);
  sending = startSending(r);
});
afterAll(async () => {
  await sending.stop();
  await r.api.close();
});

const sweeping = () => ({ pool: r.api.database.pool, clock: () => Promise.resolve(r.api.clock.now) });
const funnel = async (campaign: string, query = '') => {
  const { status, body } = await r.send('get', `/v1/campaigns/${campaign}/funnel${query}`);
  expect(status).toBe(200);
  return body as Readonly<Record<string, unknown>>;
};
const isExact = async () => expect(await checkCounts(r.api.database.pool)).toEqual([]);
const NOTHING = {
  metTrigger: 0,
  turnedAway: {},
  entered: 0,
  waiting: 0,
  parked: 0,
  sent: 0,
  cancelled: {},
  dropped: {},
  failed: {},
  unknown: {},
};

const everywhere = (trigger: string) => everybodyOf(r, sending, trigger);

test('H4: the funnel holds everybody who met the trigger, at the place where they are', async () => {
  const { campaign } = await everywhere('h4-funnel');
  expect(await funnel(campaign)).toMatchObject(EVERYWHERE);
  expect((await r.send('get', `/v1/campaigns/${campaign}`)).body.counts).toEqual(EVERYWHERE);
  const listed = (await r.send('get', '/v1/campaigns')).body.campaigns as { key: string; counts: object }[];
  expect(listed.find(({ key }) => key === campaign)?.counts).toEqual(EVERYWHERE);
  await isExact();
});

test('H4: whoever waits at a stop counts as cancelled at once, and the same once the sweep has been through', async () => {
  const { campaign } = await everywhere('h4-stop');
  await r.send('post', `/v1/campaigns/${campaign}/stop`, {});
  const stopped = { ...EVERYWHERE, waiting: 0, parked: 0, cancelled: { exception: 1, campaign_stopped: 2 } };
  expect(await funnel(campaign)).toMatchObject(stopped);
  while (await sweepOldGenerations(sweeping()));
  expect(await funnel(campaign)).toMatchObject(stopped);
  await r.send('post', `/v1/campaigns/${campaign}/resume`, {});
  const user = someone();
  await r.track({ attributes: [{ external_id: user, country: 'FR' }] });
  await r.event(user, 'h4-stop', {}, 1);
  expect(await funnel(campaign)).toMatchObject({ metTrigger: 9, entered: 7, waiting: 1, cancelled: stopped.cancelled });
  await isExact();
});

test('H4, LC-04: one being sent at a stop waits for its provider, and does not count as cancelled', async () => {
  const { campaign, people } = await everywhere('h4-sending');
  const [pairing] = await r.pairings(campaign, people.waits);
  await r.api.database.pool.query(`update pairings set state = 'sending' where id = $1`, [pairing?.id]);
  const { body } = await r.send('post', `/v1/campaigns/${campaign}/stop`, {});
  expect(body.dropped).toEqual({ count: 1, byReason: { campaign_stopped: 1 } });
  expect(await funnel(campaign)).toMatchObject({ waiting: 1, cancelled: { exception: 1, campaign_stopped: 1 } });
});

test('LC-02, LC-04: stop, resume and archive answer how many get nothing, and that nobody of them comes back', async () => {
  const { campaign } = await everywhere('lc-effects');
  const change = async (action: string) => {
    const { status, body } = await r.send('post', `/v1/campaigns/${campaign}/${action}`, {});
    expect(status).toBe(200);
    return [body.dropped, body.effect];
  };
  const again = 'a trigger after a resume lets anybody in again.';
  expect(await change('stop')).toEqual([
    { count: 2, byReason: { campaign_stopped: 2 } },
    `2 who waited get nothing and do not come back; ${again}`,
  ]);
  expect(await change('resume')).toEqual([
    { count: 0, byReason: {} },
    'Triggers from now on count; whoever waited before the stop does not come back.',
  ]);
  expect(await change('stop')).toEqual([{ count: 0, byReason: {} }, `Nobody waited; ${again}`]);
  while (await sweepOldGenerations(sweeping()));
  await change('resume');
  const user = someone();
  await r.track({ attributes: [{ external_id: user, country: 'FR' }] });
  await r.event(user, 'lc-effects', {}, 1);
  expect(await change('archive')).toEqual([
    { count: 1, byReason: { campaign_archived: 1 } },
    '1 who waited get nothing and do not come back. An archived campaign is final.',
  ]);
  expect(await funnel(campaign)).toMatchObject({
    waiting: 0,
    cancelled: { campaign_stopped: 2, campaign_archived: 1 },
  });
});

test('H4: days say what happened on them, a version who entered under it; waiting and parked are of now', async () => {
  const { campaign } = await everywhere('h4-days');
  const today = r.iso().slice(0, 10);
  const yesterday = r.iso(-DAY).slice(0, 10);
  const tomorrow = r.iso(DAY).slice(0, 10);
  const now = { waiting: 1, parked: 1 };
  expect(await funnel(campaign, `?from=${yesterday}&to=${tomorrow}`)).toMatchObject({
    ...EVERYWHERE,
    from: yesterday,
    to: tomorrow,
  });
  expect(await funnel(campaign, `?to=${yesterday}`)).toMatchObject({ ...NOTHING, ...now, from: null });
  expect(await funnel(campaign, `?from=${tomorrow}`)).toMatchObject({ ...NOTHING, ...now, to: null });
  expect(await funnel(campaign, '?version=1')).toMatchObject({ ...EVERYWHERE, version: 1 });
  expect(await funnel(campaign, '?version=2')).toMatchObject(NOTHING);
  r.api.clock.now += DAY;
  const user = someone();
  await r.track({ attributes: [{ external_id: user, country: 'FR' }] });
  await r.event(user, 'h4-days');
  const later = r.iso().slice(0, 10);
  expect(await funnel(campaign, `?from=${later}`)).toMatchObject({ metTrigger: 1, entered: 1, waiting: 2, sent: 0 });
  expect(await funnel(campaign, `?to=${today}`)).toMatchObject({ metTrigger: 8, entered: 6, waiting: 2, sent: 1 });
});

test.each([
  'from=yesterday',
  'from=0000-01-01',
  'to=2026-02-30',
  'from=2026-12-02&to=2026-12-01',
  'version=0',
  'version=x',
  'days=3',
])('H4: ?%s is refused', async (query) => {
  const campaign = await r.launch({ trigger: { customEvent: 'h4-wrong' } });
  expect((await r.send('get', `/v1/campaigns/${campaign}/funnel?${query}`)).status).toBe(400);
  expect((await r.send('get', `/v1/campaigns/${campaign}/funnel`)).status).toBe(200);
});
