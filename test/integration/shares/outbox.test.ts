// H4: what one campaign asks of Temporal does not hold up what another asks.
import type { Client } from '@temporalio/client';
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import { Admission } from '../../../outbox/admission.js';
import { type DueFirst, drainOnce } from '../../../outbox/drain.js';
import { claimInTurn, claimOutboxBatch, type OutboxRow } from '../../../storage/queries/outbox/outboxRows.js';
import { dropIdleRows } from '../../../storage/queries/outbox/pairingRows.js';
import { type Recording, someone, startRecording } from '../../setup/recording.js';

const BATCH = 50;

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());
beforeEach(async () => {
  await r.api.database.pool.query('delete from outbox');
});

/** `count` people for whom the event happens, in requests of 75. */
async function crowd(count: number, name: string): Promise<void> {
  const people = Array.from({ length: count }, someone);
  for (let at = 0; at < count; at += 75)
    await r.track({ events: people.slice(at, at + 75).map((external_id) => ({ external_id, name })) });
}

async function neighbour(): Promise<number> {
  const user = someone();
  const campaign = await r.launch({ trigger: { customEvent: `neighbour ${user}` } });
  await r.event(user, `neighbour ${user}`);
  const [pairing] = await r.pairings(campaign, user);
  if (pairing === undefined) throw new Error('did not enter');
  return pairing.id;
}

const pairingsOf = (rows: readonly OutboxRow[]) => rows.map(({ subject }) => subject?.id);
const claimed = async () => pairingsOf(await claimOutboxBatch(r.api.database.pool, { limit: BATCH, room: BATCH }));

const inTurn = async (busy: readonly number[], { from = 0, limit = 4 } = {}) =>
  pairingsOf(await claimInTurn(r.api.database.pool, { limit, from, busy }));

/** The campaign of the pairing, or with `<>` the first of another. */
async function campaignOf(pairing: number, relation: '=' | '<>' = '='): Promise<number> {
  const { rows } = await r.api.database.pool.query<{ id: number }>(
    `select min(campaign_id) as id from outbox
     where campaign_id ${relation} (select campaign_id from pairings where id = $1)`,
    [pairing],
  );
  const [{ id } = { id: 0 }] = rows;
  return id;
}

test('campaigns take turns: one of each, what is due first of it, but of those that are busy', async () => {
  await r.launch({ trigger: { customEvent: 'many' } });
  await crowd(150, 'many');
  const [first, second] = [await neighbour(), await neighbour()];
  const crowded = await campaignOf(first, '<>');
  expect(await inTurn([], { limit: 2 })).toEqual([expect.any(Number), first]);
  expect(await inTurn([crowded])).toEqual([second]);
  expect(await inTurn([crowded])).toEqual([]);
  const next = await inTurn([]);
  const { rows } = await r.api.database.pool.query('select min(target_id) as id from outbox where attempts = 0');
  expect(rows).toEqual([{ id: Number(next[0]) + 1 }]);
  const third = await neighbour();
  expect(await inTurn([], { from: crowded + 1 })).toEqual([third]);
});

test('a hundred campaigns are looked at, and more from where the last one was', async () => {
  await r.api.database.pool.query(
    `insert into outbox (target, target_id, kind, campaign_id)
     select 'pairing', 1000000 + n, 'wake', 1000000 + n from generate_series(1, 150) as n`,
  );
  const busy = Array.from({ length: 100 }, (_, n) => 1_000_001 + n);
  const campaigns = async (from: number) =>
    (await claimInTurn(r.api.database.pool, { limit: 4, from, busy })).map(({ campaignId }) => campaignId);
  expect(await campaigns(0)).toEqual([]);
  expect(await campaigns(1_000_002)).toEqual([1_000_101]);
});

test('what is due at once goes before what is due tomorrow, whenever it was written', async () => {
  await r.launch({ trigger: { customEvent: 'tomorrow' }, delay: { after: '1 day' } });
  await crowd(150, 'tomorrow');
  const id = await neighbour();
  await crowd(150, 'tomorrow');
  expect(await claimed()).toContain(id);
});

test('who comes last is not behind all who came before, and the oldest are not forgotten for it', async () => {
  await r.launch({ trigger: { customEvent: 'now' } });
  await crowd(150, 'now');
  const id = await neighbour();
  expect(await inTurn([await campaignOf(id, '<>')])).toEqual([id]);
  const batch = await claimed();
  const [oldest] = (await r.api.database.pool.query<{ id: number }>('select min(target_id) as id from outbox')).rows;
  expect(batch).toContain(oldest?.id);
  expect(batch).not.toContain(id);
});

test('of what is due at once there is as much as there is room for; what is due later comes all the same', async () => {
  await r.launch({ trigger: { customEvent: 'at once' } });
  await r.launch({ trigger: { customEvent: 'later' }, delay: { after: '1 day' } });
  await crowd(75, 'at once');
  await crowd(75, 'later');
  const batch = await claimOutboxBatch(r.api.database.pool, { limit: 20, room: 3 });
  const due = batch.filter(({ subject }) => (subject?.wakeAt ?? 0) <= r.api.clock.now);
  expect([batch.length, due.length]).toEqual([18, 3]);
});

test('what has been carried out is deleted with the next claim, but not what was asked for anew meanwhile', async () => {
  const { pool } = r.api.database;
  const [first, second] = [await neighbour(), await neighbour()];
  const done = await claimOutboxBatch(pool, { limit: 10, room: 10 });
  await pool.query('update outbox set attempts = 0 where target_id = $1', [second]);
  expect(await claimOutboxBatch(pool, { limit: 10, room: 10, done })).toEqual([]);
  const { rows } = await pool.query('select target_id as id from outbox');
  expect([done.map(({ subject }) => subject?.id), rows]).toEqual([[first, second], [{ id: second }]]);
});

test('the ends of runs go last, and yet go on', async () => {
  const campaign = await r.launch({ trigger: { customEvent: 'ends' }, delay: { after: '1 day' } });
  await crowd(150, 'ends');
  await r.api.database.pool.query(
    `insert into outbox (target, kind, target_id, campaign_id) select 'pairing', 'close', id, campaign_id from pairings where campaign_id =
       (select id from campaigns where key = $1)`,
    [campaign],
  );
  await r.api.database.pool.query(`delete from outbox where kind = 'start'`);
  await r.launch({ trigger: { customEvent: 'begins' } });
  await crowd(150, 'begins');
  const kinds = (await claimOutboxBatch(r.api.database.pool, { limit: BATCH, room: BATCH })).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'start')).toHaveLength(BATCH * 0.9);
  expect(kinds.filter((kind) => kind === 'close')).toHaveLength(BATCH / 10);
});

test('what asks for nothing any more goes in one statement, and nothing else', async () => {
  const campaign = await r.launch({
    trigger: { customEvent: 'idle' },
    delay: { after: '1 day' },
    exceptions: [{ customEvent: 'no' }],
  });
  const people = Array.from({ length: 60 }, someone);
  await r.track({ events: people.map((external_id) => ({ external_id, name: 'idle' })) });
  await r.track({ events: people.slice(0, 50).map((external_id) => ({ external_id, name: 'no' })) });
  const tried = (await r.pairings(campaign, people[0] ?? '')).at(0)?.id;
  await r.api.database.pool.query(`update outbox set attempts = 1 where target_id = $1 and kind = 'start'`, [tried]);
  expect(await r.count(`outbox where kind = 'start'`)).toBe(60);
  expect(await dropIdleRows(r.api.database.pool, 10_000)).toBe(49);
  // Ten who wait, and the one whose run may have begun, which is still to be told.
  expect(await r.count(`outbox where kind = 'start'`)).toBe(11);
  expect(await r.count(`outbox where kind = 'close'`)).toBe(1);
  expect(await dropIdleRows(r.api.database.pool, 10_000)).toBe(0);
});

type Start = (type: string, options: { readonly args: readonly [{ readonly pairingId: number }] }) => Promise<void>;

/** The lane of what is due first, whose runs are started by `start`. */
function laneOf(start: Start, admission: Admission): DueFirst {
  return {
    done: [],
    pool: r.api.database.pool,
    client: { workflow: { start } } as unknown as Client,
    taskQueue: 'rappel',
    admission,
    clock: () => Promise.resolve(r.api.clock.now),
    workspace: DEFAULT_WORKSPACE,
    publicUrl: 'http://localhost',
    isKeyed: () => true,
    onGone: () => undefined,
  };
}

test('what is claimed ahead waits for a place: one claim serves six, and no more than two are under way', async () => {
  await r.launch({ trigger: { customEvent: 'ahead' } });
  await crowd(10, 'ahead');
  const admission = new Admission({ most: 2, takenUp: () => Promise.resolve([]) });
  const started: number[] = [];
  const underWay: number[] = [];
  const begun = new Set<number>();
  const start: Start = (_, { args: [{ pairingId }] }) => {
    started.push(pairingId);
    underWay.push(started.length - begun.size);
    setImmediate(() => {
      begun.add(pairingId);
      admission.began(pairingId);
    });
    return Promise.resolve();
  };
  expect(await drainOnce(laneOf(start, admission))).toBe(true);
  expect({ count: started.length, most: Math.max(...underWay), inOrder: started.toSorted((a, b) => a - b) }).toEqual({
    count: 6,
    most: 2,
    inOrder: started,
  });
});

test('a row whose pairing is gone is deleted with a warning; beside it others are carried out', async () => {
  const { pool } = r.api.database;
  const id = await neighbour();
  await pool.query(
    `insert into outbox (target, target_id, kind, campaign_id)
     select 'pairing', 2000000, 'wake', campaign_id from pairings where id = $1`,
    [id],
  );
  const [started, gone]: unknown[][] = [[], []];
  const start: Start = (_, { args: [{ pairingId }] }) => {
    started?.push(pairingId);
    return Promise.resolve();
  };
  const onGone = ({ target, kind }: { target: string; kind: string }) => gone?.push([target, kind]);
  const admission = new Admission({ most: 10, takenUp: (ids) => Promise.resolve(ids) });
  await drainOnce({ ...laneOf(start, admission), onGone });
  expect({ started, gone, left: await r.count('outbox') }).toEqual({
    started: [id],
    gone: [['pairing', 'wake']],
    left: 0,
  });
});
