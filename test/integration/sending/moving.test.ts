// AB-15: what waits for people whose time zone changes moves with their clock, in the transaction of the change.

import { sweepEditedHolds } from '../../../outbox/sweeps.js';
import { claimOutboxBatch, deleteOutboxRows } from '../../../storage/queries/outbox/outboxRows.js';
import { HOUR, type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
  await r.api.database.pool.query("select ensure_partitions('2026-06-10')");
});
afterAll(() => r.api.close());

const trigger = { customEvent: 'go' };
const tomorrowAtNine = { inDays: 1, at: '09:00' };

/** The next day 09:00 of people on UTC, tried at noon. */
async function waiting(definition: object, timeZone = 'UTC') {
  r.api.clock.now = Date.parse('2026-06-10T12:00:00Z');
  const campaign = await r.launch({ trigger, ...definition });
  const user = someone();
  await r.track({ attributes: [{ external_id: user, email: 'a@example.com', time_zone: timeZone }] });
  await r.event(user, 'go');
  return { campaign, user };
}

async function move(user: string, timeZone: string | null) {
  await r.track({ attributes: [{ external_id: user, time_zone: timeZone }] });
}

async function plan({ campaign, user }: { campaign: string; user: string }) {
  const { rows } = await r.api.database.pool.query<{ due: number; wake: number; hinted: boolean }>(
    `select p.due_at as due, p.wake_at as wake,
       exists (select from outbox o where o.target_id = p.id and o.kind = 'rescheduled') as hinted
     from pairings p join campaigns c on c.id = p.campaign_id join users u on u.id = p.user_id
     where c.key = $1 and u.external_id = $2`,
    [campaign, user],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('nothing waits');
  return { due: new Date(row.due).toISOString(), wake: new Date(row.wake).toISOString(), hinted: row.hinted };
}

/** As `attemptSend` leaves a pairing that it holds for a window or quiet hours. */
async function hold({ campaign, user }: { campaign: string; user: string }, until: string) {
  await r.api.database.pool.query(
    `update pairings p set wake_at = $3::timestamptz from campaigns c, users u
     where c.id = p.campaign_id and u.id = p.user_id and c.key = $1 and u.external_id = $2`,
    [campaign, user, until],
  );
}

describe('a time zone that changes while the person waits', () => {
  test('AB-15: a due time of day that comes earlier on the new clock moves, and the run is told', async () => {
    const pairing = await waiting({ delay: tomorrowAtNine });
    await move(pairing.user, 'Asia/Tokyo');
    expect(await plan(pairing)).toEqual({
      due: '2026-06-11T00:00:00.000Z',
      wake: '2026-06-11T00:00:00.000Z',
      hinted: true,
    });
  });

  test('AB-15: one that comes later moves too, and the run finds out when it wakes', async () => {
    const pairing = await waiting({ delay: tomorrowAtNine });
    await move(pairing.user, 'America/New_York');
    const later = { due: '2026-06-11T13:00:00.000Z', wake: '2026-06-11T13:00:00.000Z' };
    expect(await plan(pairing)).toEqual({ ...later, hinted: false });
    await move(pairing.user, 'America/New_York');
    expect(await plan(pairing)).toEqual({ ...later, hinted: false });
  });

  test('AB-15, AB-55: a zone that becomes unknown is the workspace’s', async () => {
    const pairing = await waiting({ delay: tomorrowAtNine }, 'Asia/Tokyo');
    await move(pairing.user, null);
    expect(await plan(pairing)).toMatchObject({ due: '2026-06-11T09:00:00.000Z' });
  });

  test('AB-15: elapsed time and clocks of others stay', async () => {
    const others = [
      { after: '1 day' },
      { ...tomorrowAtNine, zone: 'workspace' },
      { ...tomorrowAtNine, zone: 'Asia/Tokyo' },
    ];
    for (const delay of others) {
      const pairing = await waiting({ delay });
      const before = await plan(pairing);
      await move(pairing.user, 'America/New_York');
      expect(await plan(pairing)).toEqual(before);
    }
  });

  test('AB-15: a hint asked for again while an earlier one is carried out is carried out again', async () => {
    const { pool } = r.api.database;
    const pairing = await waiting({ delay: tomorrowAtNine });
    await pool.query("delete from outbox where kind = 'start'");
    await move(pairing.user, 'Asia/Kolkata');
    const carriedOut = await claimOutboxBatch(pool, { limit: 100, room: 100 });
    await move(pairing.user, 'Asia/Tokyo');
    await deleteOutboxRows(pool, carriedOut);
    expect(await plan(pairing)).toMatchObject({ due: '2026-06-11T00:00:00.000Z', hinted: true });
    await deleteOutboxRows(pool, await claimOutboxBatch(pool, { limit: 100, room: 100 }));
    expect(await plan(pairing)).toMatchObject({ hinted: false });
  });

  test('AB-15: a due instant that has passed on the new clock is looked at now', async () => {
    const pairing = await waiting({ delay: { inDays: 0, at: '13:00' } });
    await move(pairing.user, 'Asia/Tokyo');
    expect(await plan(pairing)).toEqual({
      due: '2026-06-10T04:00:00.000Z',
      wake: '2026-06-10T12:00:00.000Z',
      hinted: true,
    });
  });

  test('AB-15: the delay the person entered with holds, whatever it has been edited to', async () => {
    const pairing = await waiting({ delay: tomorrowAtNine });
    const answer = await r.send('put', `/v1/campaigns/${pairing.campaign}`, {
      name: 'Edited',
      trigger,
      delay: { inDays: 9, at: '20:00' },
      messages: [{ channel: 'email', subject: 'Hello', text: 'Hello' }],
    });
    expect(answer.status).toBe(200);
    expect(await plan(pairing)).toMatchObject({ due: '2026-06-11T09:00:00.000Z' });
    await move(pairing.user, 'Asia/Tokyo');
    expect(await plan(pairing)).toMatchObject({ due: '2026-06-11T00:00:00.000Z' });
  });

  test('AB-15, AB-51, QH-02: a hold for hours on the person’s clock is looked at again at once', async () => {
    const hours = { from: '09:00', to: '17:00' };
    for (const rules of [
      { window: { ...hours, missed: 'nextAvailable' } },
      { quietHours: { from: '17:00', to: '09:00' } },
    ]) {
      const pairing = await waiting(rules);
      r.api.clock.now += 6 * HOUR;
      await hold(pairing, '2026-06-11T09:00:00Z');
      await move(pairing.user, 'America/New_York');
      expect(await plan(pairing)).toEqual({
        due: '2026-06-10T12:00:00.000Z',
        wake: '2026-06-10T18:00:00.000Z',
        hinted: true,
      });
    }
  });

  test('AB-15: what waits for its provider, or for hours on another clock, waits on', async () => {
    const other = await waiting({ quietHours: { from: '17:00', to: '09:00', zone: 'workspace' } });
    const retrying = await waiting({ quietHours: { from: '17:00', to: '09:00' } });
    await r.api.database.pool.query(
      `insert into messages (pairing_id, campaign_id, user_id, channel, variant, send_key, state, keyed, created_at)
       select p.id, p.campaign_id, p.user_id, 'email', 'a', 'zones-test', 'released', true, now()
       from pairings p join campaigns c on c.id = p.campaign_id where c.key = $1`,
      [retrying.campaign],
    );
    for (const pairing of [other, retrying]) {
      await hold(pairing, '2026-06-11T09:00:00Z');
      await move(pairing.user, 'America/New_York');
      expect(await plan(pairing)).toMatchObject({ wake: '2026-06-11T09:00:00.000Z', hinted: false });
    }
  });
});

describe('a delay to a time of day, at entry', () => {
  test('AB-23: in 0 days at a time that has passed is refused as past due, unless next-available applies', async () => {
    const past = await waiting({ delay: { inDays: 0, at: '09:00' } });
    expect(await r.pairings(past.campaign, past.user)).toEqual([]);
    expect(await r.rejections(past.campaign, past.user)).toMatchObject([
      { reason: 'past_due', evidence: { dueAt: '2026-06-10T09:00:00.000Z' } },
    ]);
    const window = { from: '08:00', to: '20:00', missed: 'nextAvailable' };
    const shifted = await waiting({ delay: { inDays: 0, at: '09:00' }, window });
    expect(await plan(shifted)).toMatchObject({ due: '2026-06-11T08:00:00.000Z' });
  });
});

describe('an edit of the hours while people are held', () => {
  const sweep = () => sweepEditedHolds({ pool: r.api.database.pool, clock: () => Promise.resolve(r.api.clock.now) });
  const definition = (more: object) => ({
    name: 'Edited',
    trigger,
    messages: [{ channel: 'email', subject: 'Hello', text: 'Hello' }],
    ...more,
  });
  const edit = (key: string, more: object) => r.send('put', `/v1/campaigns/${key}`, definition(more));
  const held = { due: '2026-06-10T12:00:00.000Z', wake: '2026-06-11T09:00:00.000Z', hinted: false };
  const released = { ...held, wake: '2026-06-10T18:00:00.000Z', hinted: true };

  async function heldPairing() {
    const pairing = await waiting({ quietHours: { from: '17:00', to: '09:00' } });
    r.api.clock.now += 6 * HOUR;
    await hold(pairing, held.wake);
    return pairing;
  }

  test('AB-15: a changed window, quiet hours or duration is felt at once by who is held for the old', async () => {
    const edits = [
      { quietHours: { from: '20:00', to: '09:00' } },
      { quietHours: { from: '17:00', to: '09:00' }, window: { from: '00:00', to: '20:00', missed: 'nextAvailable' } },
      { quietHours: { from: '17:00', to: '09:00' }, duration: { end: '2026-06-11T00:00' } },
    ];
    for (const more of edits) {
      const pairing = await heldPairing();
      expect((await edit(pairing.campaign, more)).status).toBe(200);
      for (let round = 0; round < 10 && (await plan(pairing)).hinted === false; round += 1) await sweep();
      expect(await plan(pairing)).toEqual(released);
      expect(await sweep()).toBe(true);
      expect(await r.count('hold_reviews')).toBe(0);
      expect(await sweep()).toBe(false);
    }
  });

  test('AB-15: another edit leaves holds as they are', async () => {
    const pairing = await heldPairing();
    await edit(pairing.campaign, { quietHours: { from: '17:00', to: '09:00' }, delay: { after: '9 days' } });
    expect(await r.count('hold_reviews')).toBe(0);
    expect(await plan(pairing)).toEqual(held);
  });

  test('AB-15: a hold being written while the campaign is edited is not missed', async () => {
    const pairing = await heldPairing();
    const client = await r.api.database.pool.connect();
    try {
      await client.query('begin');
      await client.query(
        `update pairings set wake_at = '2026-06-11T08:00Z'
         where campaign_id = (select id from campaigns where key = $1)`,
        [pairing.campaign],
      );
      await edit(pairing.campaign, { quietHours: { from: '20:00', to: '09:00' } });
      expect(await sweep()).toBe(false);
      expect(await sweep()).toBe(false);
      await client.query('commit');
    } finally {
      client.release();
    }
    expect(await sweep()).toBe(true);
    expect(await plan(pairing)).toEqual(released);
    expect(await sweep()).toBe(true);
  });
});
