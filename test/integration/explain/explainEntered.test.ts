// What became of those who entered, or will: in exact words.
import { storableObject } from '../../../domain/schema/storableText.js';
import { claimMessages } from '../../../storage/queries/messages/claimMessages.js';
import { settleMessages } from '../../../storage/queries/messages/settleMessages.js';
import { type Explaining, someEvent, startExplaining } from '../../setup/explaining.js';
import { DAY, HOUR, MINUTE, someone } from '../../setup/recording.js';

let r: Explaining;
beforeAll(async () => {
  r = await startExplaining();
});
afterAll(() => r.api.close());
afterEach(() => r.nextDay());

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
    request: storableObject({}),
    leaseUntil: now + MINUTE,
  }));
  const found = await pool.query<{ revision: number }>('select revision from campaigns where id = $1', [
    pairing.campaign_id,
  ]);
  const campaignRevision = found.rows[0]?.revision ?? 0;
  const claimed = await claimMessages(pool, [{ ...base, campaignRevision, variant: 'main', claims, skipped: [], now }]);
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
    const event = someEvent();
    const exceptions = [{ purchase: 'any' }];
    const campaign = await r.launch({
      trigger: { customEvent: event },
      delay: { after: '1 hour' },
      exceptions,
      ...more,
    });
    return { event, campaign, name: await r.nameOf(campaign) };
  };

  test('waiting: will get it at its due instant, unless…', async () => {
    const { event, campaign, name } = await reminder({
      recheckAudience: true,
      audience: { attribute: 'tier', equals: 1 },
    });
    const user = someone();
    await r.track({ attributes: [{ external_id: user, tier: 1, email: 'a@example.com' }] });
    await r.event(user, event);
    const answer = await r.explain(campaign, user);
    expect(answer).toMatchObject({
      status: 'will_receive',
      reason: null,
      evidence: {},
      sentence: `${user} will get “${name}” at ${r.at(HOUR)}, unless any purchase comes before, if still in the audience then.`,
      history: [
        { kind: 'pairing', dueAt: r.iso(HOUR), trigger: { kind: 'custom', name: event, time: r.iso() }, messages: [] },
      ],
      ifTriggeredNow: { enters: true, reason: null, sentence: `${event} by ${user} now would send at ${r.at(HOUR)}.` },
    });
    expect(answer.history[0]?.occurrenceKey).toMatch(/^e:\d+$/);
    await r.track({ attributes: [{ external_id: user, tier: 2 }] });
    expect(await r.explain(campaign, user)).toMatchObject({
      status: 'will_not_receive',
      reason: 'left_audience',
      sentence: `${user} waits until ${r.at(HOUR)}, but as things stand will not get the message: ${user} is no longer in the audience: “tier equals 1” (the value was 2).`,
    });
  });

  test('waiting without an address: as things stand it will not be sent', async () => {
    const { event, campaign } = await reminder();
    const user = someone();
    await r.event(user, event);
    expect(await r.explain(campaign, user)).toMatchObject({
      status: 'will_not_receive',
      reason: 'unreachable',
      evidence: { channels: { email: 'no_address' } },
      sentence: `${user} waits until ${r.at(HOUR)}, but as things stand will not get the message: ${user} cannot be reached: email: there is no address for it.`,
    });
  });

  test('a window that would be missed at the due instant is told before, and so is the next opening', async () => {
    const user = someone();
    await r.track({ attributes: [{ external_id: user, email: 'w@example.com', time_zone: 'Asia/Tokyo' }] });
    const dropping = await reminder({ window: { from: '09:00', to: '18:30' } });
    await r.event(user, dropping.event);
    expect(await r.explain(dropping.campaign, user)).toMatchObject({
      status: 'will_not_receive',
      reason: 'outside_window',
      sentence: `${user} waits until ${r.at(HOUR, 'Asia/Tokyo')}, but as things stand will not get the message: The message falls due at ${r.at(HOUR, 'Asia/Tokyo')}, outside the time window 09:00–18:30.`,
      ifTriggeredNow: { enters: true, reason: 'outside_window' },
    });
    const holding = await reminder({ window: { from: '09:00', to: '18:30', missed: 'nextAvailable' } });
    await r.event(user, holding.event);
    // 09:00 in Tokyo is midnight UTC.
    const opens = r.at(15 * HOUR, 'Asia/Tokyo');
    expect(await r.explain(holding.campaign, user)).toMatchObject({
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
    expect(await r.explain(campaign, user)).toMatchObject({
      status: 'will_receive',
      sentence: `${user} is due to get “${name}” now, since ${r.at(-HOUR)}.`,
    });
  });

  test('exception', async () => {
    const { event, campaign } = await reminder();
    const user = someone();
    await r.event(user, event);
    r.api.clock.now += MINUTE;
    await r.purchase(user, { product_id: 'hat' });
    const answer = await r.explain(campaign, user);
    expect(answer).toMatchObject({
      status: 'did_not_receive',
      reason: 'exception',
      evidence: { event: 'purchase', name: 'hat' },
    });
    expect(answer.sentence).toBe(
      `${user} bought hat at ${r.at()}, after the trigger and before the message was sent: that cancels it.`,
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
    expect(await r.explain(campaign, parked)).toMatchObject({
      status: 'parked',
      sentence: `The message for ${parked} is parked: its rules or template could not be evaluated. Mend the cause, then retry or discard it.`,
    });
    const stopped = (user: string) => ({
      status: 'did_not_receive',
      reason: 'campaign_stopped',
      sentence: `The campaign was stopped while ${user} was waiting.`,
    });
    await r.send('post', `/v1/campaigns/${campaign}/stop`);
    expect(await r.explain(campaign, waits)).toMatchObject(stopped(waits));
    expect(await r.explain(campaign, parked)).toMatchObject(stopped(parked));
    await r.send('post', `/v1/campaigns/${campaign}/resume`);
    expect(await r.explain(campaign, waits)).toMatchObject(stopped(waits));
    await r.send('post', `/v1/campaigns/${campaign}/archive`);
    expect(await r.explain(campaign, waits)).toMatchObject({
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
      const answer = await r.explain(campaign, user);
      expect(answer.sentence).toBe(`${user} received “${name}” by email and webhook at ${r.at()}.`);
      expect(answer).toMatchObject({ status: 'received', reason: 'sent' });
      expect(answer.history[0]?.messages).toEqual([
        { channel: 'email', state: 'sent', receivedAt: r.iso(), code: null, detail: null, refusals: 0, refused: [] },
        { channel: 'webhook', state: 'sent', receivedAt: r.iso(), code: null, detail: null, refusals: 0, refused: [] },
      ]);
    }
    r.api.clock.now += HOUR;
    await r.event(user, once.event);
    await r.event(user, again.event);
    const never = await r.explain(once.campaign, user);
    expect(never).toMatchObject({
      status: 'did_not_receive',
      reason: 'already_received',
      evidence: { receivedAt: r.iso(-HOUR) },
    });
    expect(never.sentence).toBe(
      `${user} had already received the campaign at ${r.at(-HOUR)}, and it is sent to a person once only.`,
    );
    expect(never.history.map(({ status }: { status: string }) => status)).toEqual(['did_not_receive', 'received']);
    const later = await r.explain(again.campaign, user);
    expect(later.reason).toBe('not_yet_re_eligible');
    expect(later.sentence).toBe(
      `${user} received the campaign at ${r.at(-HOUR)} and is eligible again only from ${r.at(DAY - HOUR)} on.`,
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
    const answer = await r.explain(campaign, user);
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
    expect(await r.explain(campaign, user)).toMatchObject({
      status: 'parked',
      evidence: { error: 'Unknown kind of filter: moon.' },
      sentence: `${user} waits until ${r.at(HOUR)}, but the message will be parked then: its rules cannot be evaluated: Unknown kind of filter: moon.`,
      ifTriggeredNow: {
        enters: false,
        sentence: `${event} by ${user} now would be parked: the rules cannot be evaluated: Unknown kind of filter: moon.`,
      },
    });
  });
});
