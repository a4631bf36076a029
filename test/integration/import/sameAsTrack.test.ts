// What an import leaves of people is what `/users/track` leaves: the same items through both, on two installations.
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { DAY, type Recording, startRecording } from '../../setup/recording.js';
import { type Importing, startImporting } from './importing.js';

const SEED = Number(process.env.RAPPEL_MODEL_SEED ?? randomInt(2 ** 31));
const RUNS = 12;

let tracked: Recording;
let imported: Recording;
let importing: Importing;
beforeAll(async () => {
  tracked = await startRecording();
  imported = await startRecording();
  imported.api.clock.now = tracked.api.clock.now;
  importing = startImporting(imported.api.deps);
});
afterAll(async () => {
  importing.end();
  await tracked.api.close();
  await imported.api.close();
});

const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);
/** Few people of few addresses, so that they share them. */
const someone = (run: number) =>
  fc.oneof(
    { weight: 6, arbitrary: pick(...[1, 2, 3, 4, 5].map((n) => ({ external_id: `r${run}-${n}` }))) },
    pick({ external_id: run * 100 + 7 }),
    pick({ email: `A${run}@example.com` }, { email: `a${run}@example.com` }),
    pick({ phone: `+33 6 ${run}` }),
    fc.record({
      user_alias: pick({ alias_label: 'crm', alias_name: `c${run}` }),
      _update_existing_only: pick(true, false),
    }),
  );
const attributes = (run: number) =>
  fc.record(
    {
      email: pick(`a${run}@example.com`, `b${run}@example.com`, 'no address', null),
      phone: pick(`+336${run}`, `+337${run}`),
      email_subscribe: pick('unsubscribed', 'opted_in', 'subscribed', 'whatever'),
      push_subscribe: pick('opted_in', 'unsubscribed'),
      time_zone: pick('Europe/Paris', 'Nowhere/Town', null),
      tier: pick<unknown>('gold', 'silver', null, 3, true),
      points: pick<unknown>({ inc: 5 }, 10),
      tags: pick<unknown>(['a', 'b'], { add: ['c'] }, { remove: ['a'] }),
      nested: pick({ a: { b: 1 } }),
      dob: pick('1990-12-24', '24.12.1990', null),
      devices: pick<unknown>([{ device_id: 'd1', os: 'iOS' }], { add: [{ device_id: 'd2' }] }, [{ os: 'iOS' }]),
      push_tokens: pick<unknown>([{ app_id: 'shop', token: 't1' }], { remove: ['t1'] }),
      _merge_objects: pick(true),
      subscription_groups: pick([{ subscription_group_id: 'news', subscription_state: 'unsubscribed' }]),
    },
    { requiredKeys: [] },
  );
const users = (run: number) =>
  fc.array(
    fc.tuple(someone(run), attributes(run)).map(([person, more]) => ({ ...more, ...person })),
    { minLength: 1, maxLength: 60 },
  );
const events = (run: number, now: number) =>
  fc.array(
    fc
      .tuple(
        someone(run),
        fc.integer({ min: -800, max: 1 }).map((days) => new Date(now + days * DAY).toISOString()),
        fc.oneof(
          fc.record({
            name: pick('viewed', 'added', '$x', ''),
            properties: pick({ price: 3 }, {}),
            event_id: pick('e1', 'e2'),
          }),
          fc.record({ name: pick('viewed', 'added') }),
          fc.record({ kind: pick('session') }),
          fc.record({
            product_id: pick('p', 'q'),
            currency: pick('EUR', 'Euro'),
            price: pick(5, -1.5),
            quantity: pick(1, 3),
          }),
        ),
      )
      .map(([person, time, more]) => ({ ...more, ...person, time })),
    { minLength: 1, maxLength: 60 },
  );

/** People by a name that both installations have. */
const PEOPLE = `(
  select u.*, coalesce(external_id, (select a.label || '=' || a.name from user_aliases a where a.user_id = u.id), email, phone) as person
  from users u
) u`;
const LEFT = {
  people: `select person, email, phone, time_zone, email_subscription, push_subscription, email_subscription_since,
      push_subscription_since, created_at, attributes, email_added_at is not null as has_had_email
    from ${PEOPLE} order by person`,
  addresses: 'select key, state from address_states order by key',
  totals: `select u.person, t.kind, t.name, t.count, t.amount, t.first_at, t.last_at
    from event_totals t join ${PEOPLE} on u.id = t.user_id order by 1, 2, 3`,
  keys: `select regexp_replace(source_id, '^[0-9]+:', '') as key from event_keys order by 1`,
  events: `select u.person, e.kind, e.name, e.time, e.properties, e.whole_second
    from events e join ${PEOPLE} on u.id = e.user_id where e.kind <> 'attributes'
    order by u.person, e.kind, e.name, e.time, e.properties::text, e.whole_second`,
};

async function left({ api }: Recording) {
  const rows = Object.entries(LEFT).map(async ([what, sql]) => [what, (await api.database.pool.query(sql)).rows]);
  return Object.fromEntries(await Promise.all(rows));
}

test(`UT-05, UT-08, UT-13, SU-04, SU-07: profiles, addresses, counters and keys are the same (seed ${SEED})`, async () => {
  for (let run = 1; run <= RUNS; run++) {
    const [sample] = fc.sample(fc.tuple(users(run), events(run, tracked.api.clock.now)), {
      seed: SEED + run,
      numRuns: 1,
    });
    const [people = [], happened = []] = sample ?? [];
    await tracked.send('post', '/users/track', { attributes: people });
    const [purchases, others] = [true, false].map((is) => happened.filter((item) => 'product_id' in item === is));
    await tracked.send('post', '/users/track', { events: others, purchases });
    await importing.run(importing.ndjson(`users-${run}.ndjson`, people));
    await importing.run(importing.ndjson(`events-${run}.ndjson`, happened));
    expect({ run, ...(await left(imported)) }).toEqual({ run, ...(await left(tracked)) });
  }
  const { people, totals, events: stored, addresses } = await left(tracked);
  const sizes = [people, totals, stored, addresses].map((rows) => rows.length);
  expect(sizes.every((size) => size > RUNS / 3)).toBe(true);
}, 120_000);

test('SG-15: everybody has a random bucket of their own', async () => {
  const people = Array.from({ length: 400 }, (_, n) => ({ external_id: `bucket-${n}` }));
  await importing.run(importing.ndjson('users-buckets.ndjson', people));
  const { rows } = await imported.api.database.pool.query(
    `select count(distinct random_bucket)::int as buckets from users where external_id like 'bucket-%'`,
  );
  expect(rows[0].buckets).toBeGreaterThan(350);
});

test('UT-12: a line that makes a profile too large is refused, with its number and why; its neighbours are imported', async () => {
  const wide = (from: number) => Object.fromEntries(Array.from({ length: 240 }, (_, n) => [`a${from + n}`, 1]));
  const lines = Array.from({ length: 9 }, (_, n) => ({ external_id: 'wide', ...wide(n * 240) }));
  const file = importing.ndjson('users-wide.ndjson', [...lines, { external_id: 'beside', tier: 'gold' }]);
  expect(await importing.run(file)).toMatchObject({ recorded: 9, refused: 1 });
  expect(importing.report(file)).toMatchObject([
    { line: 9, outcome: 'refused', why: expect.stringContaining('more than 2000') },
  ]);
  const { rows } = await imported.api.database.pool.query(
    `select (select count(*) from jsonb_object_keys(attributes))::int as n from users where external_id in ('wide', 'beside') order by external_id desc`,
  );
  expect(rows).toEqual([{ n: 1_920 }, { n: 1 }]);
});
