// R11: a process reads the campaigns that changed, and each change once.
import type { Queryable } from '../../../storage/pool.js';
import { type CampaignIndex, createCampaignIndexCache } from '../../../stream/campaignIndex.js';
import { createEarlierDatabase } from '../../setup/earlierDatabase.js';
import { type Recording, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

/** The database, and how many rows each reading of campaigns answered. */
function counted(): { readonly db: Queryable; readonly rows: number[] } {
  const rows: number[] = [];
  const query = async (statement: { name: string; text: string; values: unknown[] }) => {
    const answer = await r.api.database.pool.query(statement);
    if (statement.name === 'loadChangedCampaigns') rows.push(answer.rows.length);
    return answer;
  };
  return { db: { query } as unknown as Queryable, rows };
}

const trigger = { customEvent: 'go' };

const triggeredBy = ({ listeners }: CampaignIndex, name: string) =>
  listeners.campaignsHearing({ kind: 'custom', name, properties: {} }, 'trigger');

test('of many campaigns the one that changed is read, and is forgotten when it stops', async () => {
  const keys: string[] = [];
  for (let n = 0; n < 5; n++) keys.push(await r.launch({ trigger }));
  const { db, rows } = counted();
  const index = createCampaignIndexCache();
  expect((await index.latest(db)).listeners.activeKeys.size).toBe(5);
  await r.launch({ trigger });
  expect((await index.reload(db)).listeners.activeKeys.size).toBe(6);
  await r.send('post', `/v1/campaigns/${keys[0]}/stop`).expect(200);
  const stopped = await index.reload(db);
  expect([...stopped.listeners.activeKeys]).not.toContain(keys[0]);
  expect(triggeredBy(stopped, 'go')).toHaveLength(5);
  await r.send('post', `/v1/campaigns/${keys[0]}/resume`).expect(200);
  expect([...(await index.reload(db)).listeners.activeKeys]).toContain(keys[0]);
  expect(rows).toEqual([5, 1, 1, 1]);
});

test('the bodies of messages are not kept, and the variant of a person is the one that is sent', async () => {
  const variants = ['a', 'b'].map((key) => ({
    key,
    share: 50,
    messages: [
      { channel: 'email', subject: key, text: 'x'.repeat(10_000) },
      { channel: 'webhook', url: 'https://hooks.example/', body: {} },
    ],
  }));
  const key = await r.launch({ trigger: { customEvent: 'bodies' }, message: undefined, messages: undefined, variants });
  const { byId } = await createCampaignIndexCache().latest(r.api.database.pool);
  const campaign = [...byId.values()].find((each) => each.key === key);
  expect(campaign?.variants).toEqual(
    ['a', 'b'].map((each) => ({ key: each, share: 50, messages: { email: {}, webhook: {} } })),
  );
});

test('those who ask at the same time share one reading', async () => {
  const { db, rows } = counted();
  const index = createCampaignIndexCache();
  const answers = await Promise.all(Array.from({ length: 5 }, () => index.reload(db)));
  expect(new Set(answers).size).toBe(1);
  expect(rows).toHaveLength(1);
});

test('an older revision than the one read under a lock does not do: it is read and the work is run again', async () => {
  const index = createCampaignIndexCache();
  const { revision } = await index.latest(r.api.database.pool);
  expect(index.at(revision).revision).toBe(revision);
  expect(() => index.at(revision + 1)).toThrow(expect.objectContaining({ code: '40001' }));
});

test('a definition changed by hand is noticed', async () => {
  const key = await r.launch({ trigger });
  const { db } = counted();
  const index = createCampaignIndexCache();
  await index.latest(db);
  await r.api.database.pool.query(
    `update campaign_versions v set definition = jsonb_set(definition, '{entry,event,trigger,customEvent}', '"by hand"')
     from campaigns c where c.id = v.campaign_id and c.key = $1`,
    [key],
  );
  const changed = await index.reload(db);
  expect(triggeredBy(changed, 'by hand')).toMatchObject([{ key }]);
});

test('campaigns from before revisions of their own are read', async () => {
  const database = await createEarlierDatabase('000035');
  try {
    await database.pool.query(`
      insert into campaigns (key, name, state, active_since, created_at, updated_at)
        values ('old', 'Old', 'active', now(), now(), now()), ('off', 'Off', 'draft', null, now(), now())`);
    const { rows } = await r.api.database.pool.query('select definition from campaign_versions limit 1');
    await database.pool.query(
      `insert into campaign_versions (campaign_id, version, definition, definition_hash, created_at)
       select id, 1, $1, '', now() from campaigns`,
      [rows[0].definition],
    );
    await database.migrate();
    const index = await createCampaignIndexCache().latest(database.pool);
    expect([...index.listeners.activeKeys]).toEqual(['old']);
  } finally {
    await database.drop();
  }
});
