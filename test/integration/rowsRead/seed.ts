// A database of some size: what a person has is the same at every size, there are more of them.
import { instant } from '../../../storage/pool.js';
import { DAY, type Recording } from '../../setup/recording.js';

export interface Seeded {
  /** Launched; each has a trigger `go-<n>`, of people some wait, some are parked and many are done. */
  readonly campaigns: readonly string[];
  /** Stopped long ago, its pairings are closed. */
  readonly stopped: string;
}

const CAMPAIGNS = 8;

/** A campaign that turns everybody away, and one that is due by each person's own clock. */
export const OTHERS = {
  refusing: { trigger: { customEvent: 'refused' }, audience: { eventCount: 'never', atLeast: 1 } },
  local: { trigger: { customEvent: 'local' }, delay: { inDays: 1, at: '09:00' } },
  own: { trigger: { customEvent: 'own' }, reEligibility: { after: '1 minute' } },
};

/** Ten events, five pairings and one purchase each. */
export async function seed(r: Recording, people: number): Promise<Seeded> {
  const campaigns: string[] = [];
  for (let n = 0; n < CAMPAIGNS; n++) campaigns.push(await r.launch(definition(n)));
  const stopped = await r.launch(definition(CAMPAIGNS));
  for (const other of Object.values(OTHERS)) await r.launch(other);
  const { pool } = r.api.database;
  const day = instant(r.api.clock.now - DAY);
  await pool.query('select ensure_partitions($1)', [day]);
  for (const statement of SEED) {
    const text = statement.replaceAll('$day', `'${day}'::timestamptz`).replaceAll('$people', String(people));
    await pool.query(text);
  }
  await r.send('post', `/v1/campaigns/${stopped}/stop`);
  await pool.query(`update pairings p set state = 'done', outcome = 'cancelled', reason = 'campaign_stopped', settled_at = now()
    from campaigns c where c.id = p.campaign_id and p.generation < c.generation and p.state <> 'done'`);
  await pool.query(
    `update pairings set wake_at = wake_at + interval '1 hour' where state = 'waiting' and id % 100 = 0`,
  );
  // Analysed while the outbox was empty, as it nearly always is.
  await pool.query('delete from outbox');
  await pool.query('vacuum analyze');
  await pool.query('alter table outbox set (autovacuum_enabled = off)');
  await pool.query(
    `insert into outbox (target, kind, target_id, campaign_id, due_at)
     select 'pairing', 'start', id, campaign_id, wake_at from pairings where state = 'waiting'`,
  );
  return { campaigns, stopped };
}

export function definition(n: number) {
  return {
    trigger: { customEvent: `go-${n}` },
    audience: {
      all: [
        { eventCount: 'e1', atLeast: 0 },
        { eventCount: 'e2', atLeast: 0, inLast: '7 days' },
        { moneySpent: { atLeast: 0 } },
      ],
    },
    delay: { after: '1 hour' },
    // The second looks at what each person did since: e3 happened, with another property.
    exceptions: [{ customEvent: `stop-${n}` }, { customEvent: 'e3', where: [{ property: 'size', atLeast: 1 }] }],
    reEligibility: { after: '1 minute' },
  };
}

const SEED = [
  `insert into users (external_id, email, phone, time_zone, created_at, updated_at)
     select 'u' || n, 'u' || n || '@example.com', '+33' || n, 'Europe/Paris', $day, $day from generate_series(1, $people) n`,
  // An address that many share.
  `insert into users (external_id, email, created_at, updated_at)
     select 'of-many-' || n, 'many@example.com', $day, $day from generate_series(1, 150) n`,
  `insert into user_aliases (label, name, user_id) select 'crm', 'a' || id, id from users`,
  // Nine custom events and one purchase a person, over a day.
  `insert into events (seq, received_at, user_id, kind, name, time, properties)
     select nextval('events_seq'), $day + n * interval '1 second' * 80000.0 / ($people * 10), u.id,
       case n % 10 when 0 then 'purchase' else 'custom' end, 'e' || n % 10, $day + n * interval '1 second' * 80000.0 / ($people * 10), '{}'
     from generate_series(1, $people * 10) n join users u on u.external_id = 'u' || 1 + n / 10 % $people`,
  `insert into event_totals select user_id, kind, name, count(*), 0, min(time), max(time) from events where kind = 'purchase' group by 1, 2, 3`,
  // Of each person: one waits, four are done.
  `insert into pairings (campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, outcome, reason,
      trigger_kind, trigger_name, trigger_time, trigger_seq, trigger_properties, due_at, wake_at, created_at, settled_at, parked_at)
     select c.id, u.id, 'e:' || n, 1, c.generation, 'main', s.state,
       case when s.state = 'done' then 'sent' end, case when s.state = 'done' then 'sent' end,
       'custom', 'go', $day, n, '{}', $day + interval '30 hours', $day + interval '30 hours', $day,
       case when s.state = 'done' then $day + n * interval '1 millisecond' end, case when s.state = 'parked' then $day end
     from generate_series(1, $people * 5) n
     join users u on u.external_id = 'u' || 1 + n / 5 % $people
     join (select id, generation, row_number() over (order by id) - 1 as place from campaigns) c on c.place = (n / 5 + n % 5) % 9
     cross join lateral (select case when n % 5 > 0 then 'done' when n % 500 = 0 then 'parked' else 'waiting' end as state) s`,
  `insert into messages (pairing_id, campaign_id, user_id, channel, variant, send_key, state, keyed, receipt_at, claimed_at, created_at)
     select id, campaign_id, user_id, 'email', 'main', 'm' || id, 'sent', true, $day, $day, $day from pairings where state = 'done'`,
  `insert into receipts (campaign_id, user_id, count, first_at, last_at)
     select campaign_id, user_id, count(*), $day, $day from pairings where state = 'done' group by 1, 2`,
  `insert into rejections (recorded_at, campaign_id, user_id, event_seq, event_time, reason, evidence)
     select received_at, 1 + seq % 9, user_id, seq, time, 'outside_audience', '{}' from events where seq % 4 = 0`,
  `insert into address_states (key, state) select lower(email), 'opted_in' from users where id % 10 = 0 and email <> 'many@example.com'`,
  `insert into idempotency_keys (api_key_id, key_hash, body_hash, created_at)
     select (select min(id) from api_keys), sha256(n::text::bytea), sha256(n::text::bytea), now() from generate_series(1, $people) n`,
];
