// `rappel events drop`: a month of old events goes with its partition, and is kept where an audience or a waiting person needs it.
import { dropMonth } from '../../../cli/dropMonth.js';
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import { DAY, HOUR, type Recording, someone, startRecording } from '../../setup/recording.js';

const MAY = Date.UTC(2031, 4, 10, 12);
/** Long enough after the end of May. */
const LATER = Date.UTC(2031, 6, 20, 12);
jest.setTimeout(60_000);

let r: Recording;
let lines: string[];
beforeEach(async () => {
  r = await startRecording();
  lines = [];
  for (const at of [MAY, LATER]) await sql('select ensure_partitions(to_timestamp($1::float8 / 1000))', [at]);
  r.api.clock.now = MAY;
});
afterEach(() => r.api.close());

const sql = async (text: string, values: unknown[] = []) => (await r.api.database.pool.query(text, values)).rows;
const noPause = () => Promise.reject(new Error('nothing is waited for'));
interface Dropping {
  readonly isMeant?: boolean;
  readonly maxTriggerAgeMs?: number;
  readonly pause?: (ms: number) => Promise<void>;
}
const drop = async (month: string, { isMeant = true, ...more }: Dropping = {}) => {
  lines = [];
  const act = { actor: 'cli/ann', now: r.api.clock.now };
  const { maxTriggerAgeMs } = DEFAULT_WORKSPACE;
  const print = (line: string) => void lines.push(line);
  const deps = { pool: r.api.database.pool, act, maxTriggerAgeMs, print, pause: noPause, ...more };
  return await dropMonth(deps, { month, isMeant });
};
const isThere = async (table: string) =>
  (await sql('select to_regclass($1) is not null as there', [table]))[0]?.there === true;

/** In May, and the same person in July. */
async function recorded(name: string): Promise<string> {
  const user = someone();
  r.api.clock.now = MAY;
  await r.event(user, name, { event_id: 'of-may' });
  await r.purchase(user, { price: 7 });
  r.api.clock.now = LATER;
  await r.event(user, name, { event_id: 'of-july' });
  return user;
}

test('without --yes it says how many events there are, and deletes nothing', async () => {
  await recorded('play');
  expect(await drop('2031-05', { isMeant: false })).toBe(true);
  expect(lines).toEqual([
    '2031-05: 2 events',
    'Nothing needs them. Delete them with: rappel events drop 2031-05 --yes',
  ]);
  expect(await r.count('events')).toBe(3);
  expect(await isThere('events_203105')).toBe(true);
});

test('the month goes with its partition and its event ids, is told in the audit log, and answers go on', async () => {
  const campaign = await r.launch({
    trigger: { customEvent: 'play' },
    audience: { attribute: 'country', equals: 'FR' },
    delay: { after: '1 hour' },
  });
  const user = await recorded('play');
  expect(await r.rejections(campaign, user)).toHaveLength(2);
  expect(await drop('2031-05')).toBe(true);
  expect(lines).toEqual(['2031-05: 2 events', 'Deleted 2 events of 2031-05', 'Forgot 1 event ids of it']);
  expect(await isThere('events_203105')).toBe(false);
  expect(await isThere('events_203106')).toBe(true);
  expect((await r.events(user)).map(({ time }) => time)).toEqual([LATER]);
  expect(
    await sql(`select actor, at, action, subject, before, after from audit_log where action = 'events.drop'`),
  ).toEqual([
    {
      actor: 'cli/ann',
      at: LATER,
      action: 'events.drop',
      subject: 'events/2031-05',
      before: { events: 2 },
      after: null,
    },
  ]);
  const explained = await r.send('get', `/v1/explain?campaign=${campaign}&user=${user}`);
  expect([explained.status, explained.body.reason]).toEqual([200, 'outside_audience']);
  const timeline = await r.send('get', `/v1/users/${user}/timeline`);
  expect(timeline.status).toBe(200);
  const exported = await r.send('get', `/v1/users/${user}/export`);
  expect([exported.status, exported.text.includes('"done":true') || exported.text.includes('"total"')]).toEqual([
    200,
    true,
  ]);
  // The counter of purchases stands beside the events.
  expect(await sql(`select count::int, amount from event_totals where kind = 'purchase' and name = ''`)).toEqual([
    { count: 1, amount: 7 },
  ]);
  // A repeat of July is one still; the id of May is free.
  const repeat = (id: string) => r.event(user, 'play', { event_id: id });
  await repeat('of-july');
  await repeat('of-may');
  expect((await r.events(user)).map(({ time }) => time)).toEqual([LATER, LATER]);
});

describe('refused while a filter needs it', () => {
  const counting = { audience: { eventCount: 'play', atLeast: 2 }, trigger: { customEvent: 'stop' } };
  const words = "counts the custom event 'play' from the beginning";

  test('a campaign that counts its custom events from the beginning; not once it is archived', async () => {
    const campaign = await r.launch(counting);
    await recorded('play');
    expect(await drop('2031-05')).toBe(false);
    expect(lines).toEqual([
      '2031-05: 2 events',
      'They are needed:',
      `  campaign ${campaign} ${words}`,
      'Nothing was deleted',
    ]);
    expect(await r.count('events')).toBe(3);
    await r.send('post', `/v1/campaigns/${campaign}/archive`).expect(200);
    expect(await drop('2031-05')).toBe(true);
    expect(await isThere('events_203105')).toBe(false);
  });

  test('not by a campaign that counts events of which the month has none, or what is counted beside the events', async () => {
    await r.launch(counting);
    await r.launch({ trigger: { customEvent: 'stop' }, audience: { moneySpent: { atLeast: 1 } } });
    await recorded('sing');
    expect(await drop('2031-05')).toBe(true);
  });

  test('a segment, and the campaign that names it', async () => {
    const audience = { lastDid: 'play', moreThan: '10 days' };
    await r.send('post', '/v1/segments', { key: 'players', name: 'Players', audience }).expect(201);
    const campaign = await r.launch({ trigger: { customEvent: 'stop' }, audience: { segment: 'players' } });
    await recorded('play');
    expect(await drop('2031-05')).toBe(false);
    expect(lines.slice(2, -1)).toEqual([`  campaign ${campaign} ${words}`, `  segment players ${words}`]);
  });

  test('"in the last 30 days" as long as these reach into the month', async () => {
    await r.launch({
      trigger: { customEvent: 'stop' },
      audience: { purchaseCount: 'any', atLeast: 1, inLast: '30 days' },
    });
    await recorded('play');
    // A trigger that comes three days late is judged as of its own time.
    const late = { maxTriggerAgeMs: 3 * DAY };
    r.api.clock.now = Date.UTC(2031, 5, 1) + 31 * DAY + HOUR;
    expect(await drop('2031-05', late)).toBe(false);
    expect(lines[2]).toMatch(/ looks at all purchases of the last 30 days$/);
    r.api.clock.now += 2 * DAY;
    expect(await drop('2031-05', late)).toBe(true);
  });
});

test('refused while somebody waits since then, or since before: exceptions are looked for from their trigger on', async () => {
  const campaign = await r.launch({ trigger: { customEvent: 'play' }, delay: { after: '90 days' } });
  await recorded('play');
  expect(await drop('2031-05')).toBe(false);
  r.api.clock.now = Date.UTC(2031, 7, 5);
  expect(await drop('2031-06')).toBe(false);
  expect(lines).toContain(`  campaign ${campaign} has people who wait since then or before: 1`);
  await r.send('post', `/v1/campaigns/${campaign}/stop`).expect(200);
  await sql(
    `update pairings set state = 'done', outcome = 'cancelled', reason = 'campaign_stopped', settled_at = now()`,
  );
  expect(await drop('2031-05')).toBe(true);
});

test('a long question of events is not waited for: it is tried again when it is over', async () => {
  await recorded('play');
  const reader = await r.api.database.pool.connect();
  await reader.query('begin; select count(*) from events');
  const waited: number[] = [];
  const pause = async (ms: number) => {
    waited.push(ms);
    if (waited.length === 2) await reader.query('commit');
  };
  expect(await drop('2031-05', { pause })).toBe(true);
  reader.release();
  expect(waited).toEqual([3_000, 3_000]);
  expect(await isThere('events_203105')).toBe(false);
});

test('a campaign that begins to need it between looking and deleting is not overlooked', async () => {
  await recorded('play');
  const reader = await r.api.database.pool.connect();
  await reader.query('begin; select count(*) from events');
  const pause = async () => {
    await r.launch({ trigger: { customEvent: 'stop' }, audience: { eventCount: 'play', atLeast: 1 } });
    await reader.query('commit');
  };
  await expect(drop('2031-05', { pause })).rejects.toThrow('Campaigns or segments changed meanwhile');
  reader.release();
  expect(await r.count('events')).toBe(3);
  expect(await drop('2031-05')).toBe(false);
});

test('a month without a partition has nothing to delete; what an interrupted command left of its event ids goes', async () => {
  await recorded('play');
  await sql('drop table events_203105');
  expect(await drop('2031-05', { isMeant: false })).toBe(true);
  expect(await r.count('event_keys')).toBe(2);
  expect(lines[0]).toMatch(/^There are no events of 2031-05; the oldest month is 20\d\d-\d\d$/);
  expect(await drop('2031-05')).toBe(true);
  expect(lines[1]).toBe('Forgot 1 event ids of it');
  expect(await sql('select received_at from event_keys')).toEqual([{ received_at: LATER }]);
});

test.each([
  ['2031-06', 'Events of 2031-06 still explain and decide: they can be deleted from 2031-08-01T00:00:00.000Z on'],
  ['2031-07', 'Events of 2031-07 still explain and decide: they can be deleted from 2031-09-01T00:00:00.000Z on'],
  ['2031-13', "'2031-13' is not a month: such as 2026-05"],
  ['may', "'may' is not a month: such as 2026-05"],
])('%s is refused', async (month, message) => {
  r.api.clock.now = Date.UTC(2031, 6, 31, 23);
  await expect(drop(month)).rejects.toThrow(message);
});
