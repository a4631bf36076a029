// MV-02: each person gets the variant that their id and the campaign's say: sent, explained, simulated and previewed alike.
import { variantOf } from '../../../domain/campaign/variantOf.js';
import { DAY, HOUR, type Recording, SECOND, someone, startRecording } from '../../setup/recording.js';
import { type Sending, startSending } from '../../setup/sending.js';
import { simulation } from '../../setup/simulating.js';

let r: Recording;
let sending: Sending;
beforeAll(async () => {
  r = await startRecording();
  sending = startSending(r);
});
afterAll(async () => {
  await sending.stop();
  await r.api.close();
});

const email = (text: string) => [{ channel: 'email', subject: text, text }];
const webhook = [{ channel: 'webhook', url: 'https://receiver.example/', body: {} }];
const halves = (a: object, b: object, share = 50) => [
  { key: 'a', share, messages: a },
  { key: 'b', share: 100 - share, messages: b },
];
const MAILS = halves(email('A'), email('B'));

async function enter(definition: object, people: number, attributes: object = {}) {
  const name = someone();
  const campaign = await r.launch({ messages: undefined, trigger: { customEvent: name }, ...definition });
  const users = Array.from({ length: people }, someone);
  await r.track({ attributes: users.map((external_id) => ({ external_id, ...attributes })) });
  await r.track({ events: users.map((external_id) => ({ external_id, name })) });
  const { rows } = await r.api.database.pool.query<{ id: number }>('select id from campaigns where key = $1', [
    campaign,
  ]);
  return { campaign, name, users, id: rows[0]?.id ?? 0 };
}

async function stored(campaign: string) {
  const { rows } = await r.api.database.pool.query<{
    user_id: number;
    variant: string;
    sent: string | null;
    reason: string;
  }>(
    `select p.user_id, p.variant, m.variant as sent, p.reason from pairings p join campaigns c on c.id = p.campaign_id
     left join messages m on m.pairing_id = p.id where c.key = $1 order by p.id`,
    [campaign],
  );
  return rows;
}

const expected = (id: number, share = 50) => {
  const variants = [
    { key: 'a', share, messages: {} },
    { key: 'b', share: 100 - share, messages: {} },
  ];
  return (userId: number) => variantOf({ campaign: { id, variants }, userId }).key;
};

test('MV-02: each is sent the variant of their own, which the row and the ledger name', async () => {
  const { campaign, users, id } = await enter({ variants: MAILS }, 30, { email: 'many@example.com' });
  for (const user of users) await sending.attempt(campaign, user);
  const rows = await stored(campaign);
  const of = expected(id);
  expect(rows.map(({ variant, sent }) => [variant, sent])).toEqual(
    rows.map(({ user_id }) => [of(user_id), of(user_id)]),
  );
  expect(new Set(rows.map(({ sent }) => sent))).toEqual(new Set(['a', 'b']));
});

test('MV-02, AB-15: who waits while the shares change is sent by the new ones, and counted under them', async () => {
  const delay = { after: '1 hour' };
  const { campaign, name, users, id } = await enter({ delay, variants: MAILS }, 20, { email: 'more@example.com' });
  expect(new Set((await stored(campaign)).map(({ variant }) => variant)).size).toBe(2);
  const all = halves(email('A'), email('B'), 99);
  const edited = { name: 'Edited', trigger: { customEvent: name }, delay, variants: all };
  await r.send('put', `/v1/campaigns/${campaign}`, edited).expect(200);
  r.api.clock.now += HOUR + SECOND;
  for (const user of users) await sending.attempt(campaign, user);
  const rows = await stored(campaign);
  const of = expected(id, 99);
  expect(rows.map(({ variant, sent }) => [variant, sent])).toEqual(
    rows.map(({ user_id }) => [of(user_id), of(user_id)]),
  );
  const { rows: kept } = await r.api.database.pool.query(
    `select variant, sum(n)::int as n from campaign_counts
     where campaign_id = $1 and metric = 'sent' and day > '-infinity' group by 1 having sum(n) > 0 order by 1`,
    [id],
  );
  const sent = (key: string) => rows.filter((row) => row.sent === key).length;
  expect(kept).toEqual(['a', 'b'].flatMap((key) => (sent(key) === 0 ? [] : [{ variant: key, n: sent(key) }])));
});

test('MV-02: who the channel of their variant cannot reach is so in simulation, explain, preview and live', async () => {
  r.api.clock.now += DAY;
  const from = r.iso();
  const delay = { after: '1 hour' };
  const definition = { delay, variants: halves(email('A'), webhook) };
  const { campaign, name, users, id } = await enter(definition, 30);
  const of = expected(id);
  const before = await stored(campaign);
  const unreached = before.filter(({ user_id }) => of(user_id) === 'a').length;
  expect(unreached > 0 && unreached < 30).toBe(true);

  const edited = { name: 'Edited', trigger: { customEvent: name }, ...definition };
  const preview = await r.send('put', `/v1/campaigns/${campaign}?preview=true`, edited).expect(200);
  expect(JSON.stringify(preview.body)).toContain(`"unreachable":${unreached}`);

  const explained: string[] = [];
  for (const user of users) {
    const { body } = await r.send('get', `/v1/explain?campaign=${campaign}&user=${user}`).expect(200);
    explained.push(JSON.stringify(body).includes('unreachable') ? 'a' : 'b');
  }
  expect(explained).toEqual(before.map(({ user_id }) => of(user_id)));

  r.api.clock.now += 2 * HOUR;
  for (const user of users) await sending.attempt(campaign, user);
  const after = await stored(campaign);
  expect(after.map(({ reason }) => (reason === 'sent' ? 'b' : 'a'))).toEqual(before.map(({ user_id }) => of(user_id)));

  const simulated = await simulation(r, `/v1/campaigns/${campaign}/simulate`, { from, to: r.iso() });
  expect(simulated.sends.total).toBe(30 - unreached);
});
