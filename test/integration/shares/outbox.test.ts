// H4: what one campaign asks of Temporal does not hold up what another asks.
import { claimNewest, claimOutboxBatch, dropIdleRows } from '../../../storage/queries/outbox/outboxRows.js';
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
  const campaign = await r.launch({ trigger: { customEvent: 'neighbour' } });
  const user = someone();
  await r.event(user, 'neighbour');
  const [pairing] = await r.pairings(campaign, user);
  if (pairing === undefined) throw new Error('did not enter');
  return pairing.id;
}

const claimed = async () => (await claimOutboxBatch(r.api.database.pool, BATCH)).map(({ pairingId }) => pairingId);

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
  expect((await claimNewest(r.api.database.pool, 2)).map(({ pairingId }) => pairingId)).toContain(id);
  const batch = await claimed();
  const [oldest] = (await r.api.database.pool.query<{ id: number }>('select min(pairing_id) as id from outbox')).rows;
  expect(batch).toContain(oldest?.id);
  expect(batch).not.toContain(id);
});

test('the ends of runs go last, and yet go on', async () => {
  const campaign = await r.launch({ trigger: { customEvent: 'ends' }, delay: { after: '1 day' } });
  await crowd(150, 'ends');
  await r.api.database.pool.query(
    `insert into outbox (kind, pairing_id) select 'close', id from pairings where campaign_id =
       (select id from campaigns where key = $1)`,
    [campaign],
  );
  await r.api.database.pool.query(`delete from outbox where kind = 'start'`);
  await r.launch({ trigger: { customEvent: 'begins' } });
  await crowd(150, 'begins');
  const kinds = (await claimOutboxBatch(r.api.database.pool, BATCH)).map(({ kind }) => kind);
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
  await r.api.database.pool.query(`update outbox set attempts = 1 where pairing_id = $1 and kind = 'start'`, [tried]);
  expect(await r.count(`outbox where kind = 'start'`)).toBe(60);
  expect(await dropIdleRows(r.api.database.pool, 10_000)).toBe(49);
  // Ten who wait, and the one whose run may have begun, which is still to be told.
  expect(await r.count(`outbox where kind = 'start'`)).toBe(11);
  expect(await r.count(`outbox where kind = 'close'`)).toBe(1);
  expect(await dropIdleRows(r.api.database.pool, 10_000)).toBe(0);
});
