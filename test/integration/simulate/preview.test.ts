// `?preview=true`: what an edit, a launch or a stop would do to the people who wait, with nothing written.
import { type Gathering, startGathering } from '../../setup/gathering.js';
import { someone } from '../../setup/recording.js';

let r: Gathering;
beforeAll(async () => {
  r = await startGathering();
  await r.api.database.pool.query("select ensure_partitions('2026-06-10')");
  r.api.clock.now = Date.parse('2026-06-10T12:00:00Z');
  await r.track({ events: [{ external_id: 'seen', name: 'go' }] });
  await r.catalogue.tell();
});
afterAll(() => r.api.close());

const trigger = { customEvent: 'go' };
const messages = [{ channel: 'email', subject: 'Hello', text: 'Hello' }];
const definition = (more: object) => ({ name: 'Edited', trigger, delay: { after: '8 hours' }, messages, ...more });

/** One person in each of these zones, due at 20:00 UTC. */
async function waitingIn(zones: readonly string[], rules: object = {}) {
  const campaign = await r.launch({ trigger, delay: { after: '8 hours' }, ...rules });
  const users: string[] = [];
  for (const time_zone of zones) {
    const user = someone();
    users.push(user);
    await r.track({
      attributes: [{ external_id: user, email: `${user}@example.com`, time_zone }],
      events: [{ external_id: user, name: 'go' }],
    });
  }
  return { campaign, users };
}

const previewOf = async (campaign: string, more: object) =>
  (await r.send('put', `/v1/campaigns/${campaign}?preview=true`, definition(more))).body;

/** All that a change could have written. */
async function rows() {
  const { rows: found } = await r.api.database.pool.query(
    `select (select sum(version + generation) from campaigns) as campaigns, (select count(*) from campaign_versions) as versions,
       (select count(*) from audit_log) as audits, (select revision from campaigns_revision) as revision,
       (select count(*) from hold_reviews) as reviews, (select count(*) from outbox) as hints,
       (select json_agg(p order by p.id) from pairings p) as pairings`,
  );
  return found;
}

describe('the preview of an edit', () => {
  test('AB-15: counts who keeps, is held and is dropped, says why of each, and writes nothing', async () => {
    // 20:00, 22:00 and 05:00 of the next day on their own clocks.
    const { campaign, users } = await waitingIn(['UTC', 'Europe/Paris', 'Asia/Tokyo']);
    const [utc, paris, tokyo] = users;
    const before = await rows();

    const held = await previewOf(campaign, { quietHours: { from: '21:00', to: '08:00' } });
    expect(held).toMatchObject({
      preview: true,
      key: campaign,
      state: 'active',
      waiting: 3,
      isComplete: true,
      keepTheirTime: 1,
      sooner: 0,
      held: {
        count: 2,
        byReason: { quiet_hours: 2 },
        earliest: '2026-06-10T23:00:00.000Z',
        latest: '2026-06-11T06:00:00.000Z',
      },
      dropped: { count: 0, byReason: {} },
    });
    expect(held.sentence).toContain('quiet from 21:00 to 08:00');
    expect(held.examples).toEqual([
      {
        user: paris,
        userId: expect.stringMatching(/^\d+$/),
        effect: 'held',
        plannedFor: '2026-06-10T20:00:00.000Z',
        until: '2026-06-11T06:00:00.000Z',
        reason: 'quiet_hours',
        sentence: `${paris} would be held until 2026-06-11 08:00 (Europe/Paris; 06:00 UTC), when the quiet hours end.`,
      },
      expect.objectContaining({ user: tokyo, effect: 'held', until: '2026-06-10T23:00:00.000Z' }),
      {
        user: utc,
        userId: expect.stringMatching(/^\d+$/),
        effect: 'keeps',
        plannedFor: '2026-06-10T20:00:00.000Z',
        until: '2026-06-10T20:00:00.000Z',
        reason: null,
        sentence: `${utc} would get the message at 2026-06-10 20:00 (UTC).`,
      },
    ]);

    const dropped = await previewOf(campaign, { window: { from: '09:00', to: '21:00' } });
    expect(dropped).toMatchObject({ keepTheirTime: 1, dropped: { count: 2, byReason: { outside_window: 2 } } });
    const ended = await previewOf(campaign, { duration: { end: '2026-06-10T19:00' } });
    expect(ended).toMatchObject({ keepTheirTime: 0, dropped: { count: 3, byReason: { after_end: 3 } } });
    expect(ended.examples[0].sentence).toMatch(/falls due at .* after the campaign's end/);
    expect(await rows()).toEqual(before);
  });

  test('AB-15, AB-30: exceptions and audiences of the edit are tried on what has happened', async () => {
    const { campaign, users } = await waitingIn(['UTC', 'UTC']);
    await r.event(users[0] ?? '', 'bought', {}, 0);
    const edited = await previewOf(campaign, { exceptions: [{ customEvent: 'bought' }] });
    expect(edited).toMatchObject({ waiting: 2, keepTheirTime: 1, dropped: { count: 1, byReason: { exception: 1 } } });
    const audience = { attribute: 'tier', equals: 'gold' };
    const rechecked = await previewOf(campaign, { audience, recheckAudience: true });
    expect(rechecked.dropped).toEqual({ count: 2, byReason: { left_audience: 2 } });
  });

  test('AB-15: a changed delay moves nobody, and a shorter hold lets go at once', async () => {
    const { campaign } = await waitingIn(['UTC'], { quietHours: { from: '19:00', to: '08:00' } });
    expect(
      await previewOf(campaign, { quietHours: { from: '19:00', to: '08:00' }, delay: { after: '1 hour' } }),
    ).toMatchObject({ waiting: 1, held: { count: 1 } });
    await r.api.database.pool.query(
      `update pairings p set wake_at = '2026-06-11T08:00Z' from campaigns c where c.id = p.campaign_id and c.key = $1`,
      [campaign],
    );
    const now = r.api.clock.now;
    r.api.clock.now = Date.parse('2026-06-10T20:30:00Z');
    try {
      expect(await previewOf(campaign, {})).toMatchObject({ waiting: 1, sooner: 1, keepTheirTime: 0 });
    } finally {
      r.api.clock.now = now;
    }
  });

  test('AB-40: warns of a delay that nobody could ever wait for within the duration', async () => {
    const { campaign } = await waitingIn([]);
    const duration = { start: '2026-06-10T00:00', end: '2026-06-10T06:00' };
    const warned = [{ path: 'entry.event.delay', message: expect.stringContaining('AB-40') }];
    expect((await previewOf(campaign, { duration })).warnings).toMatchObject(warned);
    const validated = await r.send('post', '/v1/campaigns/validate', definition({ duration }));
    expect(validated.body).toMatchObject({ valid: true, warnings: warned });
    const created = await r.send('post', '/v1/campaigns', { ...definition({ duration }), key: 'too-long' });
    expect(created.body.warnings).toMatchObject(warned);
    expect((await previewOf(campaign, {})).warnings).toEqual([]);
  });

  test('is refused where the edit would be', async () => {
    expect((await r.send('put', '/v1/campaigns/none-such?preview=true', definition({}))).status).toBe(404);
    const { campaign } = await waitingIn([]);
    const invalid = definition({ quietHours: { from: '00:00', to: '24:00' } });
    expect((await r.send('put', `/v1/campaigns/${campaign}?preview=true`, invalid)).status).toBe(422);
    expect((await r.send('put', `/v1/campaigns/${campaign}?preview=maybe`, definition({}))).status).toBe(400);
    expect((await r.send('post', `/v1/campaigns/${campaign}/launch?preview=true`)).status).toBe(409);
  });
});

describe('the preview of a change of state', () => {
  test('LC-04: a stop would cancel whoever waits; a launch and a resume find nobody', async () => {
    const { campaign } = await waitingIn(['UTC', 'Asia/Tokyo']);
    const before = await rows();
    const stop = await r.send('post', `/v1/campaigns/${campaign}/stop?preview=true`);
    expect(stop.body).toMatchObject({
      state: 'stopped',
      waiting: 2,
      dropped: { count: 2, byReason: { campaign_stopped: 2 } },
    });
    expect(await rows()).toEqual(before);

    await r.send('post', `/v1/campaigns/${campaign}/stop`);
    const resume = await r.send('post', `/v1/campaigns/${campaign}/resume?preview=true`);
    expect(resume.body).toMatchObject({ preview: true, state: 'active', waiting: 0, examples: [] });
    const draft = await r.send('post', '/v1/campaigns', { ...definition({}), key: 'a-draft' });
    expect(draft.status).toBe(201);
    const launch = await r.send('post', '/v1/campaigns/a-draft/launch?preview=true');
    expect(launch.body).toMatchObject({ preview: true, state: 'active', waiting: 0 });
    expect((await r.send('get', '/v1/campaigns/a-draft')).body.state).toBe('draft');
  });
});
