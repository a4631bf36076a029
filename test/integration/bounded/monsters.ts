// People with more history than a process has memory, and the API of a small one that tells of them.
import { startSmallApi } from '../../setup/smallApi.js';

export const HOUR = 3_600_000;
export const iso = (at: number) => new Date(at).toISOString();
let serial = 0;

export type Monsters = Awaited<ReturnType<typeof startMonsters>>;

interface History {
  readonly id: number;
  readonly kind?: string;
  readonly count: number;
  /** Of the large property, in bytes; compressed on disk. */
  readonly bytes: number;
  /** Of the first; a second apart. */
  readonly at: number;
  /** More properties of event `n`, SQL. */
  readonly more?: string;
}

export async function startMonsters() {
  const api = await startSmallApi();

  async function send(method: string, path: string, body?: object, status = 201): Promise<unknown> {
    const answer = await api.send(method, path, body);
    expect([path, answer.status, answer.status === status ? null : answer.body]).toEqual([path, status, null]);
    return answer.body;
  }

  async function launch(definition: object): Promise<string> {
    const key = `campaign-${++serial}`;
    const messages = [{ channel: 'email', subject: 'Hello', text: 'Hello' }];
    await send('post', '/v1/campaigns', { key, name: key, messages, delay: { after: '1 hour' }, ...definition });
    await send('post', `/v1/campaigns/${key}/launch`, {}, 200);
    return key;
  }

  /** As if all campaigns had been launched yesterday. */
  async function sinceYesterday(): Promise<void> {
    await api.pool.query(`update campaigns set active_since = now() - interval '1 day'`);
    await api.pool.query('update campaigns_revision set revision = revision + 1');
  }

  async function someone(more: object = {}): Promise<{ readonly user: string; readonly id: number }> {
    const user = `monster-${++serial}`;
    await send('post', '/users/track', { attributes: [{ external_id: user, email: `${user}@example.com`, ...more }] });
    const { rows } = await api.pool.query<{ id: number }>('select id from users where external_id = $1', [user]);
    return { user, id: rows[0]?.id ?? 0 };
  }

  async function happened({ id, kind = 'purchase', count, bytes, at, more = `'{}'` }: History): Promise<void> {
    await api.pool.query(
      `insert into events (seq, received_at, user_id, kind, name, time, properties)
       select nextval('events_seq'), now(), $1, $2, case when $2 in ('session', 'attributes') then '' else 'sku' end,
         $3::timestamptz + n * interval '1 second',
         case when $2 = 'attributes' then jsonb_build_object('big', jsonb_build_array(null, repeat('y', $4)))
           else jsonb_build_object('note', repeat('x', $4), 'price', 1) end || ${more}::jsonb
       from generate_series(1, $5::int) n`,
      [id, kind, iso(at), bytes, count],
    );
    // As autovacuum would within a minute.
    await api.pool.query('analyze events');
  }

  /** What so many people, or one, wait for; `properties` of the trigger: SQL over `n`. */
  async function waits(
    campaign: string,
    ids: readonly number[],
    { times = 1, properties = `'{}'` } = {},
  ): Promise<void> {
    await api.pool.query(
      `insert into pairings (campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, trigger_kind,
         trigger_name, trigger_time, trigger_seq, trigger_properties, due_at, wake_at, created_at)
       select c.id, u.id, 'e:-' || n, c.version, c.generation, 'main', 'waiting', 'custom', 'large',
         now() - interval '1 hour', -n, ${properties}, now() + interval '9 days', now() + interval '9 days', now()
       from campaigns c cross join unnest($2::bigint[]) as u(id) cross join generate_series(1, $3::int) n
       where c.key = $1`,
      [campaign, ids, times],
    );
  }

  async function pairingsOf(campaign: string, id: number) {
    const { rows } = await api.pool.query<{ evidence: object }>(
      `select p.* from pairings p join campaigns c on c.id = p.campaign_id where c.key = $1 and p.user_id = $2 order by p.id`,
      [campaign, id],
    );
    return rows;
  }

  /** How many of the person's pairings ended in each way, or wait. */
  async function endsOf(id: number): Promise<Readonly<Record<string, number>>> {
    const { rows } = await api.pool.query<{ how: string; n: number }>(
      'select coalesce(reason, state) as how, count(*) as n from pairings where user_id = $1 group by 1',
      [id],
    );
    return Object.fromEntries(rows.map(({ how, n }) => [how, n]));
  }

  async function simulated(definition: object): Promise<Record<string, unknown>> {
    const messages = [{ channel: 'email', subject: 'x', text: 'x' }];
    const period = { from: iso(Date.now() - 24 * HOUR), to: iso(Date.now()) };
    const body = { definition: { name: `past-${++serial}`, messages, ...definition }, ...period };
    const lines = (await send('post', '/v1/campaigns/simulate', body, 200)) as { result?: Record<string, unknown> }[];
    const result = lines.at?.(-1)?.result;
    if (result === undefined) throw new Error(`no result: ${JSON.stringify(lines)}`);
    return result;
  }

  /** Everything a sweep has to do; fails when one of its rounds takes as long as nobody may hold a lock. */
  async function sweep(what: 'finish' | 'follow' | 'closeOld' | 'editedHolds'): Promise<number> {
    for (let rounds = 1; ; rounds += 1) {
      const startedAt = Date.now();
      const more = await api.sweep(what);
      expect(Date.now() - startedAt).toBeLessThan(10_000);
      if (!more) return rounds;
    }
  }

  return {
    ...api,
    send,
    launch,
    sinceYesterday,
    someone,
    happened,
    waits,
    pairingsOf,
    endsOf,
    simulated,
    sweepAll: sweep,
  };
}

/** Of the whole process: what lies outside of its heap, buffers of the network above all, included. */
export async function expectSmall(monsters: Monsters): Promise<void> {
  const memoryMb = await monsters.memoryMb();
  if (process.env.SHOW_MEMORY === '1')
    process.stdout.write(`${expect.getState().currentTestName}: ${Math.round(memoryMb)} MB\n`);
  expect(memoryMb).toBeLessThan(450);
}
