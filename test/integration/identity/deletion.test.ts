// ID-05: of people who are deleted nothing is kept but counts, and nothing is claimed for them after the answer.
import { accepted, ambiguous, refused, rejected } from '../../../channels/sendResult.js';
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import { findWrongCounts } from '../../../storage/queries/counts/recountCampaigns.js';
import { withTransaction } from '../../../storage/withTransaction.js';
import { createCampaignIndexCache } from '../../../stream/campaignIndex.js';
import { finishPeople } from '../../../stream/people/finishPeople.js';
import { type Gathering, startGathering } from '../../setup/gathering.js';
import { HOUR, someone } from '../../setup/recording.js';
import { ACCEPTED, type Sending, startSending } from '../../setup/sending.js';
import { everyRow } from './everyRow.js';

let r: Gathering;
let sending: Sending;
beforeAll(async () => {
  r = await startGathering(2);
  sending = startSending(r);
});
afterAll(async () => {
  await sending.stop();
  await r.api.close();
});
beforeEach(() => {
  Object.defineProperty(sending.provider, 'answer', { value: ACCEPTED, writable: true, configurable: true });
});

const remove = (body: object) => r.send('post', '/users/delete', { ...body });
const removeIds = (...external_ids: unknown[]) => remove({ external_ids });

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

const MESSAGES = [{ channel: 'email', subject: 'Hello {{first_name}}', text: 'Hello' }];

let entries = 0;

/** A campaign that the person has entered, by an event of its own, with a message that is due; returns its key. */
async function entered(user: string, more: object = {}): Promise<string> {
  entries += 1;
  const name = `go-${entries}`;
  const campaign = await r.launch({ trigger: { customEvent: name }, messages: MESSAGES, ...more });
  await r.event(user, name, { properties: { note: `property-of-${user}` } });
  return campaign;
}

async function reachable(user = someone(), more: object = {}): Promise<string> {
  await r.track({
    attributes: [
      { external_id: user, email: `mail-of-${user}@example.com`, first_name: `first-name-of-${user}`, ...more },
    ],
  });
  return user;
}

const pairing = async (campaign: string) =>
  (
    await r.api.database.pool.query(
      'select p.* from pairings p join campaigns c on c.id = p.campaign_id where c.key = $1 order by p.id',
      [campaign],
    )
  ).rows[0];
const idOf = async (user: string) => Number((await r.send('get', `/v1/users/${user}`)).body.id);

const PHONES = { gone: '+33 6 11 22 33', kept: '+33 6 99 88 77' };

/** Somebody of whom everything there is is kept, and all that must be found nowhere once they are deleted. */
async function everywhere(name: keyof typeof PHONES): Promise<readonly string[]> {
  const user = `external-id-of-${name}`;
  const own = (what: string) => `${what}-of-${name}`;
  await r.track({
    attributes: [
      {
        external_id: own('former-id'),
        email: `${own('mail')}@example.com`,
        phone: PHONES[name],
        first_name: own('first-name'),
        city: own('city'),
        colour: own('attribute'),
        email_subscribe: 'opted_in',
      },
    ],
  });
  await r.send('post', '/users/external_ids/rename', {
    external_id_renames: [{ current_external_id: own('former-id'), new_external_id: user }],
  });
  await r.send('post', '/users/alias/new', {
    user_aliases: [{ external_id: user, alias_label: 'crm', alias_name: own('alias') }],
  });
  await r.purchase(user, {
    product_id: own('product'),
    event_id: own('event-id'),
    properties: { size: own('property') },
  });
  await r.track({ events: [{ external_id: user, kind: 'session' }] });
  await r.send('post', '/users/track', { events: [{ external_id: user, name: own('event'), time: r.iso() }] });
  const turnedAway = await r.launch({
    trigger: { customEvent: own('go') },
    audience: { attribute: 'colour', equals: 'blue' },
  });
  await r.event(user, own('go'));
  expect(await r.rejections(turnedAway, user)).toHaveLength(1);
  const due = async (answer: typeof ACCEPTED) => {
    const campaign = await entered(user);
    sending.provider.answer = answer;
    await sending.attempt(campaign, user);
  };
  await due(accepted(own('reference')));
  await due(rejected('550', own('rejection')));
  await due(refused('451', own('refusal')));
  await due(ambiguous('timeout', own('doubt')));
  await entered(user, { delay: { after: '1 day' } });
  const parked = await entered(user, { delay: { after: '2 days' } });
  await r.api.database.pool.query(
    `update pairings set state = 'parked', parked_at = now(), evidence = jsonb_build_object('error', $2::text)
     where campaign_id = (select id from campaigns where key = $1)`,
    [parked, own('error')],
  );
  await r.api.database.pool.query(
    `insert into address_changes (key, name, change) values ($1, 'email_subscribe', '{}')`,
    [`${own('mail')}@example.com`],
  );
  return [
    user,
    ...['former-id', 'mail', 'first-name', 'city', 'attribute', 'alias', 'product', 'property', 'reference'].map(own),
    ...['rejection', 'refusal', 'error'].map(own),
    `property-of-${user}`,
    PHONES[name],
  ];
}

test('ID-05: nothing that was said of somebody is found in any table afterwards, and others keep theirs', async () => {
  const [gone, kept] = [await everywhere('gone'), await everywhere('kept')];
  // What both have shown is kept of nobody.
  await r.catalogue.tell();
  expect(await r.count(`catalogue where name = 'colour' or property = 'note'`)).toBeGreaterThan(1);
  const before = await everyRow(r.api.database.pool);
  expect([...gone, ...kept].filter((text) => !before.includes(text))).toEqual([]);
  const counts = () =>
    r.api.database.pool.query(
      'select campaign_id, metric, reason, sum(n) as n from campaign_counts group by 1, 2, 3 order by 1, 2, 3',
    );
  const cancelled = await r.count(`pairings where reason = 'user_deleted'`);
  const { rows: countsBefore } = await counts();

  const answer = await removeIds('external-id-of-gone');
  expect([answer.status, answer.type, answer.body]).toEqual([201, 'application/json', { deleted: 1 }]);

  const after = await everyRow(r.api.database.pool);
  expect(gone.filter((text) => after.includes(text))).toEqual([]);
  expect(after).not.toMatch(/-of-gone@|event-id-of-gone/);
  expect(kept.filter((text) => !after.includes(text))).toEqual([]);
  // The one that waits, the one that was refused for now, and the one that was parked.
  expect(await r.count(`pairings where reason = 'user_deleted'`)).toBe(cancelled + 3);
  const { rows: countsAfter } = await counts();
  const kinds = (rows: readonly { metric: string; reason: string }[]) =>
    rows.filter(({ metric, reason }) => metric !== 'parked' && reason !== 'user_deleted');
  expect(kinds(countsAfter)).toEqual(kinds(countsBefore));
  expect(await withTransaction(r.api.database.pool, findWrongCounts)).toEqual([]);
  expect(await r.count('unfinished')).toBe(0);
  expect(r.api.logLines.join('')).not.toMatch(/-of-gone/);
});

test('ID-05: what waits is cancelled, its run is told, and nobody is asked to send it', async () => {
  const [user, other] = [await reachable(), await reachable()];
  const [campaign, others] = [await entered(user), await entered(other)];
  const { id } = await pairing(campaign);
  const wakes = r.api.wakes.count;
  await removeIds(user);
  expect(r.api.wakes.count).toBeGreaterThan(wakes);
  expect(await pairing(campaign)).toMatchObject({ state: 'done', outcome: 'cancelled', reason: 'user_deleted' });
  expect(await r.count(`outbox where target_id = $1 and kind = 'close'`, [id])).toBe(1);
  const calls = asked(() => ACCEPTED);
  expect(await sending.attempt(campaign, user, id)).toMatchObject({ outcome: 'cancelled', reason: 'user_deleted' });
  expect(calls.count).toBe(0);
  expect(await sending.attempt(others, other)).toMatchObject({ outcome: 'sent' });
  expect(calls.count).toBe(1);
});

test('ID-05: what is being sent at that moment is settled, without a receipt and without what the provider says', async () => {
  const user = await reachable();
  const campaign = await entered(user);
  const { id } = await pairing(campaign);
  const calls = asked(async () => {
    expect((await removeIds(user)).body).toEqual({ deleted: 1 });
    return accepted(`reference-of-${user}`);
  });
  const receipts = await r.count('receipts');
  expect(await sending.attempt(campaign, user, id)).toMatchObject({ outcome: 'sent' });
  expect(calls.count).toBe(1);
  expect(await pairing(campaign)).toMatchObject({ state: 'done', outcome: 'sent' });
  expect(await r.count('receipts')).toBe(receipts);
  expect(await everyRow(r.api.database.pool)).not.toMatch(new RegExp(`-of-${user}\\b`));
});

test.each([
  ['refused for now', refused('451', 'refusal of'), { outcome: 'cancelled', reason: 'user_deleted' }],
  ['never answered', ambiguous('timeout', 'doubt about'), { outcome: 'unknown', reason: 'no_answer' }],
])('ID-05: what is being sent at that moment and is %s is not sent again', async (_, result, end) => {
  const user = await reachable();
  const campaign = await entered(user);
  const { id } = await pairing(campaign);
  const calls = asked(async () => {
    await removeIds(user);
    return { ...result, detail: `what the provider said of ${user}` };
  });
  await sending.attempt(campaign, user, id);
  for (let n = 0; n < 3; n++) {
    r.api.clock.now += HOUR;
    await sending.attempt(campaign, user, id);
  }
  expect(calls.count).toBe(1);
  expect(await pairing(campaign)).toMatchObject({ state: 'done', ...end });
  expect(await everyRow(r.api.database.pool)).not.toMatch(new RegExp(`-of-${user}\\b|said of ${user}\\b`));
});

test('ID-05: what was in doubt before is not repeated after it', async () => {
  const [user, other] = [await reachable(), await reachable()];
  const [campaign, others] = [await entered(user), await entered(other)];
  asked(() => ambiguous('timeout', 'no answer'));
  await sending.attempt(campaign, user);
  await sending.attempt(others, other);
  const { id } = await pairing(campaign);
  await removeIds(user);
  const calls = asked(() => ACCEPTED);
  r.api.clock.now += HOUR;
  expect(await sending.attempt(campaign, user, id)).toMatchObject({ outcome: 'unknown', reason: 'no_answer' });
  expect(calls.count).toBe(0);
  expect(await sending.attempt(others, other)).toMatchObject({ outcome: 'sent' });
  expect(calls.count).toBe(1);
});

test('ID-05: what comes for somebody at the same time is recorded of nobody, or of somebody new', async () => {
  for (let round = 0; round < 5; round++) {
    const user = await reachable();
    const campaign = await entered(user, { delay: { after: '1 day' }, reEligibility: { after: '1 minute' } });
    const event = () => r.event(user, `go-${entries}`);
    const [, , answer] = await Promise.all([event(), event(), removeIds(user), event(), event()]);
    expect(answer.body).toEqual({ deleted: 1 });
    const ofNobody = (table: string) =>
      r.count(`${table} t where not exists (select from users u where u.id = t.user_id)`);
    expect(await ofNobody('events')).toBe(0);
    expect(await ofNobody(`(select * from pairings where state = 'waiting')`)).toBe(0);
    expect(await pairing(campaign)).toMatchObject({ state: 'done', reason: 'user_deleted' });
  }
});

test('ID-05: people are named by external id, former ones too, by alias or by our id; each counts once', async () => {
  const [ann, bob, cleo, dan] = [await reachable(), await reachable(), await reachable(), await reachable()];
  const renamed = someone();
  await r.send('post', '/users/external_ids/rename', {
    external_id_renames: [{ current_external_id: ann, new_external_id: renamed }],
  });
  const alias = { alias_label: 'crm', alias_name: bob };
  await r.send('post', '/users/alias/new', { user_aliases: [{ external_id: bob, ...alias }] });
  const id = await idOf(cleo);
  expect((await removeIds(ann, renamed, 'nobody’s', ann)).body).toEqual({ deleted: 1 });
  expect((await remove({ user_aliases: [alias, { ...alias, alias_name: 'nobody’s' }] })).body).toEqual({ deleted: 1 });
  expect((await remove({ braze_ids: [String(id), id, 'no-id-of-ours', '999999999999'] })).body).toEqual({ deleted: 1 });
  expect((await removeIds(ann)).body).toEqual({ deleted: 0 });
  for (const user of [ann, renamed, bob, cleo]) expect((await r.send('get', `/v1/users/${user}`)).status).toBe(404);
  expect((await r.send('get', `/v1/users/${dan}`)).status).toBe(200);
});

test('ID-05: whoever comes back under the same names is somebody new', async () => {
  const user = await reachable(someone(), { email_subscribe: 'unsubscribed', a: 1 });
  const id = await idOf(user);
  await removeIds(user);
  await reachable(user);
  expect(await idOf(user)).toBeGreaterThan(id);
  const { body } = await r.send('get', `/v1/users/${user}`);
  expect(body).toMatchObject({ emailSubscription: 'subscribed', totals: [] });
  expect(body.attributes).toEqual({ first_name: `first-name-of-${user}` });
});

test('SU-07: the state of an address that others have stays theirs', async () => {
  const [user, other] = [await reachable(), someone()];
  const email = `mail-of-${user}@example.com`;
  await r.track({ attributes: [{ external_id: other, email, email_subscribe: 'unsubscribed' }] });
  await removeIds(user);
  expect(await r.count(`address_states where key = $1 and state = 'unsubscribed'`, [email])).toBe(1);
  const late = await reachable(someone(), { email });
  expect((await r.send('get', `/v1/users/${late}`)).body.emailSubscription).toBe('unsubscribed');
  await removeIds(other, late);
  expect(await r.count('address_states where key = $1', [email])).toBe(0);
});

describe('ID-05: somebody of whom much is kept', () => {
  const MANY = 4_500;
  const fill = async (id: number) => {
    await r.launch({ trigger: { customEvent: 'many' } });
    const { pool } = r.api.database;
    await pool.query(
      `insert into events (seq, received_at, user_id, kind, name, time, properties)
       select nextval('events_seq'), $2, $1, 'custom', 'e', $2, '{"note": "planted-in-many"}' from generate_series(1, $3)`,
      [id, r.iso(), MANY],
    );
    await pool.query(
      `insert into rejections (recorded_at, campaign_id, user_id, event_seq, event_time, reason, evidence)
       select $2, 1, $1, n, $2, 'outside_audience', '{"note": "planted-in-many"}' from generate_series(1, $3) n`,
      [id, r.iso(), MANY],
    );
    await pool.query(
      `insert into pairings (campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, outcome, reason,
         trigger_kind, trigger_name, trigger_time, trigger_seq, trigger_properties, due_at, wake_at, created_at, settled_at)
       select (select min(id) from campaigns), $1, 'many:' || n, 1, 1, 'main', 'done', 'sent', 'sent', 'custom', 'go', $2, n,
         '{"note": "planted-in-many"}', $2, $2, $2, $2
       from generate_series(1, $3) n`,
      [id, r.iso(), MANY],
    );
  };
  const planted = async () => (await everyRow(r.api.database.pool)).includes('planted-in-many');

  test('is erased before the answer', async () => {
    const user = await reachable();
    const id = await idOf(user);
    await fill(id);
    expect(await planted()).toBe(true);
    expect((await removeIds(user)).body).toEqual({ deleted: 1 });
    expect(await planted()).toBe(false);
    expect(await r.count('pairings where user_id = $1', [id])).toBe(MANY);
    expect(await r.count('unfinished')).toBe(0);
  });

  test('a sweep goes on where the process ended', async () => {
    const user = await reachable();
    const id = await idOf(user);
    await fill(id);
    const { pool } = r.api.database;
    await pool.query('delete from users where id = $1', [id]);
    await pool.query(`insert into unfinished (user_id, kind, after_id) values ($1, 'erased', 0)`, [id]);
    const deps = {
      pool,
      clock: () => Promise.resolve(r.api.clock.now),
      stream: { workspace: DEFAULT_WORKSPACE, campaigns: createCampaignIndexCache() },
    };
    let pages = 0;
    while (await finishPeople(deps)) pages += 1;
    expect(pages).toBe(3);
    expect(await planted()).toBe(false);
    expect(await r.count('unfinished')).toBe(0);
  });
});

test('ID-05, M12: who deleted whom is in the audit log, by numbers alone', async () => {
  const [ann, bob] = [await reachable(), await reachable()];
  const ids = [await idOf(ann), await idOf(bob)];
  await removeIds(bob, ann, 'nobody’s');
  const { rows } = await r.api.database.pool.query('select * from audit_log order by id desc limit 1');
  expect(rows[0]).toMatchObject({ action: 'users.delete', subject: 'users', before: null });
  expect(rows[0].after.ids.map(Number).sort()).toEqual(ids.sort());
  expect(rows[0].api_key_id).not.toBeNull();
  await removeIds('nobody’s');
  expect(await r.count('audit_log')).toBe(await r.count('audit_log where id <= $1', [rows[0].id]));
});

describe('ID-05: a request that is not valid deletes nobody', () => {
  const alias = { alias_label: 'crm', alias_name: 'a' };
  const ONE = "Exactly one of 'external_ids', 'user_aliases' and 'braze_ids' is required.";
  test.each([
    [{}, ONE],
    [{ external_ids: null }, ONE],
    [{ external_ids: ['victim'], user_aliases: [alias] }, ONE],
    [{ external_ids: ['victim'], braze_ids: ['1'] }, ONE],
    [{ external_ids: 'victim' }, "'external_ids' must be an array"],
    [{ external_ids: [] }, "'external_ids' must not be empty"],
    [{ external_ids: Array(51).fill('victim') }, 'a single request may not contain more than 50 external ids'],
    [{ external_ids: ['victim', ''] }, /^'external_ids' must be a text of 1 to 987 bytes/],
    [{ external_ids: ['victim', null] }, /^'external_ids' must be a text/],
    [{ external_ids: ['victim', 'a\u0000'] }, /U\+0000/],
    [{ user_aliases: ['victim'] }, "'user_aliases' must be an array of objects"],
    [{ user_aliases: [alias, { alias_label: 'crm' }] }, /^'user_aliases' must be an object with/],
    [{ braze_ids: [{}] }, /^'braze_ids' must be a text/],
  ])('%j', async (sent, message) => {
    await r.track({ attributes: [{ external_id: 'victim', a: 1 }] });
    const { status, type, body } = await remove(sent);
    expect([status, type]).toEqual([400, 'application/json']);
    expect(body.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    expect(await r.count(`users where external_id = 'victim'`)).toBe(1);
  });
});
