// What providers do to a message, end to end: refusals, rejections, suspended channels, several channels.
import {
  endings,
  event,
  get,
  HOUR,
  launch,
  ledger,
  MINUTE,
  mailsTo,
  newcomer,
  post,
  purchase,
  receipts,
  SECOND,
  someone,
  track,
  until,
} from './world/people.js';
import { accept, answerWith, hook, messageIds, passTime, sent } from './world/providers.js';
import { startWorld, type World } from './world/world.js';

let world: World;

describe('providers', () => {
  beforeAll(async () => {
    world = await startWorld();
  }, 120_000);
  afterAll(() => world.stop(), 60_000);
  beforeEach(() => {
    world.smtp.reset();
    world.http.answer(accept);
    ping = someone('ping');
    trigger = { customEvent: ping };
    cancellable = { trigger, delay: { after: '1 minute' }, exceptions: [{ purchase: 'any' }] };
  });

  /** An event of the test's own, so that campaigns of other tests stay out of it. */
  let ping = '';
  let trigger = { customEvent: '' };
  let cancellable = {};

  describe('a refusal for now', () => {
    it('RE-08: an e-mail refused by SMTP 4xx waits, is tried again, and counts as one receipt once accepted', async () => {
      const campaign = await launch(world, { trigger });
      const user = await newcomer(world);
      world.smtp.behave('refuse');
      await event(world, user, ping);
      await world.settle();
      expect(await ledger(world, campaign, user)).toMatchObject({ email: { state: 'released', refusals: 1 } });
      expect(await receipts(world, campaign, user)).toEqual({ receipts: 0, received: 0 });
      world.smtp.behave('accept');
      await passTime(world, 2 * MINUTE);
      expect(await endings(world, campaign, user)).toMatchObject([sent]);
      expect(await receipts(world, campaign, user)).toEqual({ receipts: 1, received: 1 });
      expect(mailsTo(world, campaign, user)).toBe(1);
    });

    it('AB-37: a purchase while a refused message waits cancels it', async () => {
      const campaign = await launch(world, cancellable);
      const user = await newcomer(world);
      world.smtp.behave('refuse');
      await event(world, user, ping);
      await passTime(world, 90 * SECOND);
      expect(await ledger(world, campaign, user)).toMatchObject({ email: { state: 'released' } });
      world.smtp.behave('accept');
      await purchase(world, user);
      await passTime(world, HOUR);
      expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'cancelled', reason: 'exception' }]);
      expect(mailsTo(world, campaign, user)).toBe(0);
    });

    it('AB-37: a purchase while a message is being sent counts if the provider then refuses it', async () => {
      const { message, requests } = hook(world);
      const campaign = await launch(world, { ...cancellable, messages: [message] });
      const user = await newcomer(world);
      let refuse: () => void = () => undefined;
      world.http.answer((response) => {
        refuse = () => answerWith(503)(response);
      });
      await event(world, user, ping);
      // Time must not move while the run is being started: how long Temporal holds it back was reckoned before.
      await world.settle();
      const due = (await world.now()) + MINUTE;
      await world.env.sleep(due - (await world.now()));
      await until(() => requests().length === 1, 'the request');
      await purchase(world, user);
      refuse();
      await passTime(world, HOUR);
      expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'cancelled', reason: 'exception' }]);
      expect(requests()).toHaveLength(1);
      const { rows } = await world.database.pool.query(
        `select count(*) as fired from events e join users u on u.id = e.user_id
         where u.external_id = $1 and e.kind = 'exceptionFired'`,
        [user],
      );
      expect(rows).toEqual([{ fired: 1 }]);
    });

    it('LC-04: a stop while a refused message waits cancels it', async () => {
      const campaign = await launch(world, { trigger });
      const user = await newcomer(world);
      world.smtp.behave('refuse');
      await event(world, user, ping);
      await world.settle();
      world.smtp.behave('accept');
      await post(world, `/v1/campaigns/${campaign}/stop`, {}, 200);
      await passTime(world, HOUR);
      expect(await endings(world, campaign, user)).toMatchObject([
        { outcome: 'cancelled', reason: 'campaign_stopped' },
      ]);
      expect(mailsTo(world, campaign, user)).toBe(0);
    });

    it('WH-02: a webhook answered 429 is tried again when Retry-After says, not before', async () => {
      const { message, requests } = hook(world);
      const campaign = await launch(world, { trigger, messages: [message] });
      const user = await newcomer(world);
      world.http.answer(answerWith(429, { 'retry-after': '600' }));
      await event(world, user, ping);
      await world.settle();
      world.http.answer(accept);
      await passTime(world, 9 * MINUTE);
      expect(requests()).toHaveLength(1);
      await passTime(world, 2 * MINUTE);
      expect(requests()).toHaveLength(2);
      expect(await endings(world, campaign, user)).toMatchObject([sent]);
    });

    it('WH-02: a webhook answered 503 is tried five times over about 30 minutes, then failed and no receipt', async () => {
      const { message, requests } = hook(world);
      const campaign = await launch(world, { trigger, messages: [message] });
      const user = await newcomer(world);
      world.http.answer(answerWith(503));
      await event(world, user, ping);
      await passTime(world, 25 * MINUTE);
      expect(requests()).toHaveLength(4);
      await passTime(world, 10 * MINUTE);
      expect(requests()).toHaveLength(5);
      expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'failed', reason: 'retries_exhausted' }]);
      expect(await receipts(world, campaign, user)).toEqual({ receipts: 0, received: 0 });
      await passTime(world, HOUR);
      expect(requests()).toHaveLength(5);
    });
  });

  describe('a refusal for good', () => {
    it('RE-02: an e-mail rejected by SMTP 5xx fails, is no receipt, and the next trigger sends', async () => {
      const campaign = await launch(world, { trigger });
      const user = await newcomer(world);
      world.smtp.behave('reject');
      await event(world, user, ping);
      await world.settle();
      expect(await endings(world, campaign, user)).toMatchObject([
        { outcome: 'failed', reason: 'rejected_by_provider' },
      ]);
      expect(await receipts(world, campaign, user)).toEqual({ receipts: 0, received: 0 });
      world.smtp.behave('accept');
      await event(world, user, ping);
      await world.settle();
      expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'failed' }, sent]);
    });

    it('WH-02: a webhook answered 404 fails at once', async () => {
      const { message, requests } = hook(world);
      const campaign = await launch(world, { trigger, messages: [message] });
      const user = await newcomer(world);
      world.http.answer(answerWith(404));
      await event(world, user, ping);
      await world.settle();
      expect(await endings(world, campaign, user)).toMatchObject([
        { outcome: 'failed', reason: 'rejected_by_provider' },
      ]);
      expect(await ledger(world, campaign, user)).toMatchObject({ webhook: { state: 'failed', code: 'http_404' } });
      expect(requests()).toHaveLength(1);
    });
  });

  it('a misconfigured channel is suspended: its people hold, nothing is lost, and it resumes once a check passes', async () => {
    const campaign = await launch(world, { trigger });
    const users = [await newcomer(world), await newcomer(world)];
    await world.useMailServer('smtp://mail.invalid:25');
    for (const user of users) await event(world, user, ping);
    await passTime(world, 10 * MINUTE);
    for (const user of users) expect(await endings(world, campaign, user)).toMatchObject([{ outcome: null }]);
    const suspended = await world.database.pool.query('select channel, failures from channel_suspensions');
    expect(suspended.rows).toMatchObject([{ channel: 'email' }]);
    expect(suspended.rows[0].failures).toBeGreaterThanOrEqual(3);
    await world.useMailServer(world.smtp.smtpUrl);
    await passTime(world, HOUR);
    for (const user of users) {
      expect(await endings(world, campaign, user)).toMatchObject([sent]);
      expect(await receipts(world, campaign, user)).toEqual({ receipts: 1, received: 1 });
      expect(mailsTo(world, campaign, user)).toBe(1);
      expect(await ledger(world, campaign, user)).toMatchObject({ email: { refusals: 0 } });
    }
    expect((await world.database.pool.query('select from channel_suspensions')).rowCount).toBe(0);
  });

  describe('two channels', () => {
    const both = (message: unknown) => (key: string) => [
      { channel: 'email', subject: `Message of ${key}`, text: 'Hello' },
      message,
    ];

    it('CO-03, FC-06: each is sent once though one fails for a while, with one receipt and one event', async () => {
      const { message, requests } = hook(world);
      const key = someone('both');
      const campaign = await launch(world, { key, trigger, messages: both(message)(key) });
      const user = await newcomer(world);
      world.http.answer(answerWith(503));
      await event(world, user, ping);
      await world.settle();
      expect(mailsTo(world, campaign, user)).toBe(1);
      world.http.answer(accept);
      await passTime(world, HOUR);
      expect(await ledger(world, campaign, user)).toMatchObject({
        email: { state: 'sent' },
        webhook: { state: 'sent', refusals: 1 },
      });
      expect(await endings(world, campaign, user)).toMatchObject([sent]);
      expect(requests()).toHaveLength(2);
      expect(mailsTo(world, campaign, user)).toBe(1);
      expect(await receipts(world, campaign, user)).toEqual({ receipts: 1, received: 1 });
    });

    it.each(['exception', 'stop'])(
      'CO-03: an %s while the second channel waits ends the rest; the pairing is sent, for the first was',
      async (how) => {
        const { message, requests } = hook(world);
        const key = someone('both');
        const campaign = await launch(world, { ...cancellable, key, messages: both(message)(key) });
        const user = await newcomer(world);
        world.http.answer(answerWith(503));
        await event(world, user, ping);
        await passTime(world, 61 * SECOND);
        expect(mailsTo(world, campaign, user)).toBe(1);
        world.http.answer(accept);
        if (how === 'exception') await purchase(world, user);
        else await post(world, `/v1/campaigns/${campaign}/stop`, {}, 200);
        await passTime(world, HOUR);
        expect(await endings(world, campaign, user)).toMatchObject([sent]);
        expect(requests()).toHaveLength(1);
        expect(await receipts(world, campaign, user)).toEqual({ receipts: 1, received: 1 });
      },
    );

    it('a channel whose answer is lost is repeated without repeating the other', async () => {
      const { message, requests } = hook(world);
      const key = someone('both');
      const campaign = await launch(world, { key, trigger, messages: both(message)(key) });
      const user = await newcomer(world);
      world.smtp.behave('takeThenDropReply');
      await event(world, user, ping);
      await world.settle();
      world.smtp.behave('accept');
      await passTime(world, 5 * MINUTE);
      expect(await endings(world, campaign, user)).toMatchObject([sent]);
      expect(requests()).toHaveLength(1);
      expect(messageIds(world, campaign)).toHaveLength(2);
      expect(await receipts(world, campaign, user)).toEqual({ receipts: 1, received: 1 });
    });
  });

  describe('what no provider ever sees', () => {
    it('SU-01: somebody without an address, or unsubscribed, is unreachable, with the reason', async () => {
      const campaign = await launch(world, { trigger });
      const nameless = someone();
      await event(world, nameless, ping);
      const away = await newcomer(world, { email_subscribe: 'unsubscribed' });
      await event(world, away, ping);
      await world.settle();
      for (const [user, why] of [
        [nameless, 'no address'],
        [away, 'unsubscribed'],
      ] as const) {
        expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'dropped', reason: 'unreachable' }]);
        const told = await get(world, `/v1/explain?campaign=${campaign}&user=${user}`);
        expect(JSON.stringify(told)).toContain(why);
      }
      await track(world, { attributes: [{ external_id: nameless, email: `${nameless}@example.com` }] });
      await event(world, nameless, ping);
      await world.settle();
      expect(await endings(world, campaign, nameless)).toMatchObject([{ outcome: 'dropped' }, sent]);
    });

    it('AB-57, RE-02: abort_message drops with its reason and is no receipt', async () => {
      const text = "{% if tier != 'gold' %}{% abort_message('not gold') %}{% endif %}Hello";
      const key = someone('aborting');
      const messages = [
        { channel: 'email', subject: `Message of ${key}`, text: text.replace('tier', 'custom_attribute.${tier}') },
      ];
      const campaign = await launch(world, { key, trigger, messages });
      const user = await newcomer(world);
      await event(world, user, ping);
      await world.settle();
      expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'dropped', reason: 'aborted' }]);
      const told = await get(world, `/v1/explain?campaign=${campaign}&user=${user}`);
      expect(JSON.stringify(told)).toContain('not gold');
      expect(await receipts(world, campaign, user)).toEqual({ receipts: 0, received: 0 });
      await track(world, { attributes: [{ external_id: user, tier: 'gold' }] });
      await event(world, user, ping);
      await world.settle();
      expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'dropped' }, sent]);
    });

    it('a template that fails parks its message and fails its run; neighbours and gates are unharmed', async () => {
      const text = '{% for i in (1..99999999) %}endless{% endfor %}';
      const failing = await launch(world, { ...cancellable, messages: [{ channel: 'email', subject: 'x', text }] });
      const healthy = await launch(world, { trigger });
      const [user, buyer] = [await newcomer(world), await newcomer(world)];
      for (const each of [user, buyer]) await event(world, each, ping);
      await purchase(world, buyer);
      await passTime(world, 5 * MINUTE);
      expect(await endings(world, healthy, user)).toMatchObject([sent]);
      expect(await endings(world, failing, buyer)).toMatchObject([{ outcome: 'cancelled', reason: 'exception' }]);
      const { rows } = await world.database.pool.query(
        `select p.id, p.state, p.evidence, p.occurrence_key, p.user_id from pairings p
         join campaigns c on c.id = p.campaign_id join users u on u.id = p.user_id
         where c.key = $1 and u.external_id = $2`,
        [failing, user],
      );
      expect(rows).toMatchObject([{ state: 'parked' }]);
      const lines = world.logged
        .filter((line) => line.includes(failing) || line.includes('parked'))
        .map((l) => JSON.parse(l));
      // One line each, the SDK's own about the failed run included.
      expect(lines).toEqual([
        expect.objectContaining({ msg: 'cancelled', campaign: failing, user: expect.any(Number) }),
        expect.objectContaining({ msg: 'parked', campaign: failing, user: rows[0].user_id, code: 'template_failed' }),
      ]);
      const { user_id, occurrence_key } = rows[0];
      const handle = world.client.workflow.getHandle(`campaign/${failing}/${user_id}/${occurrence_key}`);
      expect((await handle.describe()).status.name).toBe('FAILED');
      const told = await get(world, `/v1/explain?campaign=${failing}&user=${user}`);
      expect(told).toMatchObject({ status: 'parked' });
    });

    it('EV-12: gates come before the template, so a dropped message never parks', async () => {
      const text = '{% for i in (1..99999999) %}endless{% endfor %}';
      const campaign = await launch(world, {
        trigger,
        delay: { after: '1 hour' },
        audience: { attribute: 'tier', equals: 'gold' },
        recheckAudience: true,
        messages: [{ channel: 'email', subject: 'x', text }],
      });
      const user = await newcomer(world, { tier: 'gold' });
      await event(world, user, ping);
      await track(world, { attributes: [{ external_id: user, tier: 'silver' }] });
      await passTime(world, 2 * HOUR);
      expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'dropped', reason: 'left_audience' }]);
    });
  });
});
