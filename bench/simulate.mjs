// How long the simulation of the last 24 hours takes, and whether its memory stays flat. A million stored events of
// 100,000 people: 10 % triggers of the campaign, 5 % exceptions, 5 % changes of the attribute that its audience reads,
// 10 % events that it counts, the rest nothing to it. Needs a build; RAPPEL_BENCH_EVENTS changes the number.
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import { startTestPostgres, stopTestPostgres } from '../test/setup/postgres.mjs';

const built = createRequire(new URL('../dist/server.js', import.meta.url));
const { createPool } = built('./storage/pool.js');
const { migrate } = built('./storage/migrate.js');
const { compileCampaign } = built('./domain/campaign/compile.js');
const { parseDefinition } = built('./domain/campaign/definition/parseDefinition.js');
const { DEFAULT_WORKSPACE } = built('./domain/workspace.js');
const { asIfActive, simulate } = built('./simulation/simulate.js');

const EVENTS = Number(process.env.RAPPEL_BENCH_EVENTS ?? 1_000_000);
const PEOPLE = EVENTS / 10;
const DAY = 86_400_000;
const TO = Math.floor(Date.now() / 1000) * 1000;
const FROM = TO - DAY;
const DEFINITION = {
  key: 'bench',
  name: 'Bench',
  trigger: { customEvent: 'add_to_cart', where: [{ property: 'value', atLeast: 10 }] },
  delay: { after: '1 hour' },
  exceptions: [{ purchase: 'any' }],
  audience: {
    all: [
      { attribute: 'tier', equals: 'gold' },
      { eventCount: 'visit', atLeast: 1 },
    ],
  },
  reEligibility: { after: '6 hours' },
  window: { from: '06:00', to: '23:00', missed: 'nextAvailable' },
  messages: [{ channel: 'webhook', url: 'https://receiver.example/', body: {} }],
};

const mebibytes = (bytes) => Math.round(bytes / 2 ** 20);
const say = (line) => process.stdout.write(`${line}\n`);

/** Tiers change back and forth, told by events that agree with the profile as it is in the end; others are gold. */
async function fill(pool) {
  const at = [new Date(FROM).toISOString(), new Date(TO).toISOString()];
  await pool.query('select ensure_partitions($1::timestamptz), ensure_partitions($2::timestamptz)', [
    new Date(FROM - 31 * DAY).toISOString(),
    at[1],
  ]);
  await pool.query(
    `insert into users (external_id, attributes, created_at, updated_at)
     select 'person-' || n, '{}', $1::timestamptz - interval '1 day', $1::timestamptz from generate_series(1, $2::int) n`,
    [at[0], PEOPLE],
  );
  await pool.query(
    `insert into events (seq, received_at, user_id, kind, name, time, properties)
     select nextval('events_seq'), r.at, 1 + (random() * ($3::int - 1))::int, e.kind, e.name,
       case when e.kind = 'attributes' then r.at else r.at - interval '2 seconds' * random() end,
       case e.kind when 'attributes' then '{}'
         when 'purchase' then jsonb_build_object('quantity', 1, 'price', 9.5, 'product_id', 'sku')
         else jsonb_build_object('value', (random() * 100)::int, 'cart', n % 7, 'page', 'https://shop.example/' || n) end
     from generate_series(1, $4::int) n
     cross join lateral (
       select date_trunc('milliseconds', $1::timestamptz + ($2::timestamptz - $1::timestamptz) * n / ($4::int + 1)) as at
     ) r
     cross join lateral (
       select case when x < 10 then 'custom' when x < 15 then 'purchase' when x < 20 then 'attributes' else 'custom' end as kind,
         case when x < 10 then 'add_to_cart' when x < 15 then 'sku' when x < 20 then '' when x < 30 then 'visit'
           else 'noise_' || (x::int % 9) end as name
       from (select (n::bigint * 37 % 100) as x) m
     ) e`,
    [...at, PEOPLE, EVENTS],
  );
  await pool.query(
    `with turns as (
       select seq, received_at, row_number() over (partition by user_id order by received_at, seq) % 2 = 1 as is_gold
       from events where kind = 'attributes'
     )
     update events e set properties = jsonb_build_object('tier', case when t.is_gold
       then '["silver", "gold"]'::jsonb else '["gold", "silver"]'::jsonb end)
     from turns t where e.received_at = t.received_at and e.seq = t.seq`,
  );
  await pool.query(
    `update users u set attributes = jsonb_build_object('tier', case when coalesce(c.changes, 1) % 2 = 1 then 'gold' else 'silver' end)
     from users v left join (select user_id, count(*) as changes from events where kind = 'attributes' group by 1) c on c.user_id = v.id
     where u.id = v.id`,
  );
  await pool.query('vacuum analyze events, users');
}

async function measure(pool) {
  const parsed = parseDefinition(DEFINITION);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const rules = compileCampaign(parsed.definition);
  const draft = {
    ...rules,
    id: 0,
    key: 'bench',
    name: 'Bench',
    version: 1,
    generation: 1,
    state: 'draft',
    activeSince: null,
  };
  global.gc?.();
  const before = process.memoryUsage().rss;
  const samples = [];
  const timer = setInterval(() => samples.push(process.memoryUsage().rss), 50);
  const startedAt = performance.now();
  let firstAt = null;
  const { sample, ...counts } = await simulate({
    pool,
    workspace: DEFAULT_WORKSPACE,
    campaign: asIfActive(draft, FROM),
    campaignId: null,
    from: FROM,
    to: TO,
    sample: 10,
    signal: new AbortController().signal,
    onProgress: () => {
      firstAt ??= performance.now() - startedAt;
      return Promise.resolve();
    },
  });
  const seconds = (performance.now() - startedAt) / 1000;
  clearInterval(timer);
  const half = Math.floor(samples.length / 2);
  const peak = (part) => mebibytes(Math.max(before, ...part) - before);
  say(JSON.stringify({ ...counts, sends: counts.sends.total, told: sample.length }));
  say(
    `${EVENTS} events: ${seconds.toFixed(1)} s (first block after ${((firstAt ?? 0) / 1000).toFixed(1)} s); RSS ${mebibytes(before)} MiB, ` +
      `grew by at most ${peak(samples.slice(0, half))} MiB in the first half, ${peak(samples.slice(half))} MiB in the second; ` +
      `${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`,
  );
}

await startTestPostgres();
try {
  const name = `rappel_bench_${randomBytes(4).toString('hex')}`;
  const url = new URL(process.env.RAPPEL_TEST_POSTGRES_URL);
  const administrator = createPool({ connectionString: url.href, max: 1 });
  await administrator.query(`create database ${name}`);
  await administrator.end();
  url.pathname = `/${name}`;
  // Filling takes longer than a statement may.
  const filler = createPool({ connectionString: url.href, max: 1 });
  await migrate(filler, { now: TO });
  await filler.query('set statement_timeout = 0');
  const startedAt = performance.now();
  await fill(filler);
  await filler.end();
  say(`filled in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  const pool = createPool({ connectionString: url.href, max: 3 });
  for (let round = 0; round < 3; round += 1) await measure(pool);
  await pool.end();
} finally {
  await stopTestPostgres();
}
