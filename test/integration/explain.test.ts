// Why somebody did, did not or will get a campaign: each reason that can be reached without a worker, in exact words.
import { DEFAULT_WORKSPACE } from '../../domain/workspace.js';
import { claimMessages } from '../../storage/queries/claimMessages.js';
import { settleMessages } from '../../storage/queries/settleMessages.js';
import { DAY, HOUR, MINUTE, type Recording, someone, startRecording } from '../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording({ workspace: { ...DEFAULT_WORKSPACE, timeZone: 'Europe/Paris' } });
  // Tomorrow at 09:00 UTC, where everything lies ahead of the real clock and within the partitions.
  r.api.clock.now = Math.floor(Date.now() / DAY) * DAY + DAY + 9 * HOUR;
});
afterAll(() => r.api.close());
// Each test on a day of its own keeps the campaigns of the others out of its window of 24 hours.
afterEach(() => {
  r.api.clock.now = Math.floor(r.api.clock.now / DAY) * DAY + DAY + 9 * HOUR;
});

async function explain(campaign: string, user: string) {
  const answer = await r.send('get', `/v1/explain?campaign=${campaign}&user=${user}`);
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ campaign, user });
  return answer.body;
}

/** As the sentences show an instant; made without the code that makes theirs. */
function at(offsetMs = 0, zone = 'Europe/Paris'): string {
  const time = new Date(r.api.clock.now + offsetMs);
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(
    time,
  );
  return `${text} (${zone})`;
}

const nameOf = async (campaign: string) => (await r.send('get', `/v1/campaigns/${campaign}`)).body.name;

let serial = 0;
const fresh = (): string => `event-${++serial}`;

describe('nobody met the campaign', () => {
  test('an unknown person', async () => {
    const campaign = await r.launch({ trigger: { customEvent: fresh() } });
    expect(await explain(campaign, 'nobody')).toEqual({
      campaign,
      user: 'nobody',
      status: 'unknown_person',
      reason: 'unknown_person',
      sentence: 'Nobody with the external id nobody is known.',
      evidence: {},
      history: [],
      ifTriggeredNow: null,
    });
    expect((await r.send('get', '/v1/explain?campaign=none&user=x')).status).toBe(404);
  });

  test.each([
    [{ customEvent: 'never' }, 'has never done never'],
    [{ purchase: 'any' }, 'has never bought anything'],
    [{ purchase: 'hat' }, 'has never bought hat'],
    [{ sessionStart: true }, 'has never started a session'],
  ])('no_trigger: %j', async (trigger, words) => {
    const campaign = await r.launch({ trigger });
    const user = someone();
    await r.track({ attributes: [{ external_id: user, a: 1 }] });
    const answer = await explain(campaign, user);
    expect(answer).toMatchObject({ status: 'never_entered', reason: 'no_trigger', evidence: {}, history: [] });
    expect(answer.sentence).toBe(`${user} ${words}, which triggers “${await nameOf(campaign)}”.`);
    await r.send('post', `/v1/campaigns/${campaign}/archive`);
  });

  test('property_filter, with the value seen', async () => {
    const event = fresh();
    const where = [
      { property: 'cart_value', atLeast: 100 },
      { property: 'currency', equals: 'EUR' },
    ];
    const campaign = await r.launch({ trigger: { customEvent: event, where } });
    const user = someone();
    await r.event(user, event, { properties: { cart_value: 50, city: 'Paris' } });
    const answer = await explain(campaign, user);
    const [stored] = await r.events(user);
    expect(answer).toMatchObject({ status: 'never_entered', reason: 'property_filter', history: [] });
    expect(answer.evidence).toEqual({
      event: stored?.seq,
      at: r.iso(),
      seen: [
        { property: 'cart_value', value: '50' },
        { property: 'currency', value: 'missing' },
      ],
    });
    expect(answer.sentence).toBe(
      `${user} did ${event} at ${at()}, but “${await nameOf(campaign)}” is triggered by ${event} (cart_value ≥ 100 and currency = EUR): cart_value was 50, currency was missing.`,
    );
  });

  test('before_launch and campaign_not_active: what happened while nothing listened', async () => {
    const event = fresh();
    const user = someone();
    await r.event(user, event);
    const happened = at();
    r.api.clock.now += HOUR;
    const launched = at();
    const campaign = await r.launch({ trigger: { customEvent: event } });
    const name = await nameOf(campaign);
    expect(await explain(campaign, user)).toMatchObject({
      status: 'never_entered',
      reason: 'before_launch',
      sentence: `${user} did ${event} at ${happened}, before “${name}” was active (since ${launched}).`,
    });
    r.api.clock.now += HOUR;
    await r.send('post', `/v1/campaigns/${campaign}/stop`);
    await r.event(user, event);
    expect(await explain(campaign, user)).toMatchObject({
      status: 'never_entered',
      reason: 'campaign_not_active',
      sentence: `${user} did ${event} at ${at()}, but “${name}” was not active then (it is stopped).`,
      ifTriggeredNow: { enters: false, sentence: `“${name}” is stopped: nothing would happen.` },
    });
    const draft = { key: 'draft', name: 'Draft', trigger: { customEvent: event } };
    await r.send('post', '/v1/campaigns', { ...draft, messages: [{ channel: 'email', subject: 'x', text: 'x' }] });
    expect(await explain('draft', user)).toMatchObject({
      reason: 'campaign_not_active',
      sentence: `${user} did ${event} at ${at()}, but “Draft” was never launched (it is draft).`,
    });
  });

  test('decision_forgotten: rejections are kept 30 days', async () => {
    const event = fresh();
    const campaign = await r.launch({ trigger: { customEvent: event }, audience: { attribute: 'a', equals: 1 } });
    const user = someone();
    await r.event(user, event);
    await r.api.database.pool.query('delete from rejections');
    const happened = at();
    const { now } = r.api.clock;
    r.api.clock.now += 31 * DAY;
    expect(await explain(campaign, user)).toMatchObject({
      reason: 'decision_forgotten',
      sentence: `${user} did ${event} at ${happened}, longer ago than decisions are kept (30 days).`,
    });
    r.api.clock.now = now;
  });
});

describe('met and refused', () => {
  const refused = async (definition: object, prepare: (user: string, event: string) => Promise<void>) => {
    const event = fresh();
    const campaign = await r.launch({ trigger: { customEvent: event }, ...definition });
    const user = someone();
    await prepare(user, event);
    const answer = await explain(campaign, user);
    expect(answer).toMatchObject({
      status: 'did_not_receive',
      history: [{ kind: 'rejection', messages: [], dueAt: null }],
    });
    expect(answer.history[0]).toMatchObject({
      reason: answer.reason,
      sentence: answer.sentence,
      evidence: answer.evidence,
    });
    return { answer, user, event, campaign };
  };

  test('outside_audience, with each value seen', async () => {
    const audience = {
      all: [
        { attribute: 'country', equals: 'FR' },
        { eventCount: 'x', atLeast: 1 },
      ],
    };
    const { answer, user, event } = await refused({ audience }, (who, name) =>
      r
        .track({ attributes: [{ external_id: who, country: 'DE' }], events: [{ external_id: who, name }] })
        .then(() => undefined),
    );
    expect(answer.reason).toBe('outside_audience');
    expect(answer.evidence.seen).toContainEqual({ filter: 'country equals FR', value: 'DE' });
    expect(answer.sentence).toBe(
      `${user} did ${event} at ${at()}, but was not in the audience: “country equals FR” (the value was DE).`,
    );
    expect(answer.ifTriggeredNow).toMatchObject({ enters: false, reason: 'outside_audience' });
  });

  test('outside_audience without a value', async () => {
    const audience = { attribute: 'country', equals: 'FR' };
    const { answer, user, event } = await refused({ audience }, (who, name) => r.event(who, name));
    expect(answer.sentence).toBe(
      `${user} did ${event} at ${at()}, but was not in the audience: “country equals FR” (no value).`,
    );
  });

  test('outside_window is told in the zone the window was read in: the person’s own', async () => {
    const window = { from: '09:00', to: '17:00' };
    const { answer, user, event } = await refused({ window }, async (who, name) => {
      await r.track({ attributes: [{ external_id: who, time_zone: 'Asia/Tokyo' }] });
      await r.event(who, name);
    });
    expect(answer.reason).toBe('outside_window');
    expect(answer.evidence).toEqual({ at: r.iso(), from: '09:00', to: '17:00', zone: 'Asia/Tokyo' });
    expect(answer.sentence).toBe(
      `${user} did ${event} at ${at(0, 'Asia/Tokyo')}, outside the time window 09:00–17:00.`,
    );
  });

  test('too_old', async () => {
    const campaign = refused({}, async (who, name) => {
      r.api.clock.now += 2 * DAY;
      await r.event(who, name, {}, -25 * HOUR);
    });
    const { answer, user, event } = await campaign;
    expect(answer.reason).toBe('too_old');
    expect(answer.evidence).toEqual({ happenedAt: r.iso(-25 * HOUR), recordedAt: r.iso(), maxAgeHours: 24 });
    expect(answer.sentence).toBe(
      `${user} did ${event} at ${at(-25 * HOUR)}, but it was recorded only at ${at()}: events more than 24 hours old send nothing.`,
    );
  });

  test('before_launch of an event that came late', async () => {
    const { answer, user, event } = await refused({}, (who, name) => r.event(who, name, {}, -MINUTE));
    expect(answer).toMatchObject({
      reason: 'before_launch',
      evidence: { happenedAt: r.iso(-MINUTE), activeSince: r.iso() },
    });
    expect(answer.sentence).toBe(
      `${user} did ${event} at ${at(-MINUTE)}, before the campaign was active (since ${at()}).`,
    );
  });

  test('before_start and after_end', async () => {
    const early = await refused({ duration: { start: r.iso(HOUR) } }, (who, name) => r.event(who, name));
    expect(early.answer.reason).toBe('before_start');
    expect(early.answer.sentence).toBe(
      `${early.user} did ${early.event} at ${at()}, before the campaign's start at ${at(HOUR)}.`,
    );
    const late = await refused({ duration: { end: r.iso(HOUR) } }, async (who, name) => {
      r.api.clock.now += HOUR;
      await r.event(who, name);
    });
    expect(late.answer.reason).toBe('after_end');
    expect(late.answer.sentence).toBe(
      `${late.user} did ${late.event} at ${at()}, after the campaign's end at ${at()}.`,
    );
  });
});

/** As the worker would claim and settle the channels of a pairing. */
async function send(campaign: string, user: string, channels: readonly ('email' | 'webhook')[]): Promise<void> {
  const { pool } = r.api.database;
  const { now } = r.api.clock;
  const { rows } = await pool.query(
    `select p.id, p.user_id, p.campaign_id from pairings p join campaigns c on c.id = p.campaign_id
     join users u on u.id = p.user_id where c.key = $1 and u.external_id = $2 and p.state = 'waiting'`,
    [campaign, user],
  );
  const [pairing] = rows;
  const base = { pairingId: pairing.id, campaignId: pairing.campaign_id, userId: pairing.user_id };
  const claims = channels.map((channel) => ({
    channel,
    sendKey: `${pairing.id}-${channel}`,
    keyed: true,
    request: {},
    leaseUntil: now + MINUTE,
  }));
  const claimed = await claimMessages(pool, { ...base, campaignVersion: 1, variant: 'main', claims, skipped: [] }, now);
  const results = claimed.map(({ id, attempt }) => ({
    messageId: id,
    attempt,
    state: 'sent' as const,
    refused: false,
    reference: null,
    code: null,
    detail: null,
  }));
  const settled = { state: 'done', outcome: 'sent', reason: 'sent', evidence: {}, wakeAt: null } as const;
  await settleMessages(pool, { ...base, campaignKey: campaign, results, pairing: settled }, now);
}

describe('entered', () => {
  const reminder = async (more: object = {}) => {
    const event = fresh();
    const exceptions = [{ purchase: 'any' }];
    const campaign = await r.launch({
      trigger: { customEvent: event },
      delay: { after: '1 hour' },
      exceptions,
      ...more,
    });
    return { event, campaign, name: await nameOf(campaign) };
  };

  test('waiting: will get it at its due instant, unless…', async () => {
    const { event, campaign, name } = await reminder({
      recheckAudience: true,
      audience: { attribute: 'tier', equals: 1 },
    });
    const user = someone();
    await r.track({ attributes: [{ external_id: user, tier: 1, email: 'a@example.com' }] });
    await r.event(user, event);
    const answer = await explain(campaign, user);
    expect(answer).toMatchObject({
      status: 'will_receive',
      reason: null,
      evidence: {},
      sentence: `${user} will get “${name}” at ${at(HOUR)}, unless any purchase comes before, if still in the audience then.`,
      history: [
        { kind: 'pairing', dueAt: r.iso(HOUR), trigger: { kind: 'custom', name: event, time: r.iso() }, messages: [] },
      ],
      ifTriggeredNow: { enters: true, reason: null, sentence: `${event} by ${user} now would send at ${at(HOUR)}.` },
    });
    expect(answer.history[0].occurrenceKey).toMatch(/^e:\d+$/);
    await r.track({ attributes: [{ external_id: user, tier: 2 }] });
    expect(await explain(campaign, user)).toMatchObject({
      status: 'will_not_receive',
      reason: 'left_audience',
      sentence: `${user} waits until ${at(HOUR)}, but as things stand will not get the message: ${user} is no longer in the audience: “tier equals 1” (the value was 2).`,
    });
  });

  test('waiting without an address: as things stand it will not be sent', async () => {
    const { event, campaign } = await reminder();
    const user = someone();
    await r.event(user, event);
    expect(await explain(campaign, user)).toMatchObject({
      status: 'will_not_receive',
      reason: 'unreachable',
      evidence: { channels: { email: 'no_address' } },
      sentence: `${user} waits until ${at(HOUR)}, but as things stand will not get the message: ${user} cannot be reached: email: there is no address for it.`,
    });
  });

  test('a window that would be missed at the due instant is told before, and so is the next opening', async () => {
    const user = someone();
    await r.track({ attributes: [{ external_id: user, email: 'w@example.com', time_zone: 'Asia/Tokyo' }] });
    const dropping = await reminder({ window: { from: '09:00', to: '18:30' } });
    await r.event(user, dropping.event);
    expect(await explain(dropping.campaign, user)).toMatchObject({
      status: 'will_not_receive',
      reason: 'outside_window',
      sentence: `${user} waits until ${at(HOUR)}, but as things stand will not get the message: The message falls due at ${at(HOUR, 'Asia/Tokyo')}, outside the time window 09:00–18:30.`,
      ifTriggeredNow: { enters: true, reason: 'outside_window' },
    });
    const holding = await reminder({ window: { from: '09:00', to: '18:30', missed: 'nextAvailable' } });
    await r.event(user, holding.event);
    // 09:00 in Tokyo is midnight UTC.
    const opens = at(15 * HOUR);
    expect(await explain(holding.campaign, user)).toMatchObject({
      status: 'will_receive',
      sentence: `${user} will get “${holding.name}” at ${opens}, unless any purchase comes before.`,
      ifTriggeredNow: { enters: true, sentence: `${holding.event} by ${user} now would send at ${opens}.` },
    });
  });

  test('overdue: due now, since when', async () => {
    const { event, campaign, name } = await reminder({ exceptions: [] });
    const user = someone();
    await r.track({
      attributes: [{ external_id: user, email: 'o@example.com' }],
      events: [{ external_id: user, name: event }],
    });
    r.api.clock.now += 2 * HOUR;
    expect(await explain(campaign, user)).toMatchObject({
      status: 'will_receive',
      sentence: `${user} is due to get “${name}” now, since ${at(-HOUR)}.`,
    });
  });

  test('exception', async () => {
    const { event, campaign } = await reminder();
    const user = someone();
    await r.event(user, event);
    r.api.clock.now += MINUTE;
    await r.purchase(user, { product_id: 'hat' });
    const answer = await explain(campaign, user);
    expect(answer).toMatchObject({
      status: 'did_not_receive',
      reason: 'exception',
      evidence: { event: 'purchase', name: 'hat' },
    });
    expect(answer.sentence).toBe(
      `${user} bought hat at ${at()}, after the trigger and before the message was sent: that cancels it.`,
    );
  });

  test('a stop counts at once, and stays told after a resume; so does an archive', async () => {
    const { event, campaign } = await reminder();
    const [waits, parked] = [someone(), someone()];
    await r.event(waits, event);
    await r.event(parked, event);
    await r.api.database.pool.query(
      `update pairings set state = 'parked' where user_id = (select id from users where external_id = $1)`,
      [parked],
    );
    expect(await explain(campaign, parked)).toMatchObject({
      status: 'parked',
      sentence: `The message for ${parked} is parked: its rules or template could not be evaluated. Mend them, then retry or discard it.`,
    });
    const stopped = (user: string) => ({
      status: 'did_not_receive',
      reason: 'campaign_stopped',
      sentence: `The campaign was stopped while ${user} was waiting.`,
    });
    await r.send('post', `/v1/campaigns/${campaign}/stop`);
    expect(await explain(campaign, waits)).toMatchObject(stopped(waits));
    expect(await explain(campaign, parked)).toMatchObject(stopped(parked));
    await r.send('post', `/v1/campaigns/${campaign}/resume`);
    expect(await explain(campaign, waits)).toMatchObject(stopped(waits));
    await r.send('post', `/v1/campaigns/${campaign}/archive`);
    expect(await explain(campaign, waits)).toMatchObject({
      reason: 'campaign_archived',
      sentence: `The campaign was archived while ${waits} was waiting.`,
    });
  });

  test('received by two channels; then already_received and not_yet_re_eligible', async () => {
    const messages = [
      { channel: 'email', subject: 'x', text: 'x' },
      { channel: 'webhook', url: 'https://example.com/', body: 'x' },
    ];
    const once = await reminder({ messages });
    const again = await reminder({ messages, reEligibility: { after: '1 day' } });
    const user = someone();
    await r.track({ attributes: [{ external_id: user, email: 'two@example.com' }] });
    for (const { event, campaign, name } of [once, again]) {
      await r.event(user, event);
      await send(campaign, user, ['email', 'webhook']);
      const answer = await explain(campaign, user);
      expect(answer.sentence).toBe(`${user} received “${name}” by email and webhook at ${at()}.`);
      expect(answer).toMatchObject({ status: 'received', reason: 'sent' });
      expect(answer.history[0].messages).toEqual([
        { channel: 'email', state: 'sent', receivedAt: r.iso(), code: null, detail: null },
        { channel: 'webhook', state: 'sent', receivedAt: r.iso(), code: null, detail: null },
      ]);
    }
    r.api.clock.now += HOUR;
    await r.event(user, once.event);
    await r.event(user, again.event);
    const never = await explain(once.campaign, user);
    expect(never).toMatchObject({
      status: 'did_not_receive',
      reason: 'already_received',
      evidence: { receivedAt: r.iso(-HOUR) },
    });
    expect(never.sentence).toBe(
      `${user} had already received the campaign at ${at(-HOUR)}, and it is sent to a person once only.`,
    );
    expect(never.history.map(({ status }: { status: string }) => status)).toEqual(['did_not_receive', 'received']);
    const later = await explain(again.campaign, user);
    expect(later.reason).toBe('not_yet_re_eligible');
    expect(later.sentence).toBe(
      `${user} received the campaign at ${at(-HOUR)} and is eligible again only from ${at(DAY - HOUR)} on.`,
    );
    expect(later.ifTriggeredNow).toMatchObject({ enters: false, reason: 'not_yet_re_eligible' });
  });

  test('one that waits is the answer, whatever became of a later trigger', async () => {
    const { event, campaign } = await reminder({ window: { from: '09:00', to: '11:30' }, delay: { after: '1 day' } });
    const user = someone();
    await r.track({
      attributes: [{ external_id: user, email: 'h@example.com' }],
      events: [{ external_id: user, name: event }],
    });
    r.api.clock.now += 5 * HOUR;
    await r.event(user, event);
    const answer = await explain(campaign, user);
    expect(answer.status).toBe('will_receive');
    expect(answer.history.map(({ kind }: { kind: string }) => kind)).toEqual(['rejection', 'pairing']);
  });

  test('rules that cannot be evaluated are told, not an error of ours', async () => {
    const { event, campaign } = await reminder({ recheckAudience: true, audience: { attribute: 'tier', equals: 1 } });
    const user = someone();
    await r.track({
      attributes: [{ external_id: user, tier: 1, email: 'b@example.com' }],
      events: [{ external_id: user, name: event }],
    });
    await r.api.database.pool.query(
      `update campaign_versions v set definition = jsonb_set(v.definition, '{audience}', '{"moon": 1}')
       from campaigns c where c.id = v.campaign_id and c.key = $1`,
      [campaign],
    );
    expect(await explain(campaign, user)).toMatchObject({
      status: 'parked',
      evidence: { error: 'Unknown kind of filter: moon.' },
      sentence: `${user} waits until ${at(HOUR)}, but the message will be parked then: its rules cannot be evaluated: Unknown kind of filter: moon.`,
      ifTriggeredNow: {
        enters: false,
        sentence: `${event} by ${user} now would be parked: the rules cannot be evaluated: Unknown kind of filter: moon.`,
      },
    });
  });
});

test('the answers are of the published schema', async () => {
  const { explanation } = await import('../../api/schemas/explain.js');
  const campaign = await r.launch({ trigger: { customEvent: 'schema' }, delay: { after: '1 hour' } });
  const user = someone();
  await r.event(user, 'schema');
  for (const who of [user, 'nobody'])
    expect(explanation.strict().safeParse(await explain(campaign, who)).error).toBeUndefined();
});
