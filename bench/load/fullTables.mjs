// Tables as years of use leave them: people, their events over 60 days, pairings that are settled with their messages and
// receipts, and pairings that wait. Set-based, in pages that tell how far it has come; the campaigns are there. Indexes are made
// afterwards, foreign keys are not looked at, and the campaigns are counted anew at the end.
import pg from 'pg';
import { recount } from '../stack/rappel.mjs';

const PAGE = 500_000;
const DAYS = 60;

// Numbers that look random and are the same each time; of two columns with seeds of their own neither tells the other.
const spread = (n, seed, range) => `(abs(hashint4(${n}::int # ${seed})::bigint) % ${range})`;
const ago = (n, seed) => `$now - ${spread(n, seed, DAYS * 86_400)} * interval '1 second'`;

// Those whom the load names are strewn over the table, not beside one another.
const PEOPLE = `
  insert into users (external_id, email, attributes, created_at, updated_at)
  select id, id || '@people.example', jsonb_build_object(
      'country', (array['FR', 'DE', 'ES', 'IT', 'GB'])[1 + ${spread('n', 7_919, 5)}],
      'plan', case when ${spread('n', 104_729, 4)} = 0 then 'pro' else 'free' end, 'note', repeat('x', 200)
    ), $now, $now
  from (select n, 'p' || (n::bigint * 7919) % $people as id from generate_series($from, $to) n) p
`;
const EVENTS = `
  insert into events (seq, received_at, user_id, kind, name, time, properties)
  select nextval('events_seq'), at, 1 + ${spread('n', 15_485_863, '$people')}, kind,
    case kind when 'purchase' then 'sku_' || n % 50 else 'visited_' || n % 20 end, at,
    case kind when 'purchase' then jsonb_build_object('price', n % 100, 'currency', 'EUR')
      else jsonb_build_object('page', '/item/' || n % 1000, 'position', n % 50) end
  from (
    select n, ${ago('n', 49_979_687)} as at, case when n % 10 = 0 then 'purchase' else 'custom' end as kind
    from generate_series($from, $to) n
  ) e
`;
const TOTALS = `
  insert into event_totals (user_id, kind, name, count, amount, first_at, last_at)
  select user_id, 'purchase', name, count(*), sum((properties ->> 'price')::float8), min(time), max(time)
  from (
    select user_id, name, properties, time from events where kind = 'purchase'
    union all
    select user_id, '', properties, time from events where kind = 'purchase'
  ) e group by user_id, name
`;
const COLUMNS = `campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, outcome, reason, trigger_kind,
    trigger_name, trigger_time, trigger_seq, trigger_properties, due_at, wake_at, created_at, settled_at`;
const OF_CAMPAIGNS = `(select id, generation, key, row_number() over (order by id) - 1 as place, count(*) over () as many from campaigns) c`;
const SETTLED = `
  with made as (
    insert into pairings (${COLUMNS})
    select c.id, 1 + ${spread('n', 32_452_843, '$people')}, 'settled:' || n, 1, c.generation, 'main', 'done', 'sent', 'sent', 'custom',
      c.key, at, n, '{}', at + interval '1 day', at + interval '1 day', at, at + interval '1 day'
    from (select n, ${ago('n', 67_867_967)} - interval '1 day' as at from generate_series($from, $to) n) p
    join ${OF_CAMPAIGNS} on c.place = n % c.many
    returning id, campaign_id, user_id, settled_at
  )
  insert into messages (pairing_id, campaign_id, user_id, channel, variant, send_key, state, keyed, attempt, receipt_at, claimed_at, created_at)
  select id, campaign_id, user_id, 'webhook', 'main', 'full:' || id, 'sent', true, 1, settled_at, settled_at, settled_at from made
`;
const RECEIPTS = `
  insert into receipts (campaign_id, user_id, count, first_at, last_at)
  select campaign_id, user_id, count(*), min(receipt_at), max(receipt_at) from messages group by 1, 2
`;
const ENGAGEMENTS = `
  insert into engagements (user_id, campaign_id, variant, channel, count, first_at, last_at)
  select user_id, campaign_id, variant, channel, count(*), min(receipt_at), max(receipt_at) from messages group by 1, 2, 3, 4
`;
const WAITING = `
  insert into pairings (${COLUMNS})
  select c.id, 1 + ${spread('n', 86_028_121, '$people')}, 'waiting:' || n, 1, c.generation, 'main', 'waiting', null, null, 'custom',
    c.key, $now - interval '1 hour', n, '{}', $now + interval '30 days', $now + interval '30 days', $now - interval '1 hour', null
  from generate_series($from, $to) n
  join ${OF_CAMPAIGNS} on c.place = n % c.many
`;

/** Of no constraint: those of a partitioned table are made for each partition. */
const INDEXES = `
  select i.indexrelid::regclass::text as name, replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') as made
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid in ('events'::regclass, 'pairings'::regclass, 'messages'::regclass, 'engagements'::regclass)
    and not c.relispartition and not exists (select from pg_constraint where conindid = i.indexrelid)
`;

/** The campaigns that the pairings are of are launched before. No run in Temporal stands behind what waits: it is due in 30 days. */
export async function fillTables({ databaseUrl }, { people, events, settled, waiting }, say) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const now = `timestamptz '${new Date().toISOString()}'`;
  const run = (text) => client.query(text.replaceAll('$now', now).replaceAll('$people', people));
  const paged = async (what, text, count) => {
    for (let from = 1; from <= count; from += PAGE) {
      const to = Math.min(count, from + PAGE - 1);
      await run(text.replaceAll('$from', from).replaceAll('$to', to));
      if (count > PAGE) say(`${to} of ${count} ${what}`);
    }
  };
  try {
    await run(`set synchronous_commit = off; set work_mem = '256MB'; set maintenance_work_mem = '512MB'`);
    await run('set session_replication_role = replica');
    await run(`select ensure_event_month($now - n * interval '1 day') from generate_series(0, ${DAYS}) n`);
    await paged('people', PEOPLE, people);
    const { rows: indexes } = await client.query(INDEXES);
    if (events > 0) for (const { name } of indexes) await run(`drop index ${name}`);
    await paged('events', EVENTS, events);
    if (events > 0) await run(TOTALS);
    await paged('settled pairings', SETTLED, settled);
    if (settled > 0) for (const statement of [RECEIPTS, ENGAGEMENTS]) await run(statement);
    await paged('waiting pairings', WAITING, waiting);
    if (events > 0) for (const { made } of indexes) await client.query(made);
    await recount(databaseUrl);
    await run('vacuum analyze');
    await run('checkpoint');
  } finally {
    await client.end();
  }
}
