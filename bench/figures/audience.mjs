// Audiences as compiled to SQL, against statements for the same people that were written by hand (bench/sql/), in turns on a
// database of its own: everybody, and a page of candidates.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { dist } from '../../cli/dev/paths.mjs';
import { median, round } from '../stack/numbers.mjs';
import { migrate } from '../stack/rappel.mjs';

const DATABASE = 'bench_audience';
const NOW = '2026-03-20T16:45:00Z';
/** As `segments/counting.ts` gives to a question about everybody. */
const MEMORY = '128MB';

const PLAYED = { eventCount: 'play', atLeast: 1, inLast: '14 days' };
const TREE = {
  all: [
    { attribute: 'country', isAnyOf: ['FR', 'DE'] },
    { not: { attribute: 'plan', equals: 'pro' } },
    { lastUsed: { lessThan: '30 days' } },
    { any: [PLAYED, { purchaseCount: 'any', atLeast: 1 }] },
    { none: [{ eventCount: 'cancel', atLeast: 1 }] },
  ],
};

const SEGMENTS = {
  regulars: { all: [{ sessionCount: { atLeast: 3 } }, { not: { eventCount: 'cancel', atLeast: 1 } }] },
};

/** By the file of the statement. */
const SHAPES = {
  attributes_and_recency: {
    all: [
      { attribute: 'country', equals: 'FR' },
      { attribute: 'plan', equals: 'pro' },
      { lastUsed: { lessThan: '14 days' } },
    ],
  },
  did_in_days: { eventCount: 'play', atLeast: 2, inLast: '7 days' },
  never_did: { eventCount: 'play', equals: 0 },
  money_in_days: { moneySpent: { moreThan: 50, inLast: '30 days' } },
  membership: { all: [{ attribute: 'country', equals: 'ES' }, { segment: 'regulars' }] },
  nested_path: { attribute: 'cart.value', atLeast: 400 },
  lapsed: { lastUsed: { moreThan: '14 days', lessThan: '21 days' } },
  tree: TREE,
};

export async function measureAudience({ installation, sizes, say }) {
  const client = await seeded(installation, sizes, say);
  try {
    const shapes = {};
    for (const [name, filter] of Object.entries(SHAPES)) {
      const compiled = await compile(filter, {});
      const hand = { text: handWritten(name), values: statementValues(name) };
      shapes[name] = await compare(client, compiled, hand, sizes.rounds);
      say(`${name}: ${describe(shapes[name])}`);
    }
    const candidates = (await client.query('select id from users order by id limit $1', [sizes.page])).rows.map(
      ({ id }) => id,
    );
    const page = await compare(
      client,
      await compile(TREE, { candidates }),
      { text: handWritten('tree_page'), values: [NOW, candidates] },
      sizes.rounds,
    );
    say(`page: ${describe(page)}`);
    const ratios = Object.values(shapes).map(({ ratio }) => ratio);
    return {
      figures: {
        audience_ratio: round(median(ratios), 2),
        audience_ratio_max: round(Math.max(...ratios), 2),
        page_ms: round(page.ours, 1),
        page_ratio: round(page.ratio, 2),
      },
      details: { shapes, page },
    };
  } finally {
    await client.end();
  }
}

const describe = ({ people, ours, hand }) => `${people} people, ${round(ours)} ms compiled, ${round(hand)} ms by hand`;

async function compile(filter, options) {
  const { filterToSql } = await import(path.join(dist, 'facts/filters/filterToSql.js'));
  const { filterSchema } = await import(path.join(dist, 'domain/audience/filter.js'));
  const { withSegments } = await import(path.join(dist, 'domain/audience/segmentsOf.js'));
  const { DEFAULT_WORKSPACE: workspace } = await import(path.join(dist, 'domain/workspace.js'));
  return filterToSql(withSegments(filterSchema.parse(filter), SEGMENTS), {
    now: Date.parse(NOW),
    workspace,
    isLocalTime: false,
    ...options,
  });
}

function handWritten(name) {
  return readFileSync(new URL(`../sql/${name}.sql`, import.meta.url), 'utf8');
}

/** Some shapes do not look at the clock. */
function statementValues(name) {
  return handWritten(name).includes('$1') ? [NOW] : [];
}

/** In turns, the first of each not counted; both must find the same people. */
async function compare(client, compiled, hand, rounds) {
  const ids = async ({ text, values }) => {
    const startedAt = performance.now();
    const { rows } = await client.query({ text, values: [...values], rowMode: 'array' });
    return { ms: performance.now() - startedAt, ids: rows.map(([id]) => Number(id)).sort((a, b) => a - b) };
  };
  const [ours, theirs] = [await ids(compiled), await ids(hand)];
  if (ours.ids.length === 0 || JSON.stringify(ours.ids) !== JSON.stringify(theirs.ids))
    throw new Error(`the statement by hand found ${theirs.ids.length} people, the compiled one ${ours.ids.length}`);
  const times = { ours: [], hand: [] };
  for (let number = 0; number < rounds; number++) {
    times.ours.push((await ids(compiled)).ms);
    times.hand.push((await ids(hand)).ms);
  }
  const [oursMs, handMs] = [median(times.ours), median(times.hand)];
  return { people: ours.ids.length, ours: oursMs, hand: handMs, ratio: oursMs / handMs };
}

async function seeded({ administratorUrl }, { people, events }, say) {
  const administrator = new pg.Client({ connectionString: administratorUrl });
  await administrator.connect();
  await administrator.query(`create database ${DATABASE}`);
  await administrator.end();
  const url = new URL(administratorUrl);
  url.pathname = `/${DATABASE}`;
  await migrate(url.href);
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  say(`${people} people and ${events} events…`);
  for (const statement of SEED)
    await client.query(statement.replaceAll('$people', people).replaceAll('$events', events));
  await client.query(`set work_mem = '${MEMORY}'`);
  return client;
}

// Numbers that look random and are the same each time; of two columns with seeds of their own neither tells the other.
const spread = (n, seed, range) => `(abs(hashint4(${n}::int # ${seed})::bigint) % ${range})`;
const ago = (n, prime, days) => `timestamptz '${NOW}' - ${spread(n, prime, days * 86_400)} * interval '1 second'`;

const SEED = [
  `select ensure_partitions(timestamptz '${NOW}' - interval '62 days')`,
  `insert into users (external_id, email, attributes, created_at, updated_at)
   select 'a' || n, case when ${spread('n', 31, 10)} < 7 then 'a' || n || '@example.com' end,
     jsonb_build_object(
       'country', (array['FR', 'DE', 'ES', 'IT', 'GB'])[1 + ${spread('n', 7_919, 5)}],
       'plan', case when ${spread('n', 104_729, 4)} = 0 then 'pro' else 'free' end,
       'cart', jsonb_build_object('value', ${spread('n', 1_299_709, 500)}), 'note', repeat('x', 200)
     ), timestamptz '${NOW}', timestamptz '${NOW}'
   from generate_series(1, $people) n`,
  `insert into events (seq, received_at, user_id, kind, name, time, properties)
   select nextval('events_seq'), at, 1 + ${spread('n', 15_485_863, '$people')}, kind, name, at,
     case when kind = 'purchase'
       then jsonb_build_object('price', ${spread('n', 32_452_843, 4_000)} / 100.0, 'currency', 'EUR')
       else jsonb_build_object('page', '/item/' || n % 1000) end
   from (
     select n, ${ago('n', 49_979_687, 60)} as at, case when n % 5 = 0 then 'purchase' else 'custom' end as kind,
       case n % 10 when 0 then 'hat' when 5 then 'scarf' when 1 then 'cancel' when 2 then 'play' when 3 then 'play' else 'view' end
         as name
     from generate_series(1, $events) n
   ) e`,
  `insert into event_totals (user_id, kind, name, count, amount, first_at, last_at)
   select n, 'session', '', 1 + n % 9, 0, timestamptz '${NOW}' - interval '61 days', ${ago('n', 67_867_967, 60)}
   from generate_series(1, $people) n where ${spread('n', 77, 5)} <> 0`,
  `insert into event_totals (user_id, kind, name, count, amount, first_at, last_at)
   select user_id, 'purchase', name, count(*), sum((properties ->> 'price')::float8), min(time), max(time)
   from (
     select user_id, name, properties, time from events where kind = 'purchase'
     union all
     select user_id, '', properties, time from events where kind = 'purchase'
   ) e group by user_id, name`,
  'vacuum analyze',
];
