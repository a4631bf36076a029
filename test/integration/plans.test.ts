// The statements that run for every request and every message use an index, whatever the planner is told of their
// parameters. On 20,000 people with 200,000 events, as a small table is always read whole.
import { instant, type Queryable } from '../../storage/pool.js';
import { funnelsOf } from '../../storage/queries/campaignCounts.js';
import { closeOldGenerations, selectOldGenerations } from '../../storage/queries/closeOldGenerations.js';
import { findPeople } from '../../storage/queries/findPeople.js';
import { findEmailSharers, findPhoneSharers } from '../../storage/queries/findSharers.js';
import { findUsers } from '../../storage/queries/findUsers.js';
import { listOutcomes } from '../../storage/queries/listOutcomes.js';
import { listTimeline } from '../../storage/queries/listTimeline.js';
import { listWaiting } from '../../storage/queries/listWaiting.js';
import { lockIdsByExternalId, lockUserRows, lockUsers } from '../../storage/queries/lockUsers.js';
import { claimOutboxBatch, wakeOverduePairings } from '../../storage/queries/outboxRows.js';
import { listParked } from '../../storage/queries/parkedPairings.js';
import { selectDelivery } from '../../storage/queries/selectDelivery.js';
import { selectEntryFacts } from '../../storage/queries/selectEntryFacts.js';
import {
  selectExplainedPairings,
  selectExplainedRejections,
  selectLatestEvents,
} from '../../storage/queries/selectExplanation.js';
import { selectRecentDays } from '../../storage/queries/selectRecentDays.js';
import { selectSendFacts } from '../../storage/queries/selectSendFacts.js';
import { createTestDatabase, type TestDatabase } from '../setup/database.js';

let database: TestDatabase;
const now = Date.now();

const OUTCOMES = { before: null, limit: 20, from: null, to: null, campaign: null, reason: null, userId: null };

const SEED = `
  insert into users (external_id, email, phone, created_at, updated_at)
    select 'u' || n, 'u' || n || '@example.com', '+33' || n, $1, $1 from generate_series(1, 20000) n;
  insert into user_aliases select 'crm', 'a' || id, id from users;
  insert into events (seq, received_at, user_id, kind, name, time, properties)
    select nextval('events_seq'), $1::timestamptz + n * interval '1 millisecond', 1 + n % 20000,
      case n % 3 when 0 then 'purchase' else 'custom' end, 'e' || n % 7, $1, '{}'
    from generate_series(1, 200000) n;
  insert into event_totals select user_id, kind, name, count(*), 0, min(time), max(time) from events where kind = 'purchase' group by 1, 2, 3;
  insert into campaigns (key, name, state, active_since, created_at, updated_at)
    select 'c' || n, 'c' || n, 'active', $1, $1, $1 from generate_series(1, 10) n;
  insert into campaign_versions select id, 1, '{}', '', $1 from campaigns;
  insert into pairings (campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, outcome, reason,
      trigger_kind, trigger_name, trigger_time, trigger_seq, trigger_properties, due_at, wake_at, created_at, settled_at)
    select 1 + n % 10, 1 + n % 20000, 'e:' || n, 1, 1, 'main',
      case when n % 10 = 0 then 'waiting' when n % 5000 = 1 then 'sending' when n % 5000 = 2 then 'parked' else 'done' end,
      case when n % 10 = 0 or n % 5000 in (1, 2) then null else 'sent' end,
      case when n % 10 = 0 or n % 5000 in (1, 2) then null else 'sent' end,
      'custom', 'e1', $1, n, '{}', $1::timestamptz + n * interval '1 second', $1::timestamptz + n * interval '1 second', $1,
      case when n % 10 = 0 or n % 5000 in (1, 2) then null else $1::timestamptz + n * interval '1 second' end
    from generate_series(1, 100000) n;
  insert into messages (pairing_id, campaign_id, user_id, channel, variant, send_key, state, keyed, receipt_at, created_at)
    select id, campaign_id, user_id, 'email', 'main', 'm' || id, 'sent', true, $1, $1 from pairings where state = 'done';
  insert into receipts select campaign_id, user_id, 1, $1, $1 from pairings group by 1, 2;
  insert into rejections (recorded_at, campaign_id, user_id, event_seq, event_time, reason, evidence)
    select received_at, 1 + seq % 10, user_id, seq, time, 'outside_audience', '{}' from events where seq % 4 = 0;
  insert into outbox (kind, pairing_id, available_at)
    select 'start', id, case when id % 100 = 0 then now() - interval '1 second' else now() + interval '1 hour' end
    from pairings
`;

beforeAll(async () => {
  database = await createTestDatabase();
  const at = `'${instant(now)}'`;
  for (const statement of SEED.split(';')) await database.pool.query(statement.replaceAll('$1', at));
  await database.pool.query('analyze');
  const { rows } = await database.pool.query("select relname from pg_class where relkind = 'r' and reltuples > 1000");
  large = new Set(rows.map(({ relname }) => relname));
}, 120_000);
afterAll(() => database.drop());

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Node[];
}

/** Tables and partitions with more than a few rows; the empty partitions of months to come are rightly read whole. */
let large: ReadonlySet<string>;

function wholeReads(node: Node): readonly string[] {
  const relation = node['Relation Name'] ?? '';
  const own = node['Node Type'] === 'Seq Scan' && large.has(relation) ? [relation] : [];
  return [...own, ...(node.Plans ?? []).flatMap(wholeReads)];
}

/** The statement a function runs, with its parameters. */
async function statementOf(run: (db: Queryable) => Promise<unknown>): Promise<{ text: string; values: unknown[] }> {
  let found: { text: string; values: unknown[] } | null = null;
  const db = {
    query: (statement: { text: string; values?: unknown[] }) => {
      found = { text: statement.text, values: statement.values ?? [] };
      return Promise.resolve({ rows: [], rowCount: 0 });
    },
  };
  await run(db as unknown as Queryable).catch(() => undefined);
  if (found === null) throw new Error('no statement was run');
  return found;
}

const trigger = { kind: 'custom', name: 'e1', time: now, seq: 1, properties: {} } as const;
const names = {
  externalIds: ['u1', 'u2'],
  aliases: [{ label: 'crm', name: 'a3' }],
  userIds: [4],
  emails: ['u5@example.com'],
  phones: ['+336'],
};
const needs = [
  { kind: 'total', eventKind: 'custom', name: 'e2' },
  { kind: 'total', eventKind: 'purchase', name: '' },
] as const;
const explained = { campaignId: 1, userId: 5, limit: 20 };

test.each<[string, (db: Queryable) => Promise<unknown>]>([
  ['funnelsOf', (db) => funnelsOf(db, [{ id: 1, state: 'active' }])],
  ['findUsers', (db) => findUsers(db, names)],
  ['findEmailSharers', (db) => findEmailSharers(db, { ids: [1, 2], emails: ['U5@example.com'] })],
  ['findPhoneSharers', (db) => findPhoneSharers(db, ['+33 6'], 0)],
  ['findPeople by e-mail', (db) => findPeople(db, { kind: 'email', value: 'U5@example.com' }, 2)],
  ['findPeople by phone', (db) => findPeople(db, { kind: 'phone', value: '+33 6' }, 2)],
  ['lockIdsByExternalId', (db) => lockIdsByExternalId(db, ['u1', 'u2'])],
  ['lockUsers', (db) => lockUsers(db, [1, 2, 3])],
  ['lockUserRows', (db) => lockUserRows(db, [1, 2, 3])],
  [
    'selectEntryFacts',
    (db) =>
      selectEntryFacts(db, {
        userIds: [1, 2, 3],
        countedIds: [1, 2, 3],
        profilesOf: [1, 2, 3],
        exceptionCampaignIds: [1, 2],
        askedOfOpen: [],
        triggeredCampaignIds: [3],
        needs,
        exceptionListeners: [{ kind: 'purchase', name: null }],
        since: now,
        askedOfStored: ['n'],
      }),
  ],
  [
    'selectRecentDays',
    (db) =>
      selectRecentDays(db, {
        userIds: [1, 2, 3],
        names: [
          { kind: 'custom', name: 'e2', since: now },
          { kind: 'purchase', name: '', since: now },
        ],
        receivedBefore: null,
      }),
  ],
  [
    'selectSendFacts',
    (db) =>
      selectSendFacts(db, {
        pairingId: 5,
        userId: 6,
        needs,
        exceptions: [{ kind: 'purchase', name: null, where: [] }],
        askedOfStored: ['n'],
        trigger,
      }),
  ],
  ['selectDelivery', (db) => selectDelivery(db, 5)],
  ['claimOutboxBatch', (db) => claimOutboxBatch(db, 100)],
  ['wakeOverduePairings', (db) => wakeOverduePairings(db, now, 500)],
  ['selectOldGenerations', (db) => selectOldGenerations(db, 1_000)],
  ['closeOldGenerations', (db) => closeOldGenerations(db, [10, 20], now)],
  ['listOutcomes', (db) => listOutcomes(db, { ...OUTCOMES, before: { settledAt: now, id: 5 } })],
  ['listOutcomes of a campaign', (db) => listOutcomes(db, { ...OUTCOMES, campaign: 'c3' })],
  ['listOutcomes of a reason', (db) => listOutcomes(db, { ...OUTCOMES, reason: 'sent', from: now, to: now + 1_000 })],
  ['listOutcomes of a person', (db) => listOutcomes(db, { ...OUTCOMES, userId: 7 })],
  ['listParked', (db) => listParked(db, { campaign: null, before: 90_000, limit: 20 })],
  ['listWaiting', (db) => listWaiting(db, { campaignId: 3, after: { wakeAt: now, id: 5 }, limit: 20 })],
  ['listTimeline', (db) => listTimeline(db, { userId: 5, before: null, limit: 50 })],
  ['selectExplainedPairings', (db) => selectExplainedPairings(db, explained)],
  ['selectExplainedRejections', (db) => selectExplainedRejections(db, { ...explained, keys: ['n'] })],
  [
    'selectLatestEvents',
    (db) => selectLatestEvents(db, { userId: 5, matcher: { kind: 'purchase', name: null, where: [] }, limit: 20 }),
  ],
])('%s reads no large table whole', async (name, run) => {
  const { text, values } = await statementOf(run);
  const { rows: versions } = await database.pool.query('show server_version_num');
  const generic = Number(versions[0].server_version_num) >= 160_000;
  const plans = [await database.pool.query(`explain (format json) ${text}`, values)];
  if (generic) plans.push(await database.pool.query(`explain (generic_plan, format json) ${text}`));
  for (const { rows } of plans) {
    const plan: Node = rows[0]['QUERY PLAN'][0].Plan;
    if (process.env.SHOW_PLANS === name) process.stdout.write(`${JSON.stringify(plan, null, 1)}\n`);
    expect(wholeReads(plan)).toEqual([]);
  }
});
