// Many requests at once about the same people: the user's row is the lock, and every order of them ends well.
import request from 'supertest';
import { HOUR, type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording({}, 10);
});
afterAll(() => r.api.close());

const deadlocks = () =>
  r.api.database.pool
    .query('select deadlocks from pg_stat_database where datname = current_database()')
    .then(({ rows }) => Number(rows[0].deadlocks));

test('50 parallel requests that create the same people in different orders: each once, counters exact', async () => {
  const users = Array.from({ length: 12 }, () => someone());
  const shuffled = (n: number) => [...users.slice(n % 12), ...users.slice(0, n % 12)].sort(() => (n % 3) - 1);
  await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      r.track({
        attributes: shuffled(n).map((external_id) => ({ external_id, last: n })),
        events: [
          ...shuffled(n + 5).map((external_id) => ({ external_id, name: 'parallel' })),
          ...shuffled(n).map((id) => ({ email: `${id}@example.com`, name: 'parallel' })),
          ...shuffled(n).map((id) => ({
            user_alias: { alias_label: 'crm', alias_name: id },
            _update_existing_only: false,
            name: 'parallel',
          })),
        ],
        purchases: shuffled(n + 7).map((external_id) => ({ external_id, product_id: 'p', currency: 'EUR', price: 2 })),
      }),
    ),
  );
  expect(await r.count('users')).toBe(36);
  const parallel = `select from events where kind = 'custom' and name = 'parallel' group by user_id having count(*) = 50`;
  expect(await r.count(`(${parallel}) t`)).toBe(36);
  expect(await r.count(`event_totals where kind = 'purchase' and name = '' and count = 50 and amount = 100`)).toBe(12);
  expect(await r.count(`events where kind = 'custom'`)).toBe(50 * 36);
  // Each change follows from the one before: nobody read a profile that another was writing.
  const { rows } = await r.api.database.pool.query(
    `select (properties->'last'->>0) as was, lag(properties->'last'->>1) over (partition by user_id order by seq) as before
     from events where kind = 'attributes' and properties ? 'last'`,
  );
  expect(rows.length).toBe(50 * 12);
  expect(rows.filter(({ was, before }) => was !== before)).toEqual([]);
  expect(await deadlocks()).toBe(0);
});

test('an exception and its trigger at the same moment: no order leaves one waiting whose exception is stored after it', async () => {
  const campaign = await r.launch({
    trigger: { customEvent: 'race' },
    delay: { after: '1 hour' },
    exceptions: [{ purchase: 'any' }],
  });
  r.api.clock.now += HOUR;
  const users = Array.from({ length: 40 }, () => someone());
  await Promise.all(
    users.flatMap((user, n) => {
      const offset = (n % 3) - 1;
      const trigger = () => r.event(user, 'race', {}, -10);
      const exception = () => r.purchase(user, {}, -10 + offset);
      return n % 2 === 0 ? [trigger(), exception()] : [exception(), trigger()];
    }),
  );
  const inconsistent = await r.count(
    `pairings p join campaigns c on c.id = p.campaign_id where c.key = $1 and (p.state = 'waiting') =
     exists (select from events e where e.user_id = p.user_id and e.kind = 'purchase'
       and (e.time, e.seq) > (p.trigger_time, p.trigger_seq))`,
    [campaign],
  );
  expect(inconsistent).toBe(0);
  const pairings = (await Promise.all(users.map((user) => r.pairings(campaign, user)))).flat();
  expect(pairings).toHaveLength(40);
  expect(new Set(pairings.map(({ state }) => state))).toEqual(new Set(['waiting', 'done']));
  const fired = await r.count(`events where kind = 'exceptionFired'`);
  expect(fired).toBe(pairings.filter(({ reason }) => reason === 'exception').length);
});

test('a debounce under parallel repeats leaves exactly one waiting: the latest', async () => {
  const campaign = await r.launch({
    trigger: { customEvent: 'typing' },
    delay: { after: '1 hour' },
    exceptions: [{ customEvent: 'typing' }],
  });
  const user = someone();
  r.api.clock.now += HOUR;
  await Promise.all(Array.from({ length: 20 }, (_, n) => r.event(user, 'typing', {}, -1_000 * ((n * 7) % 20))));
  const waiting = (await r.pairings(campaign, user)).filter(({ state }) => state === 'waiting');
  expect(waiting.map(({ trigger_time }) => trigger_time)).toEqual([r.api.clock.now]);
});

test('a stop at the same moment as triggers: what was let in before it is of the stopped generation', async () => {
  const campaign = await r.launch({ trigger: { customEvent: 'stopping' }, delay: { after: '1 hour' } });
  const users = Array.from({ length: 20 }, () => someone());
  await Promise.all([
    ...users.slice(0, 10).map((user) => r.event(user, 'stopping')),
    r.send('post', `/v1/campaigns/${campaign}/stop`),
    ...users.slice(10).map((user) => r.event(user, 'stopping')),
  ]);
  const current = await r.count(
    'pairings p join campaigns c on c.id = p.campaign_id and c.generation = p.generation where c.key = $1',
    [campaign],
  );
  expect(current).toBe(0);
});

test('twins of one Idempotency-Key: one is carried out, the others replay its answer', async () => {
  const key = await r.api.bearer('track');
  const body = { events: [{ external_id: someone(), name: 'twin', time: r.iso() }] };
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      request(r.api.app).post('/users/track').set({ authorization: key, 'idempotency-key': 'twins' }).send(body),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
  expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
  expect(await r.count(`events where name = 'twin'`)).toBe(1);
});
