// Runs whose start Temporal holds back until the message falls due, on a whole server: the time-skipping one stands
// still for ever once a run is terminated that no worker has taken up, and is no judge of what wakes such a run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sweepOverdue } from '../../outbox/sweeps.js';
import { eventCount, historyOf, runId } from './world/histories.js';
import {
  endings,
  event,
  HOUR,
  launch,
  MINUTE,
  mailsTo,
  newcomer,
  purchase,
  SECOND,
  someone,
  track,
  until,
} from './world/people.js';
import { sent } from './world/providers.js';
import { startWorld, type World } from './world/world.js';

let world: World;
let ping = '';
const folder = mkdtempSync(path.join(tmpdir(), 'rappel-test-temporal-'));

beforeAll(async () => {
  world = await startWorld({ devServerFile: path.join(folder, 'temporal.db') });
}, 120_000);
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);
beforeEach(() => {
  ping = someone('ping');
});

/** A campaign with an hour's delay and somebody who waits in it, whose run exists and has not begun. */
async function waiting(definition: Record<string, unknown> = {}) {
  const campaign = await launch(world, { trigger: { customEvent: ping }, delay: { after: '1 hour' }, ...definition });
  const user = await newcomer(world);
  await event(world, user, ping);
  const id = await runId(world, campaign, user);
  const handle = world.client.workflow.getHandle(id);
  await until(
    async () =>
      await handle.describe().then(
        () => true,
        () => false,
      ),
    'the start of the run',
  );
  expect(eventCount(await handle.fetchHistory())).toBe(1);
  return { campaign, user, id, handle };
}

const ended = async (campaign: string, user: string) =>
  await until(async () => (await endings(world, campaign, user))[0]?.outcome !== null, 'the end');

/** Moves what is planned of the person's only pairing, as if that much time had gone by. */
async function letPass(campaign: string, user: string, ms: number): Promise<void> {
  await world.database.pool.query(
    `update pairings p set due_at = due_at - $3 * interval '1 ms', wake_at = wake_at - $3 * interval '1 ms'
     from campaigns c, users u
     where c.id = p.campaign_id and u.id = p.user_id and c.key = $1 and u.external_id = $2`,
    [campaign, user, ms],
  );
}

it('AB-37: an exception recorded after the due instant, while the worker was down, wins', async () => {
  const delay = { after: '2 seconds' };
  const base = { trigger: { customEvent: ping }, delay, exceptions: [{ purchase: 'any' }] };
  const campaign = await launch(world, base);
  const [buyer, other] = [await newcomer(world), await newcomer(world)];
  await world.withoutWorker(async () => {
    for (const each of [buyer, other]) await event(world, each, ping);
    const due = (await world.now()) + 2 * SECOND;
    await until(async () => (await world.now()) > due, 'the due instant');
    await purchase(world, buyer);
  });
  await world.settle();
  expect(await endings(world, campaign, buyer)).toMatchObject([{ outcome: 'cancelled', reason: 'exception' }]);
  expect(await endings(world, campaign, other)).toMatchObject([sent]);
  expect([mailsTo(world, campaign, buyer), mailsTo(world, campaign, other)]).toEqual([0, 1]);
});

it('an exception closes the run at once, in two events and without a worker', async () => {
  const { campaign, user, id, handle } = await waiting({ exceptions: [{ purchase: 'any' }] });
  await world.withoutWorker(async () => {
    await purchase(world, user);
    await until(async () => (await handle.describe()).status.name === 'TERMINATED', 'the end of the run');
  });
  expect(eventCount(await historyOf(world, id))).toBe(2);
  expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'cancelled', reason: 'exception' }]);
});

it('a cancel in the Temporal UI settles the pairing at once, long before it falls due', async () => {
  const { campaign, user, id, handle } = await waiting();
  await handle.cancel();
  await ended(campaign, user);
  expect(await endings(world, campaign, user)).toMatchObject([
    { outcome: 'cancelled', reason: 'cancelled_by_operator' },
  ]);
  expect((await historyOf(world, id)).events?.length).toBeGreaterThan(2);
});

it('AB-15: whoever falls due earlier by a change of zone is sent to then, not when the run was to start', async () => {
  // Between 12:00 and 13:00 where the person is, whatever the hour here; past 13:30 two zones to the east.
  const offset = 12 - new Date(await world.now()).getUTCHours();
  const zone = (hours: number) => `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
  const delay = { inDays: 0, at: '13:30', zone: 'user' };
  const campaign = await launch(world, { trigger: { customEvent: ping }, delay });
  const user = await newcomer(world, { time_zone: zone(offset) });
  await event(world, user, ping);
  await until(async () => (await endings(world, campaign, user)).length === 1, 'the entry');
  expect(mailsTo(world, campaign, user)).toBe(0);
  await track(world, { attributes: [{ external_id: user, time_zone: zone(offset + 2) }] });
  await ended(campaign, user);
  expect(await endings(world, campaign, user)).toMatchObject([sent]);
  expect(mailsTo(world, campaign, user)).toBe(1);
});

it('a run that was lost is started again, and one that oversleeps is woken, by the sweep', async () => {
  const lost = await waiting();
  const late = await waiting();
  await lost.handle.terminate('lost');
  for (const { campaign, user } of [lost, late]) await letPass(campaign, user, HOUR + 6 * MINUTE);
  await sweepOverdue({ pool: world.database.pool, clock: world.now });
  for (const { campaign, user } of [lost, late]) {
    await ended(campaign, user);
    expect(await endings(world, campaign, user)).toMatchObject([sent]);
    expect(mailsTo(world, campaign, user)).toBe(1);
  }
});
