// What the migrations about counts make of pairings and rejections from before them.
import { funnelDuring } from '../../../storage/queries/counts/campaignCounts.js';
import { findWrongCounts } from '../../../storage/queries/counts/recountCampaigns.js';
import { withTransaction } from '../../../storage/withTransaction.js';
import { createEarlierDatabase, type EarlierDatabase } from '../../setup/earlierDatabase.js';

let database: EarlierDatabase;

beforeEach(async () => {
  database = await createEarlierDatabase('000019');
  await database.pool.query(`
    insert into users (external_id, created_at, updated_at) values ('ann', now(), now());
    insert into campaigns (key, name, state, version, generation, active_since, created_at, updated_at)
      values ('c', 'c', 'active', 2, 2, '2026-11-01', '2026-11-01', '2026-11-01');
    insert into pairings (
      campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, outcome, reason, trigger_kind,
      trigger_name, trigger_time, trigger_seq, trigger_properties, due_at, wake_at, created_at, settled_at, parked_at
    )
    select 1, 1, number::text, version, generation, 'a', state, outcome, reason, 'custom', 'x', at, 1, '{}', at, at, at,
      case when outcome is not null then at + interval '1 day' end, case when state = 'parked' then at end
    from (values
      (1, 1, 1, 'done', 'sent', 'sent', timestamptz '2026-11-20T09:00Z'),
      (2, 1, 1, 'done', 'cancelled', 'exception', '2026-11-20T23:59:59.999Z'),
      (3, 1, 1, 'waiting', null, null, '2026-11-21T00:00Z'),
      (4, 1, 1, 'sending', null, null, '2026-11-21T09:00Z'),
      (5, 2, 2, 'waiting', null, null, '2026-11-22T09:00Z'),
      (6, 2, 2, 'parked', null, null, '2026-11-22T09:00Z')
    ) as p(number, version, generation, state, outcome, reason, at);
    insert into rejections (recorded_at, campaign_id, user_id, event_seq, event_time, reason, evidence)
      values ('2026-11-23T10:00Z', 1, 1, 2, '2026-11-23T10:00Z', 'outside_audience', '{}');
  `);
});
afterEach(async () => {
  await database.drop();
});

test('H4: what there was is counted, by the day on which it happened; a rejection without a version is of none', async () => {
  await database.migrate();
  expect(await withTransaction(database.pool, findWrongCounts)).toEqual([]);
  const campaign = { id: 1, state: 'active' } as const;
  const all = { version: null, days: null, today: '2026-11-23' };
  const funnel = (asked: Partial<typeof all> | { version: number } | { days: { from: string; to: string } }) =>
    funnelDuring(database.pool, campaign, { ...all, ...asked });
  expect(await funnel({})).toEqual({
    metTrigger: 7,
    turnedAway: { outside_audience: 1 },
    entered: 6,
    waiting: 2,
    parked: 1,
    sent: 1,
    cancelled: { exception: 1, campaign_stopped: 1 },
    dropped: {},
    failed: {},
    unknown: {},
  });
  expect(await funnel({ version: 2 })).toMatchObject({
    metTrigger: 2,
    turnedAway: {},
    entered: 2,
    waiting: 1,
    parked: 1,
  });
  expect(await funnel({ days: { from: '2026-11-20', to: '2026-11-20' } })).toMatchObject({ entered: 2, sent: 0 });
  expect(await funnel({ days: { from: '2026-11-21', to: '2026-11-21' } })).toMatchObject({
    entered: 2,
    sent: 1,
    cancelled: { exception: 1 },
  });
});
