// What simulations answer, by small examples through the HTTP API, and that they can be ended and are bounded.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { DAY, HOUR, MINUTE, type Recording, SECOND, someone, startRecording } from '../../setup/recording.js';
import { readLines, type SimulationAnswer, simulation } from '../../setup/simulating.js';

let recording: Recording;
const START = Date.parse('2026-12-01T00:00:00Z');

beforeAll(async () => {
  recording = await startRecording();
  recording.api.clock.now = START;
});
afterAll(() => recording.api.close());

/** The clock goes on by so much. */
function pass(ms: number): void {
  recording.api.clock.now += ms;
}

/** Only what the test itself recorded from here on is simulated. */
function fromNow(): { readonly from: string; readonly to: () => string } {
  pass(DAY);
  const from = recording.iso();
  return { from, to: () => recording.iso(2 * DAY) };
}

async function simulateDraft(definition: object, period: { from: string; to: string }): Promise<SimulationAnswer> {
  // Ahead of the clock there is nothing to read; what waits falls due.
  recording.api.clock.now = Math.max(recording.api.clock.now, Date.parse(period.to));
  const messages = [{ channel: 'webhook', url: 'https://receiver.example/', body: {} }];
  const body = { definition: { name: someone(), messages, ...definition }, ...period };
  return simulation(recording, '/v1/campaigns/simulate', body);
}

describe('a draft definition', () => {
  test('SC-002-2: is told what it would have sent, to whom, and why not to others', async () => {
    const { from, to } = fromNow();
    const [bought, waited, late] = [someone(), someone(), someone()];
    for (const who of [bought, waited, late]) await recording.event(who, 'sim_cart');
    pass(59 * MINUTE + 59 * SECOND);
    await recording.purchase(bought);
    pass(2 * SECOND);
    await recording.purchase(late);
    const answer = await simulateDraft(
      { trigger: { customEvent: 'sim_cart' }, delay: { after: '1 hour' }, exceptions: [{ purchase: 'any' }] },
      { from, to: to() },
    );
    expect(answer).toMatchObject({
      people: 3,
      entries: 3,
      rejections: {},
      cancellations: { exception: 1 },
      drops: {},
      sends: { total: 2 },
      waiting: 0,
    });
    const told = answer.sample.find(({ user }) => user === bought);
    expect(told?.timeline.map(({ what }) => what)).toEqual(['entered', 'cancelled']);
    expect(told?.timeline[1]?.sentence).toMatch(/bought sku at .*that cancels it\.$/);
    expect(await recording.count("campaigns where key like 'person%'")).toBe(0);
  });

  test('EV-02, EV-04: people are as they were then: profile and counters are rebuilt', async () => {
    const gold = someone();
    await recording.track({ attributes: [{ external_id: gold, tier: 'gold' }] });
    await recording.event(gold, 'sim_visit');
    const { from } = fromNow();
    await recording.event(gold, 'sim_order');
    pass(MINUTE);
    await recording.track({ attributes: [{ external_id: gold, tier: 'silver' }] });
    await recording.event(gold, 'sim_order');
    await recording.event(gold, 'sim_visit');
    pass(MINUTE);
    const to = recording.iso();
    await recording.track({ attributes: [{ external_id: gold, tier: 'gold' }] });
    await recording.event(gold, 'sim_visit');
    await recording.event(gold, 'sim_order');
    const audience = (visits: number) => ({
      all: [
        { attribute: 'tier', equals: 'gold' },
        { eventCount: 'sim_visit', equals: visits },
      ],
    });
    const order = { trigger: { customEvent: 'sim_order' }, reEligibility: { after: '0 seconds' } };
    const then = await simulateDraft({ ...order, audience: audience(1) }, { from, to });
    expect(then).toMatchObject({ entries: 1, rejections: { outside_audience: 1 }, sends: { total: 1 } });
    const other = await simulateDraft({ ...order, audience: audience(3) }, { from, to });
    expect(other).toMatchObject({ entries: 0, rejections: { outside_audience: 2 } });
  });

  test('RE-01: what people received of the stored campaign of its key before the period counts', async () => {
    const key = await recording.launch({ trigger: { customEvent: 'sim_again' } });
    const [old, fresh] = [someone(), someone()];
    await recording.track({ attributes: [{ external_id: old }, { external_id: fresh }] });
    await recording.api.database.pool.query(
      `insert into receipts (campaign_id, user_id, count, first_at, last_at)
       select c.id, u.id, 1, $3::timestamptz, $3::timestamptz from campaigns c, users u where c.key = $1 and u.external_id = $2`,
      [key, old, recording.iso()],
    );
    const { from, to } = fromNow();
    await recording.event(old, 'sim_again');
    await recording.event(fresh, 'sim_again');
    const answer = await simulateDraft({ key, trigger: { customEvent: 'sim_again' } }, { from, to: to() });
    expect(answer).toMatchObject({ rejections: { already_received: 1 }, sends: { total: 1 } });
  });

  test('what would still wait at the end is counted, and sends by day of the workspace', async () => {
    const { from } = fromNow();
    const [first, second] = [someone(), someone()];
    await recording.event(first, 'sim_slow');
    pass(20 * HOUR);
    await recording.event(second, 'sim_slow');
    pass(20 * HOUR);
    const to = recording.iso();
    const answer = await simulateDraft(
      { trigger: { customEvent: 'sim_slow' }, delay: { after: '30 hours' } },
      { from, to },
    );
    expect(answer).toMatchObject({ entries: 2, waiting: 1, sends: { total: 1 } });
    const sentOn = new Date(Date.parse(from) + 30 * HOUR).toISOString().slice(0, 10);
    expect(answer.sends.perDay.filter(({ count }) => count > 0)).toEqual([{ day: sentOn, count: 1 }]);
  });

  test('AB-38: a trigger that arrives late finds the exception recorded before it', async () => {
    const { from, to } = fromNow();
    const who = someone();
    pass(HOUR);
    await recording.purchase(who);
    pass(MINUTE);
    await recording.event(who, 'sim_late', {}, -10 * MINUTE);
    const answer = await simulateDraft(
      { trigger: { customEvent: 'sim_late' }, delay: { after: '1 hour' }, exceptions: [{ purchase: 'any' }] },
      { from, to: to() },
    );
    expect(answer).toMatchObject({ entries: 1, cancellations: { exception: 1 }, sends: { total: 0 } });
  });

  test('EV-06: a counter that the period itself began was not there yet, an older one was', async () => {
    const [fresh, back] = [someone(), someone()];
    const session = (who: string) => recording.track({ events: [{ external_id: who, kind: 'session' }] });
    await session(back);
    pass(9 * DAY);
    const { from } = fromNow();
    for (const who of [fresh, back, fresh, back]) {
      await session(who);
      pass(HOUR);
    }
    const to = recording.iso();
    const open = { trigger: { sessionStart: true }, reEligibility: { after: '0 seconds' } };
    const first = await simulateDraft({ ...open, audience: { sessionCount: { equals: 0 } } }, { from, to });
    expect(first).toMatchObject({ people: 2, entries: 1, rejections: { outside_audience: 3 } });
    const lapsed = await simulateDraft({ ...open, audience: { lastUsed: { moreThan: '9 days' } } }, { from, to });
    expect(lapsed).toMatchObject({ entries: 1, rejections: { outside_audience: 3 } });
    expect(lapsed.sample.find(({ timeline }) => timeline.some(({ what }) => what === 'sent'))?.user).toBe(back);
    const never = { lastUsed: { after: '2000-01-01T00:00Z' } };
    const seen = await simulateDraft({ ...open, audience: never }, { from, to });
    expect(seen).toMatchObject({ entries: 3, rejections: { outside_audience: 1 } });
  });

  test('AB-15: what waits for a time of day moves with the zone of the person', async () => {
    // The same date in Paris and in Tokyo.
    recording.api.clock.now = Math.ceil(recording.api.clock.now / DAY) * DAY + 6 * HOUR;
    const { from } = fromNow();
    const who = someone();
    await recording.track({ attributes: [{ external_id: who, time_zone: 'Europe/Paris' }] });
    await recording.event(who, 'sim_zone');
    pass(HOUR);
    await recording.track({ attributes: [{ external_id: who, time_zone: 'Asia/Tokyo' }] });
    const delay = { inDays: 2, at: '09:00' };
    const answer = await simulateDraft(
      { trigger: { customEvent: 'sim_zone' }, delay },
      { from, to: recording.iso(3 * DAY) },
    );
    const [told] = answer.sample;
    expect(told?.timeline.map(({ what }) => what)).toEqual(['entered', 'moved', 'sent']);
    const day = new Date(Date.parse(from) + 2 * DAY).toISOString().slice(0, 10);
    // 09:00 in Tokyo.
    expect(told?.timeline[2]?.at).toBe(`${day}T00:00:00.000Z`);
  });

  test('AB-36: what waited when the period began is not decided again, but its receipt counts', async () => {
    const key = await recording.launch({ trigger: { customEvent: 'sim_carried' }, delay: { after: '2 hours' } });
    const who = someone();
    await recording.event(who, 'sim_carried');
    pass(HOUR);
    const from = recording.iso();
    pass(30 * MINUTE);
    await recording.event(who, 'sim_carried');
    // The first falls due and is received; nothing else is recorded before the second falls due.
    const { pool } = recording.api.database;
    await pool.query(
      `insert into messages (pairing_id, campaign_id, user_id, channel, variant, send_key, state, keyed, receipt_at, created_at)
       select id, campaign_id, user_id, 'email', variant, 'carried', 'sent', false, due_at, due_at
       from pairings where trigger_name = 'sim_carried' order by id limit 1`,
    );
    recording.api.clock.now += 2 * DAY;
    const answer = await simulation(recording, `/v1/campaigns/${key}/simulate`, { from, to: recording.iso() });
    expect(answer).toMatchObject({
      entries: 1,
      drops: { already_received: 1 },
      sends: { total: 0 },
      waitingAtStart: 1,
    });
  });

  test('a definition that is not valid is refused with its problems', async () => {
    const body = { definition: { name: 'x' }, from: recording.iso(-DAY), to: recording.iso() };
    const answer = await recording.send('post', '/v1/campaigns/simulate', body);
    expect(answer.status).toBe(422);
    expect(answer.body.problems[0].path).toMatch(/^definition\./);
  });
});

describe('a definition as a file of YAML', () => {
  const yaml = (query: string, text: string) =>
    recording.send('post', `/v1/campaigns/simulate${query}`).set('content-type', 'application/yaml').send(text);
  const FILE =
    'name: From a file\ntrigger: { customEvent: sim_yaml }\n' +
    "messages: [{ channel: webhook, url: 'https://receiver.example/', body: {} }]\n";

  test('is simulated over the period in the query', async () => {
    const { from } = fromNow();
    await recording.event(someone(), 'sim_yaml');
    pass(DAY);
    const { status, text } = await yaml(`?from=${from}&to=${recording.iso()}&sample=0`, FILE);
    expect(status).toBe(200);
    const lines = text.trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      result: { campaign: 'from-a-file', from, people: 1, sends: { total: 1 }, sample: [] },
    });
  });

  test('is refused with the line of its problem, or for the period that is missing', async () => {
    const period = `?from=${recording.iso(-DAY)}&to=${recording.iso()}`;
    const wrong = await yaml(period, `${FILE}delay: { after: soon }\n`);
    expect([wrong.status, wrong.body.problems[0]]).toEqual([422, expect.objectContaining({ line: 4 })]);
    expect(wrong.body.problems[0].path).toMatch(/delay/);
    const missing = await yaml(`?from=${recording.iso(-DAY)}`, FILE);
    expect([missing.status, missing.body.problems[0].path]).toEqual([400, 'to']);
    expect((await yaml(`${period}&sample=51`, FILE)).status).toBe(400);
  });
});

describe('what is asked', () => {
  test.each([
    ['a period that ends before it begins', { from: '2026-12-02T00:00Z', to: '2026-12-01T00:00Z' }],
    ['a period that is yet to come', { from: '2036-12-02T00:00Z', to: '2036-12-03T00:00Z' }],
    ['more than 90 days', { from: '2026-08-01T00:00Z', to: '2026-12-01T00:00Z' }],
    ['an instant without its offset', { from: '2026-12-01T00:00', to: '2026-12-02T00:00Z' }],
    ['more people than are told of', { from: '2026-11-30T00:00Z', to: '2026-12-01T00:00Z', sample: 51 }],
  ])('%s is refused', async (_, body) => {
    const key = await recording.launch({ trigger: { customEvent: 'sim_bad' } });
    const answer = await recording.send('post', `/v1/campaigns/${key}/simulate`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.problems).toHaveLength(1);
  });

  test('a campaign that is not there is not found', async () => {
    const body = { from: recording.iso(-DAY), to: recording.iso() };
    expect((await recording.send('post', '/v1/campaigns/nobody/simulate', body)).status).toBe(404);
  });
});

test('two run at a time, a third is refused; who hangs up ends the work in the database', async () => {
  const key = await recording.launch({ trigger: { customEvent: 'sim_busy' } });
  const { pool } = recording.api.database;
  const server = http.createServer(recording.api.app).listen(0, '127.0.0.1');
  const authorization = await recording.api.bearer('explain');
  const body = JSON.stringify({ from: recording.iso(-DAY), to: recording.iso() });
  const ask = () => {
    const { port } = server.address() as AddressInfo;
    const headers = { authorization, 'content-type': 'application/json' };
    const path = `/v1/campaigns/${key}/simulate`;
    const call = http.request({ port, host: '127.0.0.1', method: 'post', path, headers });
    call.on('error', () => undefined);
    call.end(body);
    return call;
  };
  // Simulations that read the stream wait for this lock.
  const blocker = await pool.connect();
  await blocker.query('begin; lock table events in access exclusive mode');
  const blocked = async () =>
    recording.count("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
  try {
    const calls = [ask(), ask()];
    await eventually(async () => (await blocked()) === 2);
    const third = await recording.send('post', `/v1/campaigns/${key}/simulate`, JSON.parse(body));
    expect(third.status).toBe(429);
    for (const call of calls) call.destroy();
    await eventually(async () => (await blocked()) === 0);
  } finally {
    await blocker.query('rollback');
    blocker.release();
  }
  const [again] = await Promise.all([simulation(recording, `/v1/campaigns/${key}/simulate`, JSON.parse(body))]);
  expect(again.people).toBe(0);
  await new Promise((closed) => server.close(closed));
});

test('an error once the answer has begun is its last line', async () => {
  const key = await recording.launch({ trigger: { customEvent: 'sim_error' } });
  const { pool } = recording.api.database;
  await pool.query('alter table event_totals rename to event_totals_away');
  try {
    await recording.event(someone(), 'sim_error').catch(() => undefined);
    await pool.query(
      `insert into events (seq, received_at, user_id, kind, name, time, properties)
       values (nextval('events_seq'), $1::timestamptz, 1, 'custom', 'sim_error', $1::timestamptz, '{}')`,
      [recording.iso(-MINUTE)],
    );
    const lines = await readLines(recording, `/v1/campaigns/${key}/simulate`, {
      from: recording.iso(-HOUR),
      to: recording.iso(),
    });
    expect(lines.at(-1)).toMatchObject({ problem: { status: 500, code: 'internal' } });
  } finally {
    await pool.query('alter table event_totals_away rename to event_totals');
  }
});

/** Polls with a deadline. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 8_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come about in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
