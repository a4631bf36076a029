// Settling a send when another campaign listens to its receipt: what the receipt leads to, and that nothing undoes it.
import type { Settlement } from '../../../storage/queries/messages/settleMessages.js';
import { settleAt } from '../../../storage/queries/messages/settleMessages.js';
import { createCampaignIndexCache } from '../../../stream/campaignIndex.js';
import { recordSettlement } from '../../../stream/recordSettlement.js';
import { DAY, type Recording, SECOND, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const campaigns = createCampaignIndexCache();
const settleNow = (settlement: Settlement) =>
  recordSettlement(
    r.api.database.pool,
    { workspace: r.api.deps.stream.workspace, campaigns },
    settlement,
    r.api.clock.now,
  );
const states = async (campaign: string, user: string) =>
  (await r.pairings(campaign, user)).map(({ state, outcome }) => outcome ?? state);
const receivedEvents = async (user: string) => (await r.events(user)).filter(({ kind }) => kind === 'received');

/** A pairing of the user whose messages are claimed, as after the providers' calls. */
async function claimed(campaign: string, user: string, channels = ['email']): Promise<Settlement> {
  const { pool } = r.api.database;
  const pairing = (await r.pairings(campaign, user)).at(-1);
  if (pairing === undefined) throw new Error('never entered');
  await pool.query("update pairings set state = 'sending' where id = $1", [pairing.id]);
  const { rows } = await pool.query<{ id: number; campaign_id: number; user_id: number }>(
    `insert into messages (pairing_id, campaign_id, user_id, channel, variant, send_key, state, keyed, attempt,
       lease_until, request, claimed_at, created_at)
     select p.id, campaign_id, user_id, c.channel, coalesce(variant, 'a'), 'key-' || p.id || c.channel, 'claimed', false, 1,
       now(), '{}', now(), now()
     from pairings p cross join unnest($2::text[]) as c(channel)
     where p.id = $1 returning id, campaign_id, user_id`,
    [pairing.id, channels],
  );
  const [message] = rows;
  if (message === undefined) throw new Error('no message');
  return {
    pairingId: pairing.id,
    userId: message.user_id,
    campaignId: message.campaign_id,
    campaignKey: campaign,
    results: rows.map(({ id: messageId }) => ({
      messageId,
      attempt: 1,
      state: 'sent',
      refused: false,
      reference: null,
      code: null,
      detail: null,
    })),
    pairing: { state: 'done', outcome: 'sent', reason: 'sent', evidence: {}, wakeAt: null },
  };
}

async function entered(campaign: string, event: string): Promise<{ user: string; settlement: Settlement }> {
  const user = someone();
  await r.event(user, event);
  return { user, settlement: await claimed(campaign, user) };
}

test('a receipt nobody listens to is one statement with its event', async () => {
  const original = await r.launch({ trigger: { customEvent: 'alone' } });
  const { user, settlement } = await entered(original, 'alone');
  expect(await settleNow(settlement)).toBe(true);
  expect(await states(original, user)).toEqual(['sent']);
  expect(await receivedEvents(user)).toMatchObject([{ name: original }]);
});

test('CC-01, CC-06: a receipt enters the follow-up, counting its delay from there; a repeated settle does nothing more', async () => {
  const original = await r.launch({ trigger: { customEvent: 'cc06' } });
  const resend = await r.launch({
    trigger: { received: original },
    delay: { after: '7 days' },
    exceptions: [{ interaction: 'email_open', campaign: original }],
  });
  const { user, settlement } = await entered(original, 'cc06');
  r.api.clock.now += SECOND;
  expect(await settleNow(settlement)).toBe(true);
  expect(await settleNow(settlement)).toBe(false);
  expect(await states(original, user)).toEqual(['sent']);
  expect(await receivedEvents(user)).toHaveLength(1);
  expect(await r.pairings(resend, user)).toMatchObject([
    { state: 'waiting', due_at: r.api.clock.now + 7 * DAY, chain_depth: 1 },
  ]);
  expect(
    await r.count(
      'outbox o join pairings p on p.id = o.target_id join campaigns c on c.id = p.campaign_id where c.key = $1',
      [resend],
    ),
  ).toBe(1);
});

test('CC-03: a follow-up published after this process last looked is found by the revision', async () => {
  const original = await r.launch({ trigger: { customEvent: 'cc03' } });
  const { user, settlement } = await entered(original, 'cc03');
  const stale = (await campaigns.latest(r.api.database.pool)).revision;
  const followUp = await r.launch({ trigger: { received: original } });
  const before = await r.pairings(original, user);
  const moved = await settleAt(r.api.database.pool, settlement, {
    revision: stale,
    withEvent: true,
    now: r.api.clock.now,
  });
  expect(moved).toMatchObject({ moved: true, paired: false, receipts: [] });
  expect(await r.pairings(original, user)).toEqual(before);
  expect(await receivedEvents(user)).toEqual([]);
  expect(await settleNow(settlement)).toBe(true);
  expect(await states(followUp, user)).toEqual(['waiting']);
});

test('CC-08: the receipt of a stopped campaign leads to nothing new', async () => {
  const original = await r.launch({ trigger: { customEvent: 'cc08' } });
  const followUp = await r.launch({ trigger: { received: original } });
  const { user, settlement } = await entered(original, 'cc08');
  await r.send('post', `/v1/campaigns/${original}/stop`);
  expect(await settleNow(settlement)).toBe(true);
  expect(await receivedEvents(user)).toHaveLength(1);
  expect(await r.rejections(followUp, user)).toMatchObject([{ reason: 'original_not_active' }]);
});

test('a follow-up that fails is parked, and receipt and event stand', async () => {
  const original = await r.launch({ trigger: { customEvent: 'savepoint' } });
  const followUp = await r.launch({ trigger: { received: original } });
  const { user, settlement } = await entered(original, 'savepoint');
  const { pool } = r.api.database;
  await pool.query(`
    create function refuse() returns trigger language plpgsql as $$ begin
      if new.state = 'waiting' then raise exception 'no room'; end if; return new;
    end $$;
    create trigger refuse before insert on pairings for each row execute function refuse()`);
  try {
    expect(await settleNow(settlement)).toBe(true);
  } finally {
    await pool.query('drop trigger refuse on pairings; drop function refuse()');
  }
  expect(await states(original, user)).toEqual(['sent']);
  expect(await receivedEvents(user)).toHaveLength(1);
  expect(await r.pairings(followUp, user)).toMatchObject([{ state: 'parked', evidence: { error: 'no room' } }]);
});

test('campaigns that set each other off in a circle end at a chain of ten', async () => {
  const reEligibility = { after: '0 seconds' };
  const message = { channel: 'email', subject: 'Hello', text: 'Hello' };
  const ping = await r.launch({ trigger: { customEvent: 'circle' }, reEligibility });
  const pong = await r.launch({ trigger: { received: ping }, reEligibility });
  const user = someone();
  await r.event(user, 'circle');
  const circle = { name: ping, trigger: { received: pong }, reEligibility, message };
  expect((await r.send('put', `/v1/campaigns/${ping}`, circle)).status).toBe(200);
  const turns: string[] = [];
  for (let turn = ping; turns.length < 20; turn = turn === ping ? pong : ping) {
    if (!(await states(turn, user)).includes('waiting')) break;
    turns.push(turn);
    await settleNow(await claimed(turn, user));
  }
  expect(turns).toHaveLength(11);
  expect((await r.pairings(ping, user)).map(({ chain_depth }) => chain_depth)).toEqual([0, 2, 4, 6, 8, 10]);
  expect(await r.rejections(pong, user)).toMatchObject([{ reason: 'loop', evidence: { chainDepth: 11 } }]);
});

interface EngagementRow {
  readonly variant: string;
  readonly channel: string;
  readonly count: number;
  readonly first_at: number;
  readonly last_at: number;
}

async function engagements(campaign: string, user: string): Promise<readonly EngagementRow[]> {
  const { rows } = await r.api.database.pool.query<EngagementRow>(
    `select g.variant, g.channel, g.count, g.first_at, g.last_at from engagements g
     join campaigns c on c.id = g.campaign_id join users u on u.id = g.user_id
     where c.key = $1 and u.external_id = $2 order by g.channel`,
    [campaign, user],
  );
  return rows;
}

describe('SG-12: each message is received by itself, and the first of a pairing is the receipt', () => {
  const BOTH = {
    messages: [
      { channel: 'email', subject: 'Hello', text: 'Hello' },
      { channel: 'webhook', url: 'https://receiver.example/', body: {}, honoursWebhookId: true },
    ],
  };
  const always = { reEligibility: { after: '0 seconds' } };

  test.each(['somebody', 'nobody'])('where %s listens', async (who) => {
    const event = `both-${who}`;
    const original = await r.launch({ trigger: { customEvent: event }, ...BOTH, ...always });
    const listening = {
      receipt: { received: original },
      email: { received: { campaign: original, channel: 'email' } },
      webhook: { received: { campaign: original, channel: 'webhook' } },
    };
    const heard: Record<string, string> = {};
    if (who === 'somebody')
      for (const [name, trigger] of Object.entries(listening)) heard[name] = await r.launch({ trigger, ...always });
    const user = someone();
    await r.event(user, event);
    await settleNow(await claimed(original, user, ['email', 'webhook']));
    const at = r.api.clock.now;
    expect((await receivedEvents(user)).map(({ properties }) => properties)).toMatchObject([
      { channel: 'email', variant: 'a', first: true },
      { channel: 'webhook', variant: 'a', first: false },
    ]);
    expect(await engagements(original, user)).toMatchObject([
      { variant: 'a', channel: 'email', count: 1, first_at: at, last_at: at },
      { variant: 'a', channel: 'webhook', count: 1, first_at: at, last_at: at },
    ]);
    for (const followUp of Object.values(heard)) expect(await r.pairings(followUp, user)).toHaveLength(1);

    // The second pairing gets one of them now and the other later.
    r.api.clock.now += DAY;
    await r.event(user, event);
    const settlement = await claimed(original, user, ['email', 'webhook']);
    const [email, webhook] = settlement.results;
    if (email === undefined || webhook === undefined) throw new Error('two messages');
    const open = { state: 'sending', outcome: null, reason: null, evidence: {}, wakeAt: null } as const;
    await settleNow({ ...settlement, results: [webhook], pairing: open });
    r.api.clock.now += SECOND;
    await settleNow({ ...settlement, results: [email] });
    expect((await receivedEvents(user)).slice(2).map(({ properties }) => properties)).toMatchObject([
      { channel: 'webhook', first: true },
      { channel: 'email', first: false },
    ]);
    expect(await engagements(original, user)).toMatchObject([
      { channel: 'email', count: 2, first_at: at, last_at: r.api.clock.now },
      { channel: 'webhook', count: 2, first_at: at, last_at: r.api.clock.now - SECOND },
    ]);
    for (const followUp of Object.values(heard)) expect(await r.pairings(followUp, user)).toHaveLength(2);
  });

  test('EV-01: whoever follows a receipt is judged as before it', async () => {
    const original = await r.launch({ trigger: { customEvent: 'judged' }, ...always });
    const never = await r.launch({
      trigger: { received: original },
      audience: { not: { received: { campaign: original } } },
      ...always,
    });
    const before = await r.launch({
      trigger: { received: original },
      audience: { received: { campaign: original, channel: 'email', variant: 'a' } },
      ...always,
    });
    const user = someone();
    for (const expected of [
      [1, 0],
      [1, 1],
    ]) {
      await r.event(user, 'judged');
      await settleNow(await claimed(original, user));
      expect([await r.pairings(never, user), await r.pairings(before, user)].map(({ length }) => length)).toEqual(
        expected,
      );
    }
    expect((await r.rejections(never, user)).map(({ reason }) => reason)).toEqual(['outside_audience']);
    expect((await r.rejections(before, user)).map(({ reason }) => reason)).toEqual(['outside_audience']);
  });

  test('an audience may ask for messages by tag, channel and age; a missing campaign is told before the launch', async () => {
    const original = await r.launch({ trigger: { customEvent: 'tagged' }, tags: ['onboarding'] });
    const user = someone();
    await r.event(user, 'tagged');
    await settleNow(await claimed(original, user));
    r.api.clock.now += 3 * DAY;
    const check = async (audience: object) => {
      const { body } = await r.send('post', '/v1/audiences/check', { audience, external_id: user });
      return [body.pass, body.audience.filter];
    };
    expect(await check({ received: { tag: 'onboarding' } })).toEqual([
      true,
      'number of received messages of campaigns tagged onboarding at least 1',
    ]);
    expect((await check({ received: { tag: 'other' } }))[0]).toBe(false);
    expect((await check({ received: { channel: 'webhook' }, equals: 0 }))[0]).toBe(true);
    expect((await check({ lastReceived: 'any', moreThan: '3 days' }))[0]).toBe(true);
    expect((await check({ lastReceived: { campaign: original }, lessThan: '3 days' }))[0]).toBe(false);

    const messages = [{ channel: 'email', subject: 'Hello', text: 'Hello' }];
    const audience = { none: [{ received: { campaign: 'mistyped' } }] };
    const draft = { key: 'never-launched', name: 'Never', trigger: { sessionStart: true }, audience, messages };
    const { body } = await r.send('post', '/v1/campaigns', draft);
    expect(body.warnings).toMatchObject([{ message: expect.stringContaining("campaign 'mistyped'") }]);
    expect((await r.send('post', '/v1/campaigns/never-launched/launch')).status).toBe(409);
    const variant = { ...draft, key: 'other', audience: { received: { variant: 'a' } } };
    expect((await r.send('post', '/v1/campaigns', variant)).body.problems).toMatchObject([
      { path: 'audience.received' },
    ]);
  });
});
