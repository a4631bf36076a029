// What an operator does with messages whose rules or template threw.
import { storableText } from '../../../domain/schema/storableText.js';
import { parkPairing } from '../../../storage/queries/pairings/updatePairing.js';
import { HOUR, MINUTE, type PairingRow, type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeEach(async () => {
  r = await startRecording();
});
afterEach(() => r.api.close());

const audience = { eventCount: 'go', atLeast: 1 };

const replaceAudience = (campaign: string, value: object) => replacePart(campaign, ['audience'], value);

async function replacePart(campaign: string, path: readonly string[], value: object): Promise<void> {
  await r.api.database.pool.query(
    `update campaign_versions v set definition = jsonb_set(v.definition, $3::text[], $2::jsonb)
     from campaigns c where c.id = v.campaign_id and c.key = $1`,
    [campaign, JSON.stringify(value), path],
  );
  await r.api.database.pool.query('update campaigns_revision set revision = revision + 1');
}

/** A campaign whose audience throws, and a person it has met. */
async function parkedAtEntry(): Promise<{ campaign: string; user: string; id: number }> {
  const campaign = await r.launch({ trigger: { customEvent: 'go' }, delay: { after: '2 hours' }, audience });
  await replaceAudience(campaign, { phaseOfMoon: 'full' });
  const user = someone();
  await r.event(user, 'go');
  const { id } = await only(campaign, user);
  return { campaign, user, id };
}

/** As the attempt to send parks what its template threw. */
async function parkedAtSend(): Promise<{ campaign: string; user: string; id: number }> {
  const campaign = await r.launch({ trigger: { customEvent: 'send' }, delay: { after: '2 hours' } });
  const user = someone();
  await r.event(user, 'send');
  const { id } = await only(campaign, user);
  await r.api.database.pool.query('delete from outbox');
  await parkPairing(r.api.database.pool, id, storableText('email template: unknown filter'));
  return { campaign, user, id };
}

async function only(campaign: string, user: string): Promise<PairingRow> {
  const [pairing, ...more] = await r.pairings(campaign, user);
  if (pairing === undefined || more.length > 0) throw new Error('not exactly one pairing');
  return pairing;
}

const starts = (id: number) => r.count(`outbox where kind = 'start' and target_id = $1`, [id]);
const retry = (id: number | string) => r.send('post', `/v1/parked/${id}/retry`);
const discard = (id: number | string) => r.send('post', `/v1/parked/${id}/discard`);

test('parked messages are listed newest first, paged, with whom, why and since when', async () => {
  const first = await parkedAtEntry();
  const second = await parkedAtSend();
  const page = await r.send('get', '/v1/parked?limit=1');
  expect(page.status).toBe(200);
  expect(page.body.parked).toEqual([
    {
      id: String(second.id),
      campaign: second.campaign,
      campaignName: expect.stringContaining('Campaign'),
      user: second.user,
      userId: expect.stringMatching(/^\d+$/),
      who: second.user,
      error: 'email template: unknown filter',
      since: expect.stringMatching(/Z$/),
      dueAt: r.iso(2 * HOUR),
      trigger: { kind: 'custom', name: 'send', time: r.iso() },
      runUrl: expect.stringContaining('campaign%2F'),
    },
  ]);
  const rest = await r.send('get', `/v1/parked?after=${page.body.next}`);
  expect(rest.body).toMatchObject({
    parked: [{ id: String(first.id), user: first.user, error: 'Unknown kind of filter: phaseOfMoon.', since: r.iso() }],
    next: null,
  });
});

test('a retry lets it wait until its due instant again, starts a run and is written down', async () => {
  const { campaign, user, id } = await parkedAtSend();
  const wakes = r.api.wakes.count;
  const answer = await retry(id);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    id: String(id),
    state: 'waiting',
    dueAt: r.iso(2 * HOUR),
    outcome: null,
    reason: null,
  });
  expect(await only(campaign, user)).toMatchObject({
    state: 'waiting',
    evidence: {},
    due_at: r.api.clock.now + 2 * HOUR,
  });
  expect(await starts(id)).toBe(1);
  expect(r.api.wakes.count).toBe(wakes + 1);
  const { rows } = await r.api.database.pool.query('select * from audit_log where subject = $1', [`pairing/${id}`]);
  expect(rows).toMatchObject([
    { action: 'parked.retry', before: { state: 'parked', campaign }, after: { state: 'waiting' } },
  ]);
  expect((await r.send('get', '/v1/parked')).body.parked).toEqual([]);
});

test('a start still pending in the outbox, postponed by its failures, is due at once', async () => {
  const { id } = await parkedAtSend();
  await r.api.database.pool.query(
    `insert into outbox (target, kind, target_id, campaign_id, available_at, attempts)
     select 'pairing', 'start', id, campaign_id, now() + interval '1 hour', 9 from pairings where id = $1`,
    [id],
  );
  await retry(id);
  expect(await r.count('outbox where attempts = 0 and available_at <= clock_timestamp()')).toBe(1);
});

test('one parked before it entered is let in by a retry only if the mended audience holds them', async () => {
  const refused = await parkedAtEntry();
  await replaceAudience(refused.campaign, audience);
  r.api.clock.now += MINUTE;
  expect((await retry(refused.id)).body).toMatchObject({
    state: 'done',
    outcome: 'dropped',
    reason: 'outside_audience',
  });
  expect(await only(refused.campaign, refused.user)).toMatchObject({
    state: 'done',
    evidence: { seen: [{ filter: 'number of go at least 1', value: 0 }] },
  });
  expect(await starts(refused.id)).toBe(0);

  const letIn = await parkedAtEntry();
  await replaceAudience(letIn.campaign, { eventCount: 'go', equals: 0 });
  r.api.clock.now += MINUTE;
  expect((await retry(letIn.id)).body).toMatchObject({ state: 'waiting', dueAt: r.iso(2 * HOUR - MINUTE) });
  expect(await starts(letIn.id)).toBe(1);
});

test('AB-08: a change of the profile is let in by a retry as any other trigger, and refused if it no longer matches', async () => {
  const trigger = (to: string) => ({ attributeChanged: 'tier', to });
  const [campaign, other] = [
    await r.launch({ trigger: trigger('gold'), audience }),
    await r.launch({ trigger: trigger('gold'), audience }),
  ];
  for (const key of [campaign, other]) await replaceAudience(key, { phaseOfMoon: 'full' });
  const user = someone();
  await r.track({ attributes: [{ external_id: user, tier: 'gold' }] });
  for (const key of [campaign, other]) await replaceAudience(key, { attribute: 'tier', equals: 'gold' });
  await replacePart(other, ['entry', 'event', 'trigger'], trigger('silver'));
  const [pairing, unlike] = [await only(campaign, user), await only(other, user)];
  expect((await retry(pairing.id)).body).toMatchObject({ state: 'waiting' });
  expect((await retry(unlike.id)).status).toBe(409);
});

test('while the rules are still broken a retry is refused with the error, and it stays parked', async () => {
  const { campaign, user, id } = await parkedAtEntry();
  const answer = await retry(id);
  expect(answer.status).toBe(409);
  expect(answer.body.detail).toBe('Its rules still cannot be evaluated: Unknown kind of filter: phaseOfMoon.');
  expect(await only(campaign, user)).toMatchObject({ state: 'parked' });
  expect(await r.count('audit_log where action = $1', ['parked.retry'])).toBe(0);
});

test('a discard ends it as cancelled by an operator, keeps the error and is written down', async () => {
  const { campaign, user, id } = await parkedAtSend();
  const answer = await discard(id);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    id: String(id),
    state: 'done',
    dueAt: null,
    outcome: 'cancelled',
    reason: 'cancelled_by_operator',
  });
  expect(await only(campaign, user)).toMatchObject({
    state: 'done',
    outcome: 'cancelled',
    evidence: { error: 'email template: unknown filter' },
  });
  expect(await starts(id)).toBe(0);
  expect(await r.count('audit_log where action = $1', ['parked.discard'])).toBe(1);
});

test('what is not there is 404; what is not parked, or was cancelled by a stop, is 409', async () => {
  const { campaign, id } = await parkedAtSend();
  expect([(await retry(99_999)).status, (await discard(99_999)).status]).toEqual([404, 404]);
  expect((await retry('x')).status).toBe(400);
  await r.send('post', `/v1/campaigns/${campaign}/stop`);
  expect((await retry(id)).body.detail).toBe(
    `Campaign '${campaign}' was stopped after it was parked, which cancelled it.`,
  );
  expect((await r.send('get', '/v1/parked')).body.parked).toEqual([]);
  const other = await parkedAtSend();
  await retry(other.id);
  const again = await retry(other.id);
  expect([again.status, again.body.detail]).toEqual([409, `Pairing ${other.id} is waiting, not parked.`]);
  expect((await discard(other.id)).status).toBe(409);
});

test('retry and discard at the same moment: one of them wins', async () => {
  const { campaign, user, id } = await parkedAtSend();
  const answers = await Promise.all([retry(id), discard(id), retry(id), discard(id)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  const pairing = await only(campaign, user);
  expect(await starts(id)).toBe(pairing.state === 'waiting' ? 1 : 0);
});
