// Why somebody who never entered did not: each reason that can be reached without a worker, in exact words.
import { dropOldRejections } from '../../../storage/queries/operations/maintenance.js';
import { type Explaining, someEvent, startExplaining } from '../../setup/explaining.js';
import { DAY, HOUR, MINUTE, someone } from '../../setup/recording.js';

let r: Explaining;
beforeAll(async () => {
  r = await startExplaining();
});
afterAll(() => r.api.close());
afterEach(() => r.nextDay());

describe('nobody met the campaign', () => {
  test('an unknown person', async () => {
    const campaign = await r.launch({ trigger: { customEvent: someEvent() } });
    expect(await r.explain(campaign, 'nobody')).toEqual({
      campaign,
      user: 'nobody',
      userId: null,
      sharedWith: [],
      status: 'unknown_person',
      reason: 'unknown_person',
      sentence: 'Nobody with the external id nobody is known.',
      evidence: {},
      runUrl: null,
      waitingUrl: expect.stringContaining(campaign),
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
    const answer = await r.explain(campaign, user);
    expect(answer).toMatchObject({ status: 'never_entered', reason: 'no_trigger', evidence: {}, history: [] });
    expect(answer.sentence).toBe(`${user} ${words}, which triggers “${await r.nameOf(campaign)}”.`);
    await r.send('post', `/v1/campaigns/${campaign}/archive`);
  });

  test('property_filter, with the value seen', async () => {
    const event = someEvent();
    const where = [
      { property: 'cart_value', atLeast: 100 },
      { property: 'currency', equals: 'EUR' },
    ];
    const campaign = await r.launch({ trigger: { customEvent: event, where } });
    const user = someone();
    await r.event(user, event, { properties: { cart_value: 50, city: 'Paris' } });
    const answer = await r.explain(campaign, user);
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
      `${user} did ${event} at ${r.at()}, but “${await r.nameOf(campaign)}” is triggered by ${event} (cart_value ≥ 100 and currency = EUR): cart_value was 50, currency was missing.`,
    );
  });

  test('before_launch and campaign_not_active: what happened while nothing listened', async () => {
    const event = someEvent();
    const user = someone();
    await r.event(user, event);
    const happened = r.at();
    r.api.clock.now += HOUR;
    const launched = r.at();
    const campaign = await r.launch({ trigger: { customEvent: event } });
    const name = await r.nameOf(campaign);
    expect(await r.explain(campaign, user)).toMatchObject({
      status: 'never_entered',
      reason: 'before_launch',
      sentence: `${user} did ${event} at ${happened}, before “${name}” was active (since ${launched}).`,
    });
    r.api.clock.now += HOUR;
    await r.send('post', `/v1/campaigns/${campaign}/stop`);
    await r.event(user, event);
    expect(await r.explain(campaign, user)).toMatchObject({
      status: 'never_entered',
      reason: 'campaign_not_active',
      sentence: `${user} did ${event} at ${r.at()}, but “${name}” was not active then (it is stopped).`,
      ifTriggeredNow: { enters: false, sentence: `“${name}” is stopped: nothing would happen.` },
    });
    const draft = { key: 'draft', name: 'Draft', trigger: { customEvent: event } };
    await r.send('post', '/v1/campaigns', { ...draft, messages: [{ channel: 'email', subject: 'x', text: 'x' }] });
    expect(await r.explain('draft', user)).toMatchObject({
      reason: 'campaign_not_active',
      sentence: `${user} did ${event} at ${r.at()}, but “Draft” was never launched (it is draft).`,
    });
  });

  test('decision_forgotten: rejections are kept 30 days', async () => {
    const event = someEvent();
    const campaign = await r.launch({ trigger: { customEvent: event }, audience: { attribute: 'a', equals: 1 } });
    const user = someone();
    await r.event(user, event);
    await dropOldRejections(r.api.database.pool, r.api.clock.now + 31 * DAY);
    const happened = r.at();
    const { now } = r.api.clock;
    r.api.clock.now += 31 * DAY;
    expect(await r.explain(campaign, user)).toMatchObject({
      reason: 'decision_forgotten',
      sentence: `${user} did ${event} at ${happened}, longer ago than decisions are kept (30 days).`,
    });
    r.api.clock.now = now;
  });
});

describe('met and refused', () => {
  const refused = async (definition: object, prepare: (user: string, event: string) => Promise<void>) => {
    const event = someEvent();
    const campaign = await r.launch({ trigger: { customEvent: event }, ...definition });
    const user = someone();
    await prepare(user, event);
    const answer = await r.explain(campaign, user);
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
      `${user} did ${event} at ${r.at()}, but was not in the audience: “country equals FR” (the value was DE).`,
    );
    expect(answer.ifTriggeredNow).toMatchObject({ enters: false, reason: 'outside_audience' });
  });

  test('outside_audience without a value', async () => {
    const audience = { attribute: 'country', equals: 'FR' };
    const { answer, user, event } = await refused({ audience }, (who, name) => r.event(who, name));
    expect(answer.sentence).toBe(
      `${user} did ${event} at ${r.at()}, but was not in the audience: “country equals FR” (no value).`,
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
      `${user} did ${event} at ${r.at(0, 'Asia/Tokyo')}, outside the time window 09:00–17:00.`,
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
      `${user} did ${event} at ${r.at(-25 * HOUR)}, but it was recorded only at ${r.at()}: events more than 24 hours old send nothing.`,
    );
  });

  test('before_launch of an event that came late', async () => {
    const { answer, user, event } = await refused({}, (who, name) => r.event(who, name, {}, -MINUTE));
    expect(answer).toMatchObject({
      reason: 'before_launch',
      evidence: { happenedAt: r.iso(-MINUTE), activeSince: r.iso(), recordedAt: r.iso() },
    });
    expect(answer.sentence).toBe(
      `${user} did ${event} at ${r.at(-MINUTE)}, 1 minute before the campaign was active (since ${r.at()}), ` +
        `though it arrived after that, at ${r.at()}. If the clock of its sender is behind, set it (NTP) and send the ` +
        'event again with the right time.',
    );
  });

  test('before_start and after_end', async () => {
    const early = await refused({ duration: { start: r.iso(HOUR) } }, (who, name) => r.event(who, name));
    expect(early.answer.reason).toBe('before_start');
    expect(early.answer.sentence).toBe(
      `${early.user} did ${early.event} at ${r.at()}, before the campaign's start at ${r.at(HOUR)}.`,
    );
    const late = await refused({ duration: { end: r.iso(HOUR) } }, async (who, name) => {
      r.api.clock.now += HOUR;
      await r.event(who, name);
    });
    expect(late.answer.reason).toBe('after_end');
    expect(late.answer.sentence).toBe(
      `${late.user} did ${late.event} at ${r.at()}, after the campaign's end at ${r.at()}.`,
    );
  });
});

test('the answers are of the published schema', async () => {
  const { explanation } = await import('../../../api/schemas/explain.js');
  const campaign = await r.launch({ trigger: { customEvent: 'schema' }, delay: { after: '1 hour' } });
  const user = someone();
  await r.event(user, 'schema');
  for (const who of [user, 'nobody'])
    expect(explanation.strict().safeParse(await r.explain(campaign, who)).error).toBeUndefined();
});
