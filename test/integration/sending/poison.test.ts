// A campaign whose rules cannot be evaluated harms nobody but itself: its pairings are parked, with the error.
import { claimOutboxBatch } from '../../../storage/queries/outbox/outboxRows.js';
import { createCampaignIndexCache } from '../../../stream/campaignIndex.js';
import { HOUR, MINUTE, type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
let told: string[];
beforeEach(async () => {
  told = [];
  const campaigns = createCampaignIndexCache(({ error }) => told.push(error.message));
  r = await startRecording({ campaigns });
});
afterEach(() => r.api.close());

/** Stored definitions are validated, so a broken one comes from a newer release or a hand in the database. */
async function corrupt(campaign: string, path: string, value: unknown): Promise<void> {
  await r.api.database.pool.query(
    `update campaign_versions v set definition = jsonb_set(v.definition, $2::text[], $3::jsonb)
     from campaigns c where c.id = v.campaign_id and c.key = $1`,
    [campaign, `{${path}}`, JSON.stringify(value)],
  );
  await r.api.database.pool.query('update campaigns_revision set revision = revision + 1');
}

const states = async (campaign: string, user: string) => (await r.pairings(campaign, user)).map(({ state }) => state);
const trigger = { customEvent: 'go', where: [{ property: 'word', matchesRegex: 'a' }] };
const properties = { word: 'abc' };

test.each([
  ['an audience of an unknown kind', 'audience', { phaseOfMoon: 'full' }],
  ['an audience whose expression does not compile', 'audience,matchesRegex', '('],
  ['a trigger filter that does not compile', 'entry,event,trigger,where,0,matchesRegex', '('],
])(
  '%s: the pairing is parked with the error, its neighbours enter, the request is answered',
  async (_, path, value) => {
    const broken = await r.launch({ trigger, audience: { attribute: 'country', matchesRegex: 'FR' } });
    const healthy = await r.launch({ trigger, audience: { eventCount: 'go', equals: 0 } });
    await corrupt(broken, path, value);
    const user = someone();
    await r.track({
      attributes: [{ external_id: user, country: 'FR' }],
      events: [{ external_id: user, name: 'go', properties }],
    });
    expect(await states(healthy, user)).toEqual(['waiting']);
    expect(await r.pairings(broken, user)).toMatchObject([
      { state: 'parked', outcome: null, evidence: { error: expect.stringMatching(/./), stage: 'entry' } },
    ]);
    expect(await r.count('outbox')).toBe(1);
  },
);

test('an exception filter that does not compile parks what it might have cancelled, stored or of this request', async () => {
  const definition = {
    trigger,
    delay: { after: '1 hour' },
    exceptions: [{ customEvent: 'bought', where: [{ property: 'word', matchesRegex: 'a' }] }],
  };
  const broken = await r.launch(definition);
  const healthy = await r.launch(definition);
  const user = someone();
  await r.event(user, 'go', { properties });
  await corrupt(broken, 'entry,event,exceptions,0,where,0,matchesRegex', '(');
  r.api.clock.now += HOUR;
  await r.track({
    events: [
      { external_id: user, name: 'go', properties, time: r.iso(-2 * MINUTE) },
      { external_id: user, name: 'bought', properties, time: r.iso(-MINUTE) },
      { external_id: user, name: 'go', properties, time: r.iso(-3 * MINUTE) },
    ],
  });
  expect(await states(healthy, user)).toEqual(['done', 'done', 'done']);
  expect(await states(broken, user)).toEqual(['parked', 'parked', 'parked']);
  expect((await r.pairings(broken, user)).map(({ evidence }) => evidence)).toEqual(
    Array(3).fill(expect.objectContaining({ error: expect.stringContaining('regexp') })),
  );
});

test('a parked pairing keeps the due instant of its delay', async () => {
  const broken = await r.launch({ trigger, delay: { after: '2 hours' }, audience: { attribute: 'a', equals: 1 } });
  await corrupt(broken, 'audience', { phaseOfMoon: 'full' });
  const user = someone();
  await r.event(user, 'go', { properties });
  expect(await r.pairings(broken, user)).toMatchObject([{ state: 'parked', due_at: r.api.clock.now + 2 * HOUR }]);
});

test.each([
  ['a delay that is no length', 'entry,event,delay', { after: 'banana' }],
  ['a path that is none', 'entry,event,trigger,where,0,property', 'a..b'],
])('%s: the campaign is left out, said once per reload, and all others are matched', async (_, path, value) => {
  const broken = await r.launch({ trigger, delay: { after: '1 hour' } });
  const healthy = await r.launch({ trigger });
  await corrupt(broken, path, value);
  const user = someone();
  await r.event(user, 'go', { properties });
  await r.event(user, 'go', { properties });
  expect(await states(healthy, user)).toEqual(['waiting', 'waiting']);
  expect(await states(broken, user)).toEqual([]);
  expect(told).toEqual([expect.stringMatching(`\\(${broken}\\) has a definition that does not compile`)]);
});

test('the outbox hands out the effects of all campaigns; that of a broken one throws when it is looked at', async () => {
  const [broken, healthy] = [await r.launch({ trigger, delay: { after: '1 hour' } }), await r.launch({ trigger })];
  await r.event(someone(), 'go', { properties });
  await corrupt(broken, 'entry,event,delay', { after: 'banana' });
  const batch = await claimOutboxBatch(r.api.database.pool, { limit: 10, room: 10 });
  const keys = batch.map(({ subject }) => {
    try {
      return subject?.campaign.key;
    } catch {
      return 'throws';
    }
  });
  expect(keys).toEqual(['throws', healthy]);
});
