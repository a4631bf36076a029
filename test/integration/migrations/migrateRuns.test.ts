// What the migration about the names of runs makes of pairings from before it: their runs are found where they are.
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deliveryWorkflowId } from '../../../domain/ids.js';
import { migrate, migrationFiles } from '../../../storage/migrate.js';
import { claimOutboxBatch } from '../../../storage/queries/outbox/outboxRows.js';
import { createEmptyDatabase, type TestDatabase } from '../../setup/database.js';

const NOW = Date.UTC(2026, 10, 23, 9);
const MIGRATIONS = path.join(__dirname, '../../../storage/migrations');

let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  directory = await mkdtemp(path.join(tmpdir(), 'rappel-migrations-'));
});
afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

const PAIRING = `
  insert into pairings (
    campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, trigger_kind, trigger_name,
    trigger_time, trigger_seq, trigger_properties, due_at, wake_at, created_at
  )
  select c.id, u.id, $1, 1, 1, 'a', 'waiting', 'custom', 'x', now(), 1, '{}', now(), now(), now() from campaigns c, users u`;

const DEFINITION = {
  schemaVersion: 1,
  key: 'cart',
  name: 'Cart',
  entry: { event: { trigger: { customEvent: 'x' } } },
  reEligibility: 'never',
  recheckAudience: false,
  variants: [{ key: 'a', share: 100, messages: { email: { subject: 'x', text: 'x' } } }],
};

test('a run from before keeps the name with the number of its campaign, every later one has its key', async () => {
  for (const { name, file } of (await migrationFiles(MIGRATIONS)).filter(({ name }) => name < '000012')) {
    await copyFile(file, path.join(directory, name));
  }
  await migrate(database.pool, { now: NOW, directory });
  await database.pool.query(`
    insert into users (external_id, created_at, updated_at) values ('ann', now(), now());
    insert into campaigns (key, name, state, active_since, created_at, updated_at)
      values ('cart', 'Cart', 'active', now(), now(), now())`);
  await database.pool.query(PAIRING, ['e:1']);
  await migrate(database.pool, { now: NOW, directory: MIGRATIONS });
  await database.pool.query(PAIRING, ['e:2']);
  await database.pool.query(
    `insert into campaign_versions (campaign_id, version, definition, definition_hash, created_at)
     select id, 1, $1, 'x', now() from campaigns`,
    [JSON.stringify(DEFINITION)],
  );
  await database.pool.query(`insert into outbox (target, kind, target_id, campaign_id)
     select 'pairing', 'wake', id, campaign_id from pairings order by id`);
  const effects = await claimOutboxBatch(database.pool, { limit: 10, room: 10 });
  const ids = effects.map(
    ({ subject }) => subject && deliveryWorkflowId({ ...subject, campaign: subject.runCampaign }),
  );
  const [{ campaign, user } = { campaign: 0, user: 0 }] = (
    await database.pool.query<{ campaign: number; user: number }>(
      'select campaign_id as campaign, user_id as user from pairings limit 1',
    )
  ).rows;
  expect(ids).toEqual([`campaign/${campaign}/${user}/e:1`, `campaign/cart/${user}/e:2`]);
});
