// What counts from the planned instant of a send: the receipt of one that was less than a minute late (RE-13), and how late
// a message is that hours held (AB-58).
import { refused as refusedByProvider } from '../../../channels/sendResult.js';
import { countedInstant, PUNCTUALITY_MS } from '../../../domain/decision/punctuality.js';
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import { DAY, HOUR, MINUTE, type Recording, SECOND, someone, startRecording } from '../../setup/recording.js';
import { ACCEPTED, type Sending, startSending } from '../../setup/sending.js';

let r: Recording;
let sending: Sending;
beforeAll(async () => {
  r = await startRecording();
  sending = startSending(r, { ...DEFAULT_WORKSPACE, maxLatenessMs: 6 * HOUR });
});
afterAll(async () => {
  await sending.stop();
  await r.api.close();
});
beforeEach(() => {
  sending.provider.answer = ACCEPTED;
  sending.provider.takesMs = 0;
});

const setClock = (at: number) => {
  r.api.clock.now = at;
};
/** Midnight, UTC, of a day after all that tests before have done. */
const newDay = () => {
  setClock(Math.floor(r.api.clock.now / DAY) * DAY + 2 * DAY);
  return r.api.clock.now;
};

async function reachable(): Promise<string> {
  const user = someone();
  await r.track({ attributes: [{ external_id: user, email: `${user}@example.com`, time_zone: 'UTC' }] });
  return user;
}

const receiptOf = async (user: string) => {
  const { rows } = await r.api.database.pool.query(
    `select r.last_at, r.counts_from, (select max(m.receipt_at) from messages m where m.user_id = r.user_id) as told
     from receipts r join users u on u.id = r.user_id where u.external_id = $1`,
    [user],
  );
  return rows[0];
};

describe.each(['by one statement', 'by a transaction, as a follow-up listens'])('B10, RE-13: settled %s', (how) => {
  /** Two triggers an hour apart, both waiting until the first is sent, each so late as given. */
  async function anHourApart(lateMs: readonly number[]) {
    const start = newDay();
    const name = someone();
    const reEligibility = { after: '1 hour' };
    const campaign = await r.launch({ trigger: { customEvent: name }, delay: { after: '2 hours' }, reEligibility });
    if (how !== 'by one statement') await r.launch({ trigger: { received: campaign } });
    const user = await reachable();
    for (const at of [start, start + HOUR]) {
      setClock(at);
      await r.event(user, name);
    }
    const outcomes = [];
    for (const [index, pairing] of (await r.pairings(campaign, user)).entries()) {
      setClock(start + (2 + index) * HOUR + (lateMs[index] ?? 0) - 100);
      sending.provider.takesMs = 100;
      outcomes.push(await sending.attempt(campaign, user, pairing.id));
    }
    return { campaign, user, planned: start + 2 * HOUR, outcomes };
  }

  test('two sends planned exactly one period apart both go out, the first 0.4 s late', async () => {
    const { user, planned, outcomes } = await anHourApart([400, 100]);
    expect(outcomes).toMatchObject([{ outcome: 'sent' }, { outcome: 'sent' }]);
    const late = planned + HOUR + 100;
    expect(await receiptOf(user)).toEqual({ last_at: late, counts_from: planned + HOUR, told: late });
  });

  test('one a minute late counts from its own instant: the next is dropped, and told when it was received', async () => {
    const { user, planned, outcomes, campaign } = await anHourApart([MINUTE, 400]);
    expect(outcomes).toMatchObject([{ outcome: 'sent' }, { outcome: 'dropped', reason: 'not_yet_re_eligible' }]);
    const receivedAt = new Date(planned + MINUTE).toISOString();
    expect(await receiptOf(user)).toMatchObject({ last_at: planned + MINUTE, counts_from: planned + MINUTE });
    expect((await r.pairings(campaign, user)).at(-1)?.evidence).toMatchObject({ receivedAt });
  });
});

test('B10, RE-13: without a delay, a trigger exactly one period after one that was sent 0.4 s late enters and is sent', async () => {
  const start = newDay();
  const name = someone();
  const campaign = await r.launch({ trigger: { customEvent: name }, reEligibility: { after: '1 hour' } });
  const user = await reachable();
  const outcomes = [];
  for (const at of [start, start + HOUR]) {
    setClock(at + 400);
    await r.event(user, name, {}, -400);
    outcomes.push(await sending.attempt(campaign, user));
  }
  expect(outcomes).toMatchObject([{ outcome: 'sent' }, { outcome: 'sent' }]);
  expect(await r.pairings(campaign, user)).toHaveLength(2);
  setClock(start + 2 * HOUR);
  await r.event(user, name, {}, -1);
  expect(await r.rejections(campaign, user)).toMatchObject([
    {
      reason: 'not_yet_re_eligible',
      evidence: { receivedAt: r.iso(400 - HOUR), countsFrom: r.iso(-HOUR), eligibleAt: r.iso() },
    },
  ]);
});

test('B10, RE-13: two sends for 09:00 of consecutive days both go out', async () => {
  const today = newDay();
  const name = someone();
  const delay = { inDays: 1, at: '09:00', zone: 'workspace' };
  const campaign = await r.launch({ trigger: { customEvent: name }, delay, reEligibility: { after: '1 day' } });
  const user = await reachable();
  const outcomes = [];
  for (const day of [0, 1]) {
    setClock(today + day * DAY + 8 * HOUR);
    await r.event(user, name);
  }
  for (const [index, pairing] of (await r.pairings(campaign, user)).entries()) {
    setClock(today + (index + 1) * DAY + 9 * HOUR + 300 - index * 200);
    outcomes.push(await sending.attempt(campaign, user, pairing.id));
  }
  expect(outcomes).toMatchObject([{ outcome: 'sent' }, { outcome: 'sent' }]);
});

test('B10, RE-13: what a window held counts from its opening', async () => {
  const today = newDay();
  const name = someone();
  const window = { from: '09:00', to: '17:00', missed: 'nextAvailable', zone: 'workspace' };
  const definition = { trigger: { customEvent: name }, delay: { after: '41 hours' }, window };
  const campaign = await r.launch({ ...definition, reEligibility: { after: '1 day' } });
  const user = await reachable();
  setClock(today + 15 * HOUR);
  await r.event(user, name);
  const [first] = await r.pairings(campaign, user);
  setClock(today + 2 * DAY + 8 * HOUR + 300);
  const opening = today + 2 * DAY + 9 * HOUR;
  expect(await sending.attempt(campaign, user)).toMatchObject({ kind: 'hold', until: opening });
  // Due when the window opens a day later: its trigger came while the first was still waiting.
  await r.event(user, name, {}, -16 * HOUR - 300);
  setClock(opening + 300);
  expect(await sending.attempt(campaign, user, first?.id)).toMatchObject({ outcome: 'sent' });
  expect(await receiptOf(user)).toMatchObject({ last_at: opening + 300, counts_from: opening });
  setClock(opening + DAY + 100);
  expect(await sending.attempt(campaign, user)).toMatchObject({ outcome: 'sent' });
});

test('RE-13: a refusal of some seconds is not late either; one of unknown outcome counts like a receipt', async () => {
  const start = newDay();
  const name = someone();
  const campaign = await r.launch({ trigger: { customEvent: name }, reEligibility: { after: '1 hour' } });
  const user = await reachable();
  await r.event(user, name);
  setClock(start + 100);
  sending.provider.answer = refusedByProvider('451', 'later');
  const refused = await sending.attempt(campaign, user);
  if (refused.kind !== 'hold') throw new Error(`answered ${refused.kind}`);
  expect(refused.until).toBeLessThan(start + MINUTE);
  setClock(refused.until);
  sending.provider.answer = ACCEPTED;
  expect(await sending.attempt(campaign, user)).toMatchObject({ outcome: 'sent' });
  expect(await receiptOf(user)).toMatchObject({ last_at: refused.until, counts_from: start });

  await r.api.database.pool.query(
    `with unknown as (
       update messages m set state = 'unknown', receipt_at = null from users u
       where u.id = m.user_id and u.external_id = $1 returning u.id
     ) delete from receipts where user_id in (select id from unknown)`,
    [user],
  );
  setClock(start + HOUR - 1);
  await r.event(user, name);
  expect(await r.rejections(campaign, user)).toMatchObject([{ reason: 'not_yet_re_eligible' }]);
  setClock(start + HOUR);
  await r.event(user, name);
  expect(await r.pairings(campaign, user)).toHaveLength(2);
  expect(await sending.attempt(campaign, user)).toMatchObject({ outcome: 'sent' });
});

test('B16, AB-58: with a MAX_LATENESS of 6 hours, what quiet hours held for 9 is sent when they end', async () => {
  const today = newDay();
  const name = someone();
  const quietHours = { from: '22:00', to: '07:00', zone: 'workspace' };
  const campaign = await r.launch({ trigger: { customEvent: name }, delay: { after: '1 hour' }, quietHours });
  const [held, refused] = [await reachable(), await reachable()];
  setClock(today + 21 * HOUR);
  for (const user of [held, refused]) await r.event(user, name);
  setClock(today + 22 * HOUR);
  const morning = today + DAY + 7 * HOUR;
  for (const user of [held, refused]) {
    expect(await sending.attempt(campaign, user)).toMatchObject({ kind: 'hold', until: morning });
  }
  setClock(morning + SECOND);
  expect(await sending.attempt(campaign, held)).toMatchObject({ outcome: 'sent' });

  // From then on it is late, whatever holds it of our own.
  sending.provider.answer = refusedByProvider('451', 'later', 6 * HOUR);
  expect(await sending.attempt(campaign, refused)).toMatchObject({ kind: 'hold' });
  setClock(morning + 6 * HOUR + 5 * MINUTE);
  expect(await sending.attempt(campaign, refused)).toMatchObject({ outcome: 'dropped', reason: 'stale' });
  expect((await r.pairings(campaign, refused))[0]?.evidence).toMatchObject({
    dueAt: new Date(today + 22 * HOUR).toISOString(),
    heldUntil: new Date(morning).toISOString(),
  });
});

test.each([-1, 0, 400, PUNCTUALITY_MS - 1, PUNCTUALITY_MS, HOUR])(
  'RE-13: statements count a receipt %d ms after its planned instant from where the gates do',
  async (lateMs) => {
    const planned = newDay();
    const { rows } = await r.api.database.pool.query('select counted_instant($1::timestamptz, $2::timestamptz) as at', [
      new Date(planned).toISOString(),
      new Date(planned + lateMs).toISOString(),
    ]);
    expect(rows).toEqual([{ at: countedInstant(planned, planned + lateMs) }]);
  },
);
