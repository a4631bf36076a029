// ID-03, ID-04, ID-06: one person becomes another, with all that they did, received and wait for.
import { ambiguous } from '../../../channels/sendResult.js';
import { DAY, HOUR, MINUTE, type Recording, SECOND, someone, startRecording } from '../../setup/recording.js';
import { ACCEPTED, type Sending, startSending } from '../../setup/sending.js';

let r: Recording;
let sending: Sending;
beforeAll(async () => {
  r = await startRecording({}, 2);
  sending = startSending(r);
});
afterAll(async () => {
  await sending.stop();
  await r.api.close();
});
beforeEach(() => {
  Object.defineProperty(sending.provider, 'answer', { value: ACCEPTED, writable: true, configurable: true });
});

const alias = (alias_name: string, alias_label = 'device') => ({ user_alias: { alias_label, alias_name } });
const pair = (from: object, into: object) => ({ identifier_to_merge: from, identifier_to_keep: into });
const merge = (...merge_updates: object[]) => r.send('post', '/users/merge', { merge_updates });
const get = async (user: string) => (await r.send('get', `/v1/users/${user}`)).body;
const id = (external_id: string) => ({ external_id });

/** Somebody known by an alias alone; returns its name and our number. */
async function anonymous(attributes: object = {}): Promise<{ readonly name: string; readonly number: number }> {
  const name = someone();
  await r.track({ attributes: [{ ...alias(name), _update_existing_only: false, ...attributes }] });
  const { rows } = await r.api.database.pool.query<{ user_id: number }>(
    `select user_id from user_aliases where label = 'device' and name = $1`,
    [name],
  );
  return { name, number: rows[0]?.user_id ?? 0 };
}

async function known(attributes: object = {}): Promise<string> {
  const user = someone();
  await r.track({ attributes: [{ external_id: user, email: `${user}@example.com`, ...attributes }] });
  return user;
}

const pairingsOf = async (campaign: string) =>
  (
    await r.api.database.pool.query(
      'select p.* from pairings p join campaigns c on c.id = p.campaign_id where c.key = $1 order by p.id',
      [campaign],
    )
  ).rows;
const ofNobody = (table: string) => r.count(`${table} t where not exists (select from users u where u.id = t.user_id)`);

/** From now on the provider is asked this; returns how often it was. */
function asked(answer: () => unknown): { count: number } {
  const calls = { count: 0 };
  Object.defineProperty(sending.provider, 'answer', {
    configurable: true,
    get: () => {
      calls.count += 1;
      return answer();
    },
  });
  return calls;
}

let entries = 0;
/** A campaign that the person has entered, by an event of its own; returns its key. */
async function entered(person: object, more: object = {}): Promise<string> {
  entries += 1;
  const campaign = await r.launch({ trigger: { customEvent: `merge-${entries}` }, ...more });
  await r.track({ events: [{ ...person, name: `merge-${entries}` }] });
  return campaign;
}

test('ID-03: what the kept profile has wins, what it lacks is filled', async () => {
  const { name } = await anonymous({
    phone: '+33 1 02',
    first_name: 'Anon',
    city: 'Lyon',
    tags: ['a'],
    time_zone: 'Asia/Tokyo',
  });
  const user = await known({ first_name: 'Zoe', language: 'fr' });
  const { status, type, body } = await merge(pair(alias(name), id(user)));
  expect([status, type, body]).toEqual([202, 'application/json', { message: 'success', merged: 1 }]);
  expect(await get(user)).toMatchObject({
    externalId: user,
    email: `${user}@example.com`,
    phone: '+33 1 02',
    timeZone: 'Asia/Tokyo',
    aliases: [{ label: 'device', name }],
    attributes: { first_name: 'Zoe', language: 'fr', city: 'Lyon', tags: ['a'] },
  });
});

test('SG-14/15/16, ID-03: a state with its instant, the earlier creation and the devices of both', async () => {
  const { name } = await anonymous({ devices: [{ device_id: 'd1', os: 'iOS' }], email_subscribe: 'unsubscribed' });
  const then = r.iso();
  r.api.clock.now += DAY;
  const user = someone();
  await r.track({ attributes: [{ ...id(user), devices: [{ device_id: 'd2' }], push_subscribe: 'opted_in' }] });
  const pushSince = r.iso();
  await merge(pair(alias(name), id(user)));
  expect(await get(user)).toMatchObject({
    emailSubscription: 'unsubscribed',
    emailSubscriptionSince: then,
    pushSubscription: 'opted_in',
    pushSubscriptionSince: pushSince,
    createdAt: then,
    attributes: { devices: [{ device_id: 'd1', os: 'iOS' }, { device_id: 'd2' }] },
  });
});

test('ID-03: counters are summed, the first is the earlier and the last the later', async () => {
  const { name, number } = await anonymous();
  const user = await known();
  const at = (offset: number) => r.iso(offset);
  const purchase = (person: object, offset: number, price: number) => ({
    ...person,
    product_id: 'sku',
    currency: 'EUR',
    price,
    time: at(offset),
  });
  await r.track({
    events: [
      { ...alias(name), name: 'seen', time: at(-5 * DAY) },
      { ...id(user), name: 'seen', time: at(-3 * DAY) },
      { ...alias(name), name: 'seen', time: at(-1 * DAY) },
      { ...alias(name), kind: 'session', time: at(-2 * DAY) },
    ],
    purchases: [purchase(alias(name), -6 * DAY, 10), purchase(id(user), -4 * DAY, 5), purchase(id(user), -2 * DAY, 7)],
  });
  await merge(pair(alias(name), id(user)));
  const { totals } = await get(user);
  expect(totals).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'custom', name: 'seen', count: 3, firstAt: at(-5 * DAY), lastAt: at(-1 * DAY) }),
      expect.objectContaining({
        kind: 'purchase',
        name: 'sku',
        count: 3,
        amount: 22,
        firstAt: at(-6 * DAY),
        lastAt: at(-2 * DAY),
      }),
      expect.objectContaining({ kind: 'session', count: 1 }),
    ]),
  );
  expect(await ofNobody('events')).toBe(0);
  expect(await ofNobody('event_totals')).toBe(0);
  expect(await r.count('users where id = $1', [number])).toBe(0);
});

test('ID-03: all names of the one lead to the other, and their number too', async () => {
  const [gone, middle, last] = [await known({ a: 1 }), await known({ b: 2 }), await known({ c: 3 })];
  const number = (await get(gone)).id;
  await r.send('post', '/users/alias/new', { user_aliases: [{ ...id(gone), alias_label: 'crm', alias_name: gone }] });
  expect((await merge(pair(id(gone), id(middle)), pair(id(middle), id(last)))).body.merged).toBe(2);
  await r.track({
    attributes: [
      { external_id: gone, d: 4 },
      { external_id: middle, e: 5 },
      { braze_id: number, f: 6 },
      { user_alias: { alias_label: 'crm', alias_name: gone }, g: 7 },
    ],
  });
  const person = await get(last);
  expect(person.attributes).toMatchObject({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 });
  expect([await get(gone), await get(middle)]).toEqual([person, person]);
  expect((await r.send('get', `/v1/users-by-id/${number}`)).body).toEqual(person);
});

test('ID-06: what the one waits for is sent to the other, once, by the same run and without a second look at the audience', async () => {
  const { name, number } = await anonymous({ plan: 'trial' });
  const user = await known({ plan: 'paid' });
  const campaign = await entered(alias(name), {
    audience: { attribute: 'plan', equals: 'trial' },
    delay: { after: '1 hour' },
  });
  await merge(pair(alias(name), id(user)));
  const { body } = await r.send('get', `/v1/campaigns/${campaign}/waiting`);
  expect(body.waiting ?? body.people).toHaveLength(1);
  expect(decodeURIComponent(JSON.stringify(body))).toContain(`campaign/${campaign}/${number}/e:`);
  r.api.clock.now += HOUR;
  const calls = asked(() => ACCEPTED);
  expect(await sending.attempt(campaign, user)).toMatchObject({ outcome: 'sent' });
  expect(await sending.attempt(campaign, user)).toMatchObject({ outcome: 'sent' });
  expect(calls.count).toBe(1);
  expect(await pairingsOf(campaign)).toMatchObject([{ state: 'done', outcome: 'sent', run_user_id: number }]);
});

test('ID-03: what is being sent at that moment is received by the other', async () => {
  const [gone, user] = [await known(), await known()];
  const campaign = await entered(id(gone));
  const calls = asked(async () => {
    expect((await merge(pair(id(gone), id(user)))).body.merged).toBe(1);
    return ACCEPTED;
  });
  expect(await sending.attempt(campaign, gone)).toMatchObject({ outcome: 'sent' });
  expect(calls.count).toBe(1);
  expect(await ofNobody('receipts')).toBe(0);
  expect(await ofNobody('messages')).toBe(0);
  const received = (await r.events(user)).filter(({ kind }) => kind === 'received');
  expect(received).toMatchObject([{ name: campaign }]);
  expect(
    await r.count('receipts x join users u on u.id = x.user_id where u.external_id = $1 and x.count = 1', [user]),
  ).toBe(1);
});

test('ID-03: what is being sent and is followed by another campaign lets the other in', async () => {
  const [gone, user] = [await known(), await known()];
  const campaign = await entered(id(gone));
  const follower = await r.launch({ trigger: { received: campaign } });
  asked(async () => {
    await merge(pair(id(gone), id(user)));
    return ACCEPTED;
  });
  await sending.attempt(campaign, gone);
  expect(await r.pairings(follower, user)).toHaveLength(1);
});

test('ID-03: what is in doubt is repeated under the same key and received by the other', async () => {
  const [gone, user] = [await known(), await known()];
  const campaign = await entered(id(gone));
  asked(() => ambiguous('timeout', 'no answer'));
  await sending.attempt(campaign, gone);
  await merge(pair(id(gone), id(user)));
  r.api.clock.now += MINUTE;
  const calls = asked(() => ACCEPTED);
  expect(await sending.attempt(campaign, user)).toMatchObject({ outcome: 'sent' });
  expect(calls.count).toBe(1);
  expect((await r.events(user)).filter(({ kind }) => kind === 'received')).toHaveLength(1);
});

test('RE-01, ID-03: receipts are those of both, so that nobody is sent a campaign twice', async () => {
  const { name } = await anonymous({ email: `${someone()}@example.com` });
  const user = await known();
  const campaign = await entered(id(user));
  await sending.attempt(campaign, user);
  await r.track({ events: [{ ...alias(name), name: `merge-${entries}` }] });
  await merge(pair(alias(name), id(user)));
  const calls = asked(() => ACCEPTED);
  const [, waiting] = await pairingsOf(campaign);
  expect(await sending.attempt(campaign, user, waiting.id)).toMatchObject({
    outcome: 'dropped',
    reason: 'already_received',
  });
  expect(calls.count).toBe(0);
});

test('ID-03: an exception that the other does cancels what the one waited for', async () => {
  const { name } = await anonymous();
  const user = await known();
  const campaign = await entered(alias(name), { delay: { after: '1 day' }, exceptions: [{ purchase: 'any' }] });
  await merge(pair(alias(name), id(user)));
  r.api.clock.now += SECOND;
  await r.purchase(user);
  expect(await pairingsOf(campaign)).toMatchObject([{ state: 'done', outcome: 'cancelled', reason: 'exception' }]);
});

test('UT-13: what was recorded of the one is a repeat when it comes again for the other', async () => {
  const { name } = await anonymous();
  const user = await known();
  await r.track({ events: [{ ...alias(name), name: 'x', event_id: 'once' }] });
  await merge(pair(alias(name), id(user)));
  const again = { name: 'x', event_id: 'once' };
  expect(await r.track({ events: [{ ...alias(name), ...again }] })).toMatchObject({ repeated: 1 });
  expect(await r.track({ events: [{ ...id(user), ...again }] })).toMatchObject({ repeated: 1 });
  expect(await r.track({ events: [{ ...id(user), ...again, event_id: 'other' }] })).not.toHaveProperty('repeated');
});

test('AB-15, ID-03: what waits for an hour of the day follows the zone of who is left', async () => {
  const { name } = await anonymous({ time_zone: 'Asia/Tokyo' });
  const user = await known({ time_zone: 'America/New_York' });
  const campaign = await entered(alias(name), { delay: { inDays: 1, at: '09:00' } });
  const twin = await known({ time_zone: 'America/New_York' });
  await r.track({ events: [{ ...id(twin), name: `merge-${entries}` }] });
  await merge(pair(alias(name), id(user)));
  const [moved, planned] = await pairingsOf(campaign);
  expect(moved.due_at).toBe(planned.due_at);
});

test('SU-07, ID-03: who takes on an address has its state, and who is unsubscribed unsubscribes it', async () => {
  const email = `${someone()}@example.com`;
  const one = await anonymous({ email, email_subscribe: 'unsubscribed' });
  const user = someone();
  await r.track({ attributes: [{ ...id(user), a: 1 }] });
  await merge(pair(alias(one.name), id(user)));
  expect(await get(user)).toMatchObject({ email, emailSubscription: 'unsubscribed' });

  const other = `${someone()}@example.com`;
  const two = await anonymous({ email: other });
  const unsubscribed = someone();
  await r.track({ attributes: [{ ...id(unsubscribed), email_subscribe: 'unsubscribed' }] });
  await merge(pair(alias(two.name), id(unsubscribed)));
  expect(await get(unsubscribed)).toMatchObject({ email: other, emailSubscription: 'unsubscribed' });
  expect(await r.count(`address_states where key = $1 and state = 'unsubscribed'`, [other])).toBe(1);
});

test('UT-12: what there is no room for is left out, and told', async () => {
  const many = (prefix: string, length: number) =>
    Object.fromEntries(Array.from({ length }, (_, n) => [`${prefix}${n}`, n]));
  const { name } = await anonymous(many('own', 200));
  const user = await known();
  for (let n = 0; n < 8; n++) await r.track({ attributes: [{ ...id(user), ...many(`of${n}-`, 240) }] });
  expect((await merge(pair(alias(name), id(user)))).body).toMatchObject({
    merged: 1,
    left_out: [{ index: 0, attributes: 120 }],
  });
  expect(Object.keys((await get(user)).attributes)).toHaveLength(2_000);
});

test('ID-04: pairs that cannot be merged are told, and the others are', async () => {
  const [ann, bob] = [await known(), await known()];
  const email = `${someone()}@example.com`;
  await r.track({
    attributes: [
      { ...id(someone()), email },
      { ...id(someone()), email },
    ],
  });
  const { body } = await merge(
    pair(id('nobody’s'), id(ann)),
    pair(id(ann), id(ann)),
    pair({ email, prioritization: ['identified'] }, id(ann)),
    pair(id(bob), id(ann)),
  );
  expect(body).toEqual({
    message: 'success',
    merged: 1,
    skipped: [
      { index: 0, reason: 'unknown_user' },
      { index: 1, reason: 'same_user' },
      { index: 2, reason: 'several_users' },
    ],
  });
});

test('ID-04: of several with one address the prioritization says which is meant', async () => {
  const email = `${someone()}@example.com`;
  const { name } = await anonymous({ email });
  r.api.clock.now += SECOND;
  const [first, last, kept] = [someone(), someone(), await known()];
  await r.track({ attributes: [{ ...id(first), email }] });
  r.api.clock.now += SECOND;
  await r.track({ attributes: [{ ...id(last), email }] });
  const by = (...prioritization: string[]) => merge(pair({ email, prioritization }, id(kept)));
  await by('unidentified');
  expect((await get(kept)).aliases).toEqual([{ label: 'device', name }]);
  await by('identified', 'least_recently_updated');
  expect((await get(first)).externalId).toBe(kept);
  expect((await get(last)).externalId).toBe(last);
  await by('most_recently_updated', 'identified');
  expect((await get(last)).externalId).toBe(kept);
});

test('ID-03: of what arrives, falls due and is sent while people are merged, nothing is lost and nothing is sent twice', async () => {
  const campaign = await r.launch({ trigger: { customEvent: 'under fire' } });
  const PAIRS = 12;
  const people = await Promise.all(
    Array.from({ length: PAIRS }, async () => ({ gone: await known(), kept: await known() })),
  );
  for (const { gone } of people) await r.event(gone, 'under fire');
  const waiting = await pairingsOf(campaign);
  const calls = asked(() => ACCEPTED);
  await Promise.all(
    people.flatMap(({ gone, kept }, n) => [
      r.event(gone, 'fired'),
      sending.attempt(campaign, gone, waiting[n].id),
      r.event(kept, 'fired'),
      merge(pair(id(gone), id(kept))),
      r.event(gone, 'fired'),
      r.track({ attributes: [{ ...id(gone), during: n }] }),
      r.event(kept, 'fired'),
    ]),
  );
  for (const { id: each } of waiting) await sending.attempt(campaign, '', each);
  expect(calls.count).toBe(PAIRS);
  for (const { gone, kept } of people) {
    const events = await r.events(kept);
    expect(events.filter(({ name }) => name === 'fired')).toHaveLength(4);
    expect(events.filter(({ kind }) => kind === 'received')).toHaveLength(1);
    expect((await get(gone)).externalId).toBe(kept);
  }
  for (const table of ['events', 'receipts', 'messages', 'pairings'])
    expect([table, await ofNobody(table)]).toEqual([table, 0]);
});

test('ID-05: who was merged is deleted with the other, by any of their names', async () => {
  const [gone, kept] = [await known({ first_name: 'merged-away' }), await known()];
  await merge(pair(id(gone), id(kept)));
  expect((await r.send('post', '/users/delete', { external_ids: [gone] })).body).toEqual({ deleted: 1 });
  expect((await r.send('get', `/v1/users/${kept}`)).status).toBe(404);
  expect(await ofNobody('events')).toBe(0);
});
