// Webhooks that name a secret, sent by real attempts to a real receiver: what it gets, what is kept, what is held, what it costs.

import { Receivers } from '../../../activities/holding/receivers.js';
import { createActivities } from '../../../activities/index.js';
import { createEmailChannel } from '../../../channels/email/emailChannel.js';
import { createSecretValues, KEPT_MS } from '../../../channels/secretValues.js';
import { type ScriptedHttp, startScriptedHttp } from '../../../channels/webhook/scriptedHttp.js';
import { createWebhookChannel } from '../../../channels/webhook/webhookChannel.js';
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import type { Pool } from '../../../storage/pool.js';
import { loadSecrets } from '../../../storage/queries/secrets/secrets.js';
import { createTemplates } from '../../../templates/liquidTemplates.js';
import { type Explaining, startExplaining } from '../../setup/explaining.js';
import { MINUTE, SECOND, someone } from '../../setup/recording.js';

let r: Explaining;
let http: ScriptedHttp;
let deps: Parameters<typeof createActivities>[0];
const warned: { readonly what: string; readonly code: string }[] = [];
const statements: string[] = [];
/** Of the process that sends; it decides how long a value is kept. */
const process = { ms: 0 };

const VALUE = 'Bearer {{ ${first_name} }} v4lue-of-the-crm';

beforeAll(async () => {
  r = await startExplaining();
  http = await startScriptedHttp();
  const pool = noting(r.api.database.pool);
  const secrets = createSecretValues({
    cipher: r.api.deps.secrets,
    load: (names) => loadSecrets(pool, names),
    monotonicMs: () => process.ms,
  });
  deps = {
    pool,
    clock: () => Promise.resolve(r.api.clock.now),
    workspace: DEFAULT_WORKSPACE,
    receivers: new Receivers({ slots: 50 }),
    channels: {
      email: createEmailChannel({ smtpUrl: 'smtp://127.0.0.1:9', from: 'shop@example.com', onAmbiguous: 'resend' }),
      webhook: createWebhookChannel({
        signingSecrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`],
        allowHosts: [http.host],
        secrets,
      }),
    },
    templates: createTemplates(),
    random: () => 0.5,
    observe: {
      began: () => undefined,
      ended: () => undefined,
      sent: () => undefined,
      warned: ({ what, code }) => void warned.push({ what, code }),
    },
  };
});
afterAll(async () => {
  await Promise.all(Object.values(deps.channels).map((channel) => channel.close()));
  await deps.templates.close();
  await http.stop();
  await r.api.close();
});
beforeEach(async () => {
  r.nextDay();
  process.ms += KEPT_MS;
  http.answer((response) => response.writeHead(204).end());
  warned.length = 0;
  await put();
});

/** Notes the name of each statement, those of transactions included. */
function noting(pool: Pool): Pool {
  pool.on('acquire', (client) => {
    if (Object.hasOwn(client, 'query')) return;
    const query = client.query.bind(client);
    Object.assign(client, {
      query: (statement: string | { name?: string; text: string }, ...rest: unknown[]) => {
        statements.push(typeof statement === 'string' ? statement : (statement.name ?? statement.text));
        return Reflect.apply(query, client, [statement, ...rest]);
      },
    });
  });
  return pool;
}

const put = (value = VALUE) => r.send('put', '/v1/secrets/crm', { value }).expect(200);
const remove = () => r.api.database.pool.query(`delete from secrets where name = 'crm'`);
const later = (ms: number) => {
  r.api.clock.now += ms;
  process.ms += ms;
};

/** Somebody due for one webhook, whose header names the secret unless it is said otherwise. */
async function due(authorization: string | object = { secret: 'crm' }, more: object = {}) {
  const user = someone();
  const headers = { Authorization: authorization, 'X-Name': '{{ ${first_name} }}' };
  const message = { channel: 'webhook', url: `http://${http.host}/${user}`, headers, body: 'Hello', ...more };
  const campaign = await r.launch({ trigger: { customEvent: user }, messages: [message] });
  await r.track({ attributes: [{ external_id: user, first_name: 'Ann' }] });
  await r.event(user, user);
  const [pairing] = await r.pairings(campaign, user);
  const attempt = async () => {
    statements.length = 0;
    return await createActivities(deps).attemptSend({
      pairingId: pairing?.id ?? 0,
      now: r.api.clock.now,
      inline: false,
    });
  };
  const received = () => http.requests.filter(({ url }) => url === `/${user}`).map((each) => each.headers);
  const row = async () => {
    const { rows } = await r.api.database.pool.query(
      `select p.state, p.outcome, p.held_for, p.wake_at, m.request, m.detail, m.attempt from pairings p
       left join messages m on m.pairing_id = p.id where p.id = $1`,
      [pairing?.id],
    );
    return rows[0];
  };
  return { user, attempt, received, row, explain: () => r.explain(campaign, user) };
}

test('the receiver gets the value as it was set, and all that is kept or shown has the name', async () => {
  const { attempt, received, row, explain } = await due({ secret: 'crm' }, { honoursWebhookId: true });
  // The request is kept until it is known what became of it.
  http.answer((response) => response.destroy());
  await attempt();
  expect(received()).toMatchObject([{ authorization: VALUE, 'x-name': 'Ann' }]);
  expect((await row()).request.headers).toMatchObject({ authorization: { secret: 'crm' }, 'x-name': 'Ann' });
  expect(JSON.stringify([await row(), await explain(), warned])).not.toContain('v4lue');
});

test('a receiver that repeats the header is quoted without it', async () => {
  const { attempt, received, row, explain } = await due();
  http.answer((response) => response.writeHead(403).end(`no access with ${received().at(-1)?.authorization}`));
  expect(await attempt()).toMatchObject({ kind: 'ended', outcome: 'failed' });
  expect((await row()).detail).toBe('HTTP 403: no access with ••••');
  const told = await explain();
  expect(told.reason).toBe('rejected_by_provider');
  const { rows } = await r.api.database.pool.query(
    'select m::text from messages m union all select p::text from pairings p',
  );
  expect(JSON.stringify([rows, told, warned])).not.toContain('v4lue');
});

test('a send costs the statements that it costs without a secret, and one more in five seconds', async () => {
  const cost = async (authorization: string | object) => {
    const { attempt } = await due(authorization);
    await attempt();
    return [...statements];
  };
  const without = await cost('plain text');
  expect(without).toContain('settleMessages');
  expect(without).not.toContain('loadSecrets');
  const first = await cost({ secret: 'crm' });
  expect(first.filter((name) => name !== 'loadSecrets')).toEqual(without);
  expect(first).toHaveLength(without.length + 1);
  expect(await cost({ secret: 'crm' })).toEqual(without);
  process.ms += KEPT_MS;
  expect(await cost({ secret: 'crm' })).toHaveLength(without.length + 1);
});

describe('a secret that is not there when its message is due', () => {
  test('holds it with that reason, unclaimed, while other messages go out; once it is set the message is sent', async () => {
    const { attempt, received, row, explain, user } = await due();
    await remove();
    const held = await attempt();
    expect(held).toMatchObject({ kind: 'hold', summary: expect.stringContaining('a secret that its message names') });
    expect([received(), await row()]).toMatchObject([
      [],
      { state: 'waiting', held_for: 'secret_missing', attempt: null },
    ]);
    expect((await row()).wake_at).toBe(r.api.clock.now + MINUTE);
    expect(warned).toEqual([{ what: "webhook held: secret 'crm' does not exist", code: 'secret_missing' }]);
    expect((await explain()).sentence).toBe(
      `${user} will get “${await r.nameOf(await campaignOf(user))}” at ${r.at(MINUTE)}, put off till then as a secret that its message names cannot be read.`,
    );
    const other = await due('plain text');
    expect(await other.attempt()).toMatchObject({ kind: 'ended', outcome: 'sent' });
    expect(other.received()).toMatchObject([{ authorization: 'plain text' }]);
    expect(await r.count('channel_suspensions')).toBe(0);

    await put();
    later(MINUTE);
    expect(await attempt()).toMatchObject({ kind: 'ended', outcome: 'sent' });
    expect(received()).toMatchObject([{ authorization: VALUE }]);
  });

  test('many of them look again one after the other', async () => {
    const people = [await due(), await due(), await due()];
    await remove();
    const { attemptSend } = createActivities(deps);
    const untils: number[] = [];
    for (const { user } of people) {
      const [pairing] = await r.pairings(await campaignOf(user), user);
      const answer = await attemptSend({ pairingId: pairing?.id ?? 0, now: r.api.clock.now, inline: false });
      if (answer.kind === 'hold') untils.push(answer.until - r.api.clock.now);
    }
    expect(untils).toEqual([MINUTE, MINUTE + 20, MINUTE + 40]);
  });

  test('repeats no request whose answer was lost without it; with a new value it is repeated with that, under its key', async () => {
    const { attempt, received, row } = await due({ secret: 'crm' }, { honoursWebhookId: true });
    http.answer((response) => response.destroy());
    await attempt();
    expect([received().length, await row()]).toMatchObject([1, { state: 'sending', attempt: 1 }]);
    await remove();
    later(MINUTE);
    http.answer((response) => response.writeHead(204).end());
    expect(await attempt()).toMatchObject({ kind: 'hold' });
    expect([received().length, await row()]).toMatchObject([
      1,
      { state: 'sending', held_for: 'secret_missing', attempt: 1 },
    ]);

    await put('Bearer another-value');
    later(MINUTE + SECOND);
    expect(await attempt()).toMatchObject({ kind: 'ended', outcome: 'sent' });
    const [first, second, ...more] = received();
    expect([first?.authorization, second?.authorization, more]).toEqual([VALUE, 'Bearer another-value', []]);
    expect(second?.['webhook-id']).toBe(first?.['webhook-id']);
  });

  test('is not asked for before the message is due', async () => {
    const name = someone();
    const messages = [
      { channel: 'webhook', url: `http://${http.host}/`, headers: { Authorization: { secret: 'crm' } } },
    ];
    const campaign = await r.launch({ trigger: { customEvent: name }, delay: { after: '1 hour' }, messages });
    await r.event(name, name);
    const [pairing] = await r.pairings(campaign, name);
    await remove();
    statements.length = 0;
    const answer = await createActivities(deps).attemptSend({
      pairingId: pairing?.id ?? 0,
      now: r.api.clock.now,
      inline: false,
    });
    expect([answer.kind, statements.includes('loadSecrets'), warned]).toEqual(['hold', false, []]);
  });
});

test('a row that was moved to another name by hand is not sent as that one', async () => {
  await r.send('put', '/v1/secrets/other', { value: 'Bearer value-of-another' }).expect(200);
  const { attempt, received } = await due();
  await r.api.database.pool.query(
    `update secrets s set nonce = o.nonce, ciphertext = o.ciphertext from secrets o where s.name = 'crm' and o.name = 'other'`,
  );
  expect(await attempt()).toMatchObject({ kind: 'hold' });
  expect([received(), warned]).toMatchObject([
    [],
    [{ what: expect.stringContaining("no key of RAPPEL_SECRET_KEYS opens secret 'crm'") }],
  ]);
  await put();
  later(MINUTE);
  expect(await attempt()).toMatchObject({ kind: 'ended', outcome: 'sent' });
  expect(received()).toMatchObject([{ authorization: VALUE }]);
});

async function campaignOf(user: string): Promise<string> {
  const { rows } = await r.api.database.pool.query<{ key: string }>(
    `select c.key from campaigns c join pairings p on p.campaign_id = c.id join users u on u.id = p.user_id
     where u.external_id = $1`,
    [user],
  );
  return rows[0]?.key ?? '';
}
