// The kept counts of campaigns: exact through everything that may happen to a pairing, and what the API makes of them.
import { checkCounts, recount } from '../../../cli/counts.js';
import { sweepCounts } from '../../../outbox/sweeps.js';
import { campaignPeople } from '../../../storage/queries/counts/campaignCounts.js';
import { cancelPairings } from '../../../storage/queries/pairings/cancelPairings.js';
import { withTransaction } from '../../../storage/withTransaction.js';
import { createMetrics } from '../../../telemetry/metrics.js';
import { type Recording, someone, startRecording } from '../../setup/recording.js';
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

const everywhere = (trigger: string) => everybodyOf(r, sending, trigger);

test('H4: folding changes no number, and leaves a shard that is being written to for the next time', async () => {
  const { campaign, people } = await everywhere('h4-fold');
  const unfoldedShards = async () => {
    const { rows } = await r.api.database.pool.query<{ shard: number }>(
      `select distinct shard from campaign_counts x join campaigns c on c.id = x.campaign_id where c.key = $1 and shard > 0`,
      [campaign],
    );
    return rows.length;
  };
  const [pairing] = await r.pairings(campaign, people.waits);
  const client = await r.api.database.pool.connect();
  await client.query('begin');
  await cancelPairings(client, [{ pairingId: pairing?.id ?? 0, reason: 'exception', evidence: {} }], r.api.clock.now);
  await sweepCounts(sweeping());
  expect(await funnel(campaign)).toMatchObject(EVERYWHERE);
  await client.query('commit');
  client.release();
  const cancelled = { ...EVERYWHERE, waiting: 0, cancelled: { exception: 2 } };
  expect(await unfoldedShards()).toBe(1);
  expect(await funnel(campaign)).toMatchObject(cancelled);
  await sweepCounts(sweeping());
  expect(await unfoldedShards()).toBe(0);
  const today = r.iso().slice(0, 10);
  expect(await funnel(campaign)).toMatchObject(cancelled);
  expect(await funnel(campaign, `?from=${today}&to=${today}`)).toMatchObject(cancelled);
  await isExact();
});

test('H4: what is rolled back is not counted, nor what was there before', async () => {
  const { campaign, people } = await everywhere('h4-rolled-back');
  const [pairing] = await r.pairings(campaign, people.waits);
  const cancel = [{ pairingId: pairing?.id ?? 0, reason: 'exception', evidence: {} }] as const;
  const rollBack = withTransaction(r.api.database.pool, async (tx) => {
    await cancelPairings(tx, cancel, r.api.clock.now);
    throw new Error('undone');
  });
  await expect(rollBack).rejects.toThrow('undone');
  expect(await funnel(campaign)).toMatchObject(EVERYWHERE);
  await withTransaction(r.api.database.pool, (tx) => cancelPairings(tx, cancel, r.api.clock.now));
  await withTransaction(r.api.database.pool, (tx) => cancelPairings(tx, cancel, r.api.clock.now));
  expect(await funnel(campaign)).toMatchObject({ waiting: 0, cancelled: { exception: 2 } });
  await isExact();
});

test('H4: many at a time, with folds and a recount among them, are counted once each', async () => {
  const campaign = await r.launch({
    trigger: { customEvent: 'h4-many' },
    delay: { after: '1 day' },
    exceptions: [{ purchase: 'any' }],
  });
  const people = Array.from({ length: 120 }, someone);
  const work = people.map(async (user, index) => {
    await r.event(user, 'h4-many');
    if (index % 3 === 0) await r.purchase(user);
    if (index % 40 === 0) await sweepCounts(sweeping());
    if (index === 60) expect(await recount(r.api.database.pool)).toEqual([]);
  });
  await Promise.all(work);
  expect(await funnel(campaign)).toMatchObject({ entered: 120, waiting: 80, cancelled: { exception: 40 } });
  await isExact();
});

test('H4: a recount says what was wrong, and mends it', async () => {
  const { campaign } = await everywhere('h4-recount');
  const spoil = (set: string, metric: string) =>
    r.api.database.pool.query(
      `update campaign_counts x set n = ${set} from campaigns c where c.id = x.campaign_id and c.key = $1 and metric = $2`,
      [campaign, metric],
    );
  await spoil('n + 4', 'sent');
  await sweepCounts(sweeping());
  await spoil('n - 1', 'turned_away');
  await r.api.database.pool.query(
    `delete from campaign_counts x using campaigns c where c.id = x.campaign_id and c.key = $1 and metric = 'failed'`,
    [campaign],
  );
  expect(await funnel(campaign)).not.toMatchObject(EVERYWHERE);
  const wrong = [
    `${campaign}: failed (rejected_by_provider) short by 1`,
    `${campaign}: sent (sent) over by 4`,
    `${campaign}: turned_away (not_yet_re_eligible) short by 1`,
    `${campaign}: turned_away (outside_audience) short by 1`,
  ];
  expect(await checkCounts(r.api.database.pool)).toEqual(wrong);
  expect(await recount(r.api.database.pool)).toEqual(wrong);
  await isExact();
  expect(await funnel(campaign)).toMatchObject(EVERYWHERE);
  await sweepCounts(sweeping());
  expect(await funnel(campaign)).toMatchObject(EVERYWHERE);
});

test('H4: the metric has the steps of the funnel of active campaigns, of 100 at most', async () => {
  const { campaign } = await everywhere('h4-metric');
  const metrics = createMetrics({ campaignPeople: () => campaignPeople(r.api.database.pool) });
  const of = async (key: string) =>
    (await metrics.registry.metrics()).split('\n').filter((line) => line.includes(`campaign="${key}"`));
  const line = (step: string, count: number) =>
    `rappel_campaign_people{campaign="${campaign}",step="${step}"} ${count}`;
  expect(await of(campaign)).toEqual([
    line('metTrigger', 8),
    line('turnedAway', 2),
    line('entered', 6),
    line('waiting', 1),
    line('parked', 1),
    line('sent', 1),
    line('cancelled', 1),
    line('dropped', 1),
    line('failed', 1),
    line('unknown', 0),
  ]);
  r.api.clock.now += 1_000;
  for (let number = 0; number < 100; number++) await r.launch({ trigger: { customEvent: 'h4-label' } });
  expect(await of(campaign)).toEqual([]);
  expect((await campaignPeople(r.api.database.pool)).size).toBe(100);
});
