// What was received before there were engagements is told by the messages.
import { createEarlierDatabase } from '../../setup/earlierDatabase.js';

test('SG-12: messages that were sent before are counted by campaign, variant and channel', async () => {
  const database = await createEarlierDatabase('000049');
  try {
    const { pool } = database;
    await pool.query(`insert into users (external_id, created_at, updated_at) values ('ann', now(), now())`);
    await pool.query(
      `insert into campaigns (key, name, state, active_since, created_at, updated_at)
       select key, key, 'active', now(), now(), now() from unnest('{cart,welcome}'::text[]) as key`,
    );
    await pool.query(
      `insert into pairings (
         campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, outcome, reason, settled_at,
         trigger_kind, trigger_name, trigger_time, trigger_seq, trigger_properties, due_at, wake_at, created_at
       )
       select c.id, u.id, 'e:' || n, 1, 1, 'a', 'done', 'sent', 'sent', now(), 'custom', 'x', now(), n, '{}', now(), now(), now()
       from campaigns c, users u, generate_series(1, 2) n`,
    );
    await pool.query(
      `insert into messages (pairing_id, campaign_id, user_id, channel, variant, send_key, state, keyed, receipt_at, created_at)
       select p.id, p.campaign_id, p.user_id, m.channel, p.variant, p.id || m.channel, m.state, true,
         case when m.state = 'sent' then timestamptz '2026-03-01' + p.trigger_seq * interval '1 day' end, now()
       from pairings p join campaigns c on c.id = p.campaign_id
       cross join (values ('email', 'sent'), ('webhook', 'failed')) as m(channel, state)
       where c.key = 'cart'`,
    );
    await database.migrate();
    const { rows } = await pool.query(
      `select c.key, g.variant, g.step, g.channel, g.count, g.first_at, g.last_at
       from engagements g join campaigns c on c.id = g.campaign_id`,
    );
    const at = (day: number) => Date.parse(`2026-03-0${day}`);
    expect(rows).toEqual([
      { key: 'cart', variant: 'a', step: '', channel: 'email', count: 2, first_at: at(2), last_at: at(3) },
    ]);
  } finally {
    await database.drop();
  }
});
