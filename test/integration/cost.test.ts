// What a request costs in SQL statements, begin and commit included: a bound that a new feature must not raise unseen.
import type { Pool } from '../../storage/pool.js';
import { type Recording, someone, startRecording } from '../setup/recording.js';

let r: Recording;
let statements: string[] = [];
beforeAll(async () => {
  r = await startRecording();
  watch(r.api.database.pool);
  await r.launch({
    audience: { eventCount: 'go', atLeast: 0 },
    trigger: { customEvent: 'go' },
    delay: { after: '1 hour' },
    exceptions: [{ customEvent: 'stop' }],
  });
});
afterAll(() => r.api.close());

/** Notes the name or first words of every statement on clients of the pool. */
function watch(pool: Pool): void {
  pool.on('acquire', (client) => {
    if (Object.hasOwn(client, 'query')) return;
    const query = client.query.bind(client);
    Object.assign(client, {
      query: (statement: string | { name?: string; text: string }, ...rest: unknown[]) => {
        statements.push(typeof statement === 'string' ? statement : (statement.name ?? statement.text));
        return Reflect.apply(query, client, [statement, ...rest]);
      },
    });
  });
}

/** The statements of the track request alone: its key is looked up before, outside the transaction. */
async function costOf(send: () => Promise<unknown>): Promise<readonly string[]> {
  statements = [];
  await send();
  return statements.slice(statements.indexOf('begin'), statements.lastIndexOf('commit') + 1);
}

const RECORDING = ['begin', 'lockIdsByExternalId', 'readRevision', 'insertEvents', 'commit'];
/** Found out in a transaction of its own, which then holds nobody while people are created. */
const SOMEBODY_IS_NEW = ['begin', 'lockUsersByExternalId', 'readRevision', 'commit'];
const CREATING = ['begin', 'findUsers', 'insertUsersByExternalId', 'findUsers', 'lockUsers', 'readRevision', 'commit'];
const of = (...names: readonly string[]) => names.slice().sort();

test('an event nobody listens to, of somebody known: 5 statements', async () => {
  const user = someone();
  await r.event(user, 'x');
  expect((await costOf(() => r.event(user, 'x'))).slice().sort()).toEqual(of(...RECORDING));
});

test('a full request of 75 events, attributes and purchases of 75 people: as many as one, the profiles and the counters', async () => {
  const users = Array.from({ length: 75 }, () => someone());
  const send = () =>
    r.track({
      attributes: users.map((external_id) => ({ external_id, at: r.api.clock.now++ })),
      events: users.map((external_id) => ({ external_id, name: 'x' })),
      purchases: users.map((external_id) => ({ external_id, product_id: 'p', currency: 'EUR', price: 1 })),
    });
  const writing = ['insertEvents', 'upsertTotals', 'updateProfiles'];
  expect((await costOf(send)).slice().sort()).toEqual(of(...SOMEBODY_IS_NEW, ...CREATING, ...writing));
  expect((await costOf(send)).slice().sort()).toEqual(
    of('begin', 'lockUsersByExternalId', 'readRevision', ...writing, 'commit'),
  );
});

test('an event that triggers: the facts and the pairing more', async () => {
  const user = someone();
  await r.event(user, 'go');
  expect((await costOf(() => r.event(user, 'go'))).slice().sort()).toEqual(
    of(...RECORDING, 'facts:profile+receipt+stored+total+waiting', 'insertPairings'),
  );
});

test('an audience that counts in the last days: no statement more, however many it asks for', async () => {
  const counting = { eventCount: 'x', atLeast: 0, inLast: '7 days' };
  await r.launch({
    audience: { all: [counting, { ...counting, inLast: '3 days' }, { moneySpent: { atLeast: 0, inLast: '1 day' } }] },
    trigger: { customEvent: 'recent' },
  });
  const user = someone();
  await r.event(user, 'recent');
  expect((await costOf(() => r.event(user, 'recent'))).slice().sort()).toEqual(
    of(...RECORDING, 'facts:profile+receipt+recent+waiting', 'insertPairings'),
  );
});

test('75 events that trigger cost as much as one', async () => {
  const user = someone();
  await r.event(user, 'go');
  const send = () => r.track({ events: Array.from({ length: 75 }, () => ({ external_id: user, name: 'go' })) });
  expect(await costOf(send)).toHaveLength(RECORDING.length + 2);
});

test('an exception with nothing waiting: the facts more', async () => {
  const user = someone();
  await r.event(user, 'x');
  expect(await costOf(() => r.event(user, 'stop'))).toHaveLength(RECORDING.length + 1);
});

test('an exception that cancels: the facts, the cancellation and the number of the event it is', async () => {
  const user = someone();
  await r.event(user, 'go');
  expect((await costOf(() => r.event(user, 'stop'))).slice().sort()).toEqual(
    of(...RECORDING, 'facts:open+profile', 'readRevision', 'cancelPairings'),
  );
});

test('R11: a campaign that changed is read with nobody locked, in the next request alone', async () => {
  const user = someone();
  await r.event(user, 'x');
  await r.launch({ trigger: { customEvent: 'other' } });
  const cost = await costOf(() => r.event(user, 'x'));
  expect(cost.slice().sort()).toEqual(
    of('begin', 'lockIdsByExternalId', 'readRevision', 'rollback', 'loadChangedCampaigns', 'loadCircles', ...RECORDING),
  );
  expect(cost.slice(3, 7)).toEqual(['rollback', 'loadChangedCampaigns', 'loadCircles', 'begin']);
  expect(await costOf(() => r.event(user, 'x'))).toHaveLength(RECORDING.length);
});
