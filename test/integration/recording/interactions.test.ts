// POST /v1/interactions: what people do with campaigns, and the campaigns that follow.
import request from 'supertest';
import { MINUTE, type Recording, SECOND, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

type Body = Readonly<Record<string, unknown>>;
let serial = 0;

function item(user: string, campaign: string, more: Body = { interaction: 'email_click' }): Body {
  serial += 1;
  return { event_id: `i-${serial}`, external_id: user, campaign, time: r.iso(), ...more };
}

const interact = (...interactions: readonly unknown[]) => r.send('post', '/v1/interactions', { interactions });
const states = async (campaign: string, user: string) =>
  (await r.pairings(campaign, user)).map(({ state, outcome }) => outcome ?? state);
const reasons = async (campaign: string, user: string) =>
  (await r.rejections(campaign, user)).map(({ reason }) => reason);

async function known(): Promise<string> {
  const user = someone();
  await r.track({ attributes: [{ external_id: user, a: 1 }] });
  return user;
}

const original = () => r.launch({ trigger: { customEvent: 'never' } });

async function receive(campaign: string, user: string): Promise<void> {
  await r.api.database.pool.query(
    `insert into receipts select c.id, u.id, 1, now(), now() from campaigns c, users u where c.key = $1 and u.external_id = $2`,
    [campaign, user],
  );
}

describe('interactions', () => {
  test('AB-01, CC-01, SC-003-4: a click triggers the follow-up on clicks of that campaign alone', async () => {
    const [one, other] = [await original(), await original()];
    const clicked = await r.launch({ trigger: { interaction: 'email_click', campaign: one } });
    const opened = await r.launch({ trigger: { interaction: 'email_open', campaign: one } });
    const user = await known();
    const answer = await interact(item(user, other), item(user, one), item(user, one, { interaction: 'push_open' }));
    expect([answer.status, answer.body]).toEqual([201, { accepted: 3, errors: [] }]);
    expect(await states(clicked, user)).toEqual(['waiting']);
    expect(await states(opened, user)).toEqual([]);
    expect(await r.events(user)).toMatchObject([
      { kind: 'attributes' },
      { kind: 'interaction', name: other, properties: { type: 'email_click' } },
      { kind: 'interaction', name: one, properties: { type: 'email_click' } },
      { kind: 'interaction', name: one, properties: { type: 'push_open' } },
    ]);
  });

  test('AB-01, SC-003-7: a card is a campaign: views and clicks of it trigger', async () => {
    const card = await original();
    const viewed = await r.launch({ trigger: { cardViewed: card } });
    const clicked = await r.launch({ trigger: { cardClicked: card } });
    const user = await known();
    await interact(item(user, card, { interaction: 'card_view' }));
    expect([await states(viewed, user), await states(clicked, user)]).toEqual([['waiting'], []]);
    await interact(item(user, card, { interaction: 'card_click' }));
    expect(await states(clicked, user)).toEqual(['waiting']);
  });

  test('CC-02, CC-08: those with a campaign that is not active are recorded and trigger nothing', async () => {
    const one = await original();
    const clicked = await r.launch({ trigger: { interaction: 'email_click', campaign: one } });
    const user = await known();
    await r.send('post', `/v1/campaigns/${one}/stop`);
    expect((await interact(item(user, one))).body).toEqual({ accepted: 1, errors: [] });
    expect(await states(clicked, user)).toEqual([]);
    expect(await reasons(clicked, user)).toEqual(['original_not_active']);
    await r.send('post', `/v1/campaigns/${one}/resume`);
    await interact(item(user, one));
    expect(await states(clicked, user)).toEqual(['waiting']);
  });

  test('CC-02, SC-003-1: only those after the launch of the follow-up trigger it', async () => {
    const one = await original();
    const clicked = await r.launch({ trigger: { interaction: 'email_click', campaign: one } });
    const user = await known();
    await interact(item(user, one, { interaction: 'email_click', time: r.iso(-MINUTE) }));
    expect(await reasons(clicked, user)).toEqual(['before_launch']);
    await interact(item(user, one));
    expect(await states(clicked, user)).toEqual(['waiting']);
  });

  test('AB-30, CC-05, CC-06: an open cancels the follow-up of a click, and one before the click does not', async () => {
    const one = await original();
    const follow = await r.launch({
      trigger: { interaction: 'email_click', campaign: one },
      delay: { after: '1 hour' },
      exceptions: [{ interaction: 'email_open', campaign: one }],
    });
    const user = await known();
    const open = () => interact(item(user, one, { interaction: 'email_open' }));
    await open();
    r.api.clock.now += SECOND;
    await interact(item(user, one));
    expect(await states(follow, user)).toEqual(['waiting']);
    r.api.clock.now += SECOND;
    // CC-08: the original may be stopped meanwhile.
    await r.send('post', `/v1/campaigns/${one}/stop`);
    await open();
    expect(await states(follow, user)).toEqual(['cancelled']);
  });

  test('each event_id is recorded once, whatever the request, and track has ids of its own', async () => {
    const one = await original();
    const user = await known();
    const click = item(user, one);
    expect((await interact(click, click)).body).toEqual({ accepted: 2, errors: [] });
    expect((await interact(click)).body).toEqual({ accepted: 1, errors: [] });
    await r.event(user, 'other', { event_id: click.event_id });
    expect((await r.events(user)).map(({ kind }) => kind)).toEqual(['attributes', 'interaction', 'custom']);
  });
});

describe('conversions', () => {
  test('AB-01, CO-07, SC-002-4: the primary conversion of a campaign triggers, for its recipients only', async () => {
    const one = await original();
    const converted = await r.launch({ trigger: { primaryConversionOf: one } });
    const [recipient, stranger] = [await known(), await known()];
    await receive(one, recipient);
    const answer = await interact(
      item(stranger, one, { conversion: 0 }),
      item(recipient, one, { conversion: 1 }),
      item(recipient, one, { conversion: 0 }),
    );
    expect(answer.body).toEqual({
      accepted: 2,
      errors: [{ index: 0, message: 'this person has not received the campaign' }],
    });
    expect(await states(converted, recipient)).toEqual(['waiting']);
    expect(await states(converted, stranger)).toEqual([]);
  });

  test('AB-30: a conversion of the campaign cancels its own next message', async () => {
    const definition = { trigger: { customEvent: 'ab30' }, delay: { after: '1 hour' } };
    const one = await r.launch(definition);
    const user = await known();
    await receive(one, user);
    await r.api.database.pool.query("update receipts set first_at = '2000-01-01', last_at = '2000-01-01'");
    await r.send('put', `/v1/campaigns/${one}`, {
      name: one,
      ...definition,
      exceptions: [{ conversionOf: one }],
      reEligibility: { after: '1 day' },
      message: { channel: 'email', subject: 'x', text: 'x' },
    });
    await r.event(user, 'ab30');
    r.api.clock.now += SECOND;
    await interact(item(user, one, { conversion: 2 }));
    expect(await states(one, user)).toEqual(['cancelled']);
  });

  test.each([
    [{ conversionOf: 'another' }, 'only conversions of this one'],
    [{ interaction: 'email_open', campaign: 'another' }, 'needs a trigger that is about a campaign'],
    [{ received: 'another' }, 'none of the fields'],
  ])('AB-30: %j is no exception of a campaign on a custom event', async (exception, message) => {
    const { status, body } = await r.send('post', '/v1/campaigns', {
      name: 'Refused',
      trigger: { customEvent: 'x' },
      delay: { after: '1 hour' },
      exceptions: [exception],
      message: { channel: 'email', subject: 'x', text: 'x' },
    });
    expect([status, body.problems[0].message]).toEqual([422, expect.stringContaining(message)]);
  });
});

describe('what does not get in', () => {
  test('track cannot forge an interaction, under any name or kind', async () => {
    const one = await original();
    const clicked = await r.launch({ trigger: { interaction: 'email_click', campaign: one } });
    const user = await known();
    const forged = { external_id: user, time: r.iso(), properties: { type: 'email_click' } };
    for (const kind of ['interaction', 'received', 'converted', 'exceptionFired', 'attributes']) {
      expect((await r.send('post', '/users/track', { events: [{ ...forged, kind, name: one }] })).status).toBe(400);
    }
    for (const name of [one, 'interaction', `interaction:${one}`])
      await r.event(user, name, { properties: { type: 'email_click' } });
    expect((await r.send('post', '/users/track', { interactions: [item(user, one)] })).status).toBe(400);
    expect(await states(clicked, user)).toEqual([]);
    expect((await r.events(user)).filter(({ kind }) => kind === 'interaction')).toEqual([]);
  });

  test('a key for tracking may not record interactions', async () => {
    const answer = await request(r.api.app)
      .post('/v1/interactions')
      .set('authorization', await r.api.bearer('track'))
      .send({ interactions: [] });
    expect(answer.status).toBe(403);
  });

  test('hostile items are refused one by one, and their neighbour is recorded', async () => {
    const one = await original();
    const user = await known();
    const good = item(user, one);
    const { time: _time, ...timeless } = good;
    const hostile: readonly unknown[] = [
      null,
      7,
      [],
      {},
      timeless,
      { ...good, event_id: undefined },
      { ...good, event_id: '' },
      { ...good, event_id: 'x'.repeat(256) },
      { ...good, event_id: 'a\u0000b' },
      { ...good, campaign: "'; drop table users; --" },
      { ...good, campaign: 'no-such-campaign' },
      { ...good, interaction: 'email_sent' },
      { ...good, interaction: ['email_open'] },
      { ...good, conversion: 0 },
      { ...good, interaction: undefined, conversion: 4 },
      { ...good, interaction: undefined, conversion: -1 },
      { ...good, interaction: undefined, conversion: 0.5 },
      { ...good, kind: 'received' },
      { ...good, time: 'yesterday' },
      { ...good, properties: { type: 'email_open' } },
      { ...good, properties: { index: 0 } },
      { ...good, properties: { a: { b: 'x'.repeat(200_000) } } },
      { ...good, external_id: 'nobody-known' },
      { ...good, external_id: undefined },
      {
        ...good,
        external_id: undefined,
        user_alias: { alias_label: 'l', alias_name: 'n' },
        _update_existing_only: false,
      },
    ];
    const answer = await interact(...hostile, good);
    expect(answer.status).toBe(201);
    expect(answer.body.accepted).toBe(1);
    expect(answer.body.errors.map(({ index }: { index: number }) => index)).toEqual(hostile.map((_, index) => index));
    expect(JSON.stringify(answer.body)).not.toContain('drop table');
    expect((await r.events(user)).filter(({ kind }) => kind === 'interaction')).toHaveLength(1);
    expect(await r.count("users where external_id = 'nobody-known'")).toBe(0);
  });

  test.each([null, [], {}, { interactions: {} }, { interactions: [] }, { interactions: Array(76).fill({}) }])(
    'a body of another shape is refused whole',
    async (body) => {
      const answer = await request(r.api.app)
        .post('/v1/interactions')
        .set('authorization', await r.api.bearer('interactions'))
        .set('content-type', 'application/json')
        .send(JSON.stringify(body));
      expect(answer.status).toBe(400);
    },
  );

  test('a campaign that was never launched has no interactions', async () => {
    await r.send('post', '/v1/campaigns', {
      key: 'draft-only',
      name: 'Draft',
      trigger: { customEvent: 'x' },
      message: { channel: 'email', subject: 'x', text: 'x' },
    });
    const user = await known();
    expect((await interact(item(user, 'draft-only'))).body).toEqual({
      accepted: 0,
      errors: [{ index: 0, message: 'no campaign of this key was ever launched' }],
    });
  });
});
