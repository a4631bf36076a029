// Runs whose start Temporal holds back until the message falls due, on a whole server: the time-skipping one is no judge
// of what wakes such a run, nor of which closed run may be started again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sweepOverdue } from '../../outbox/sweeps.js';
import { eventCount, historyOf, runId, wordsOf } from './world/histories.js';
import {
  endings,
  event,
  HOUR,
  iso,
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
  await until(async () => await isStarted(handle), 'the start of the run');
  expect(eventCount(await handle.fetchHistory())).toBe(1);
  return { campaign, user, id, handle };
}

async function isStarted(handle: { describe(): Promise<unknown> }): Promise<boolean> {
  return await handle.describe().then(
    () => true,
    () => false,
  );
}

/** Asks the drain once more, as a crash between the call and the deletion of its row would. */
async function tellAgain(campaign: string, kind: string): Promise<void> {
  const { pool } = world.database;
  await pool.query(
    `insert into outbox (target, kind, target_id, campaign_id)
     select 'pairing', $2, p.id, p.campaign_id from pairings p join campaigns c on c.id = p.campaign_id where c.key = $1`,
    [campaign, kind],
  );
  await until(async () => (await pool.query('select from outbox')).rowCount === 0, 'the drain');
}

/** So that what the test made up disturbs no other. */
async function endByHand(campaign: string, user: string): Promise<void> {
  await world.database.pool.query(
    `update pairings set state = 'done', outcome = 'cancelled', reason = 'exception', settled_at = now()
     where campaign_id = (select id from campaigns where key = $1)`,
    [campaign],
  );
  expect(await endings(world, campaign, user)).toMatchObject([bought]);
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

const bought = { outcome: 'cancelled', reason: 'exception' };

it('an exception completes the run at once with its outcome: at most 7 events, and no activity', async () => {
  const { campaign, user, id, handle } = await waiting({ exceptions: [{ purchase: 'any' }] });
  await purchase(world, user);
  expect(await handle.result()).toEqual(bought);
  const history = await historyOf(world, id);
  expect(eventCount(history)).toBeLessThanOrEqual(7);
  expect(eventCount(history)).toBe(6);
  expect(wordsOf(history)).not.toMatch(/activityType|core_local_activity/);
  expect(await endings(world, campaign, user)).toMatchObject([bought]);
});

it('a run that was open when ids got the key of the campaign is found under its older id', async () => {
  const campaign = await launch(world, {
    trigger: { customEvent: ping },
    delay: { after: '1 hour' },
    exceptions: [{ purchase: 'any' }],
  });
  const user = await newcomer(world);
  // As the earlier version wrote it: without the mark, and before its drain carried it out.
  await world.database.pool.query('alter table pairings alter column named_by_key set default false');
  try {
    await event(world, user, ping);
  } finally {
    await world.database.pool.query('alter table pairings alter column named_by_key set default true');
  }
  const { rows } = await world.database.pool.query<{ id: string }>(
    `select format('campaign/%s/%s/%s', p.campaign_id, p.user_id, p.occurrence_key) as id
     from pairings p join campaigns c on c.id = p.campaign_id where c.key = $1`,
    [campaign],
  );
  const handle = world.client.workflow.getHandle(rows[0]?.id ?? '');
  await until(async () => await isStarted(handle), 'the start of the run');
  await purchase(world, user);
  expect(await handle.result()).toEqual(bought);
});

it('a run that has completed is never started again, however late it is told or woken', async () => {
  const { campaign, user, handle } = await waiting({ exceptions: [{ purchase: 'any' }] });
  await purchase(world, user);
  await handle.result();
  const { runId: first } = await handle.describe();
  await tellAgain(campaign, 'close');
  // Read as waiting, and settled before the wake-up went out.
  await world.database.pool.query(
    `update pairings set state = 'waiting', outcome = null, reason = null, settled_at = null
     where campaign_id = (select id from campaigns where key = $1)`,
    [campaign],
  );
  await tellAgain(campaign, 'wake');
  const run = await handle.describe();
  expect([run.runId, run.status.name]).toEqual([first, 'COMPLETED']);
  await endByHand(campaign, user);
});

it('a pairing cancelled before its run was begun begins none', async () => {
  const campaign = await launch(world, {
    trigger: { customEvent: ping },
    delay: { after: '1 hour' },
    exceptions: [{ customEvent: `${ping}-unless` }],
  });
  const [user, other] = [await newcomer(world), await newcomer(world)];
  await track(world, {
    events: [user, other].map((external_id) => ({ external_id, name: ping, time: iso(Date.now()) })),
  });
  await track(world, { events: [{ external_id: user, name: `${ping}-unless`, time: iso(Date.now() + 1) }] });
  await world.settle();
  expect(await endings(world, campaign, user)).toMatchObject([bought]);
  expect(await isStarted(world.client.workflow.getHandle(await runId(world, campaign, other)))).toBe(true);
});

it('debounce: each repeat completes the run of the one before and starts its own', async () => {
  const campaign = await launch(world, {
    trigger: { customEvent: ping },
    delay: { after: '1 hour' },
    exceptions: [{ customEvent: ping }],
  });
  const user = await newcomer(world);
  const repeat = { external_id: user, name: ping, time: iso(await world.now()) };
  await track(world, { events: [repeat, repeat, repeat] });
  await event(world, user, ping);
  await world.settle();
  const outcomes = (await endings(world, campaign, user)).map(({ reason }) => reason);
  expect(outcomes).toEqual(['exception', 'exception', 'exception', null]);
  const runs = await world.database.pool.query<{ id: string; state: string }>(
    `select format('campaign/%s/%s/%s', c.key, p.user_id, p.occurrence_key) as id, p.state
     from pairings p join campaigns c on c.id = p.campaign_id where c.key = $1`,
    [campaign],
  );
  for (const { id, state } of runs.rows) {
    const handle = world.client.workflow.getHandle(id);
    if (state === 'waiting') expect((await handle.describe()).status.name).toBe('RUNNING');
    else if (await isStarted(handle)) expect(await handle.result()).toEqual(bought);
  }
});

it('the details of a run say who, what, when due on both clocks and what stops it, and link to Rappel', async () => {
  const campaign = await launch(world, {
    name: 'Cart *reminder*',
    trigger: { customEvent: ping },
    delay: { after: '1 hour' },
    audience: { attribute: 'tier', equals: 'gold' },
    recheckAudience: true,
    exceptions: [{ purchase: 'any' }],
  });
  const user = await newcomer(world, { tier: 'gold', time_zone: 'Asia/Tokyo' });
  await event(world, user, ping);
  await world.settle();
  const description = await world.client.workflow.getHandle(await runId(world, campaign, user)).describe();
  const details = (await description.staticDetails()) ?? '';
  expect(details).toMatch(/^- \*\*Who, what:\*\* \[person (\d+)\]\(http:\/\/127\.0\.0\.1:3000\/people\/\1\), /);
  expect(details).toContain(`[Cart \\*reminder\\*](http://127.0.0.1:3000/campaigns/${campaign}) by email`);
  expect(details).toMatch(/^- \*\*Due:\*\* [\d-]+ [\d:]+ \(Asia\/Tokyo; .+ UTC\)$/m);
  expect(details).toContain('tested at entry, and again when due');
  expect(details).toContain('any purchase comes before');
  expect(details).not.toContain(user);
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
