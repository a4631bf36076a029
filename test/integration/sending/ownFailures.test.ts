// Attempts that fail by our own fault, and answers and templates that say what cannot be stored. Real PostgreSQL and
// receiver; no Temporal.
import { gzipSync } from 'node:zlib';
import type { ActivityDeps } from '../../../activities/deps.js';
import { Receivers } from '../../../activities/holding/receivers.js';
import { createActivities } from '../../../activities/index.js';
import { createEmailChannel } from '../../../channels/email/emailChannel.js';
import { type ScriptedHttp, startScriptedHttp } from '../../../channels/webhook/scriptedHttp.js';
import { createWebhookChannel } from '../../../channels/webhook/webhookChannel.js';
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import { sweepOldGenerations } from '../../../outbox/sweeps.js';
import { createTemplates } from '../../../templates/liquidTemplates.js';
import { HOUR, type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
let http: ScriptedHttp;
let deps: Parameters<typeof createActivities>[0];
const warned: { what: string; campaign: string | null; userId: number | null }[] = [];

beforeAll(async () => {
  r = await startRecording();
  http = await startScriptedHttp();
  const signingSecrets = [`whsec_${Buffer.alloc(32, 7).toString('base64')}`];
  deps = {
    pool: r.api.database.pool,
    clock: () => Promise.resolve(r.api.clock.now),
    workspace: DEFAULT_WORKSPACE,
    channels: {
      email: createEmailChannel({ smtpUrl: 'smtp://127.0.0.1:9', from: 'shop@example.com', onAmbiguous: 'resend' }),
      webhook: createWebhookChannel({ signingSecrets, allowHosts: [http.host] }),
    },
    templates: createTemplates(),
    receivers: new Receivers({ slots: 50 }),
    random: () => 0.5,
    observe: {
      began: () => undefined,
      ended: () => undefined,
      sent: () => undefined,
      warned: ({ what, campaign, userId }) => void warned.push({ what, campaign, userId }),
    },
  };
});
afterAll(async () => {
  await Promise.all(Object.values(deps.channels).map((channel) => channel.close()));
  await deps.templates.close();
  await http.stop();
  await r.api.close();
});
beforeEach(() => {
  http.answer((response) => response.writeHead(204).end());
  warned.length = 0;
});

/** Somebody due now for one webhook, and what reached its receiver. */
async function due(message: object = {}, attributes: object = {}) {
  const user = someone();
  const messages = [{ channel: 'webhook', url: `http://${http.host}/${user}`, ...message }];
  const campaign = await r.launch({ trigger: { customEvent: user }, messages });
  await r.track({ attributes: [{ external_id: user, ...attributes }] });
  await r.event(user, user);
  const [pairing] = await r.pairings(campaign, user);
  const id = pairing?.id ?? 0;
  const attempt = (changed: Partial<ActivityDeps> = {}) =>
    createActivities({ ...deps, ...changed }).attemptSend({ pairingId: id, now: r.api.clock.now, inline: false });
  return {
    id,
    user,
    campaign,
    attempt,
    requests: () => http.requests.filter(({ url }) => url === `/${user}`),
    pairing: async () => (await r.pairings(campaign, user))[0],
    received: async () => (await r.events(user)).filter(({ kind }) => kind === 'received').length,
  };
}

describe('B1: an answer that PostgreSQL cannot hold', () => {
  const bodies = [
    ['gzip', gzipSync('no')],
    ['UTF-16', Buffer.from('\ufeffno', 'utf16le')],
    ['U+0000', Buffer.from('a\u0000b')],
    ['a cut emoji', Buffer.from(`${'x'.repeat(989)}😀😀`)],
  ] as const;

  test.each(bodies)('403 with %s: one request, http_403, no receipt', async (_, body) => {
    http.answer((response) => void response.writeHead(403).end(body));
    const subject = await due();
    expect(await subject.attempt()).toEqual({ kind: 'ended', outcome: 'failed', reason: 'rejected_by_provider' });
    expect(subject.requests()).toHaveLength(1);
    expect(await subject.pairing()).toMatchObject({ outcome: 'failed', evidence: { code: 'http_403' } });
    expect(await subject.received()).toBe(0);
  });

  test.each(bodies)('WH-02: 500 with %s is tried five times, then retries_exhausted', async (_, body) => {
    http.answer((response) => void response.writeHead(500).end(body));
    const subject = await due();
    for (let round = 1; round <= 4; round++) {
      expect(await subject.attempt()).toMatchObject({ kind: 'hold' });
      r.api.clock.now += HOUR;
    }
    expect(await subject.attempt()).toEqual({ kind: 'ended', outcome: 'failed', reason: 'retries_exhausted' });
    expect(subject.requests()).toHaveLength(5);
    expect(await subject.received()).toBe(0);
  });

  test('and its twin that can be held is received', async () => {
    const subject = await due();
    expect(await subject.attempt()).toMatchObject({ outcome: 'sent' });
    expect(await subject.received()).toBe(1);
  });
});

describe('B2: a template that makes text which cannot be stored', () => {
  test.each([
    ["{{ ${first_name} | split: '' | first }}", '\ufffd'],
    ["{{ 'a%00b' | url_decode }}", 'a\ufffdb'],
  ])('%s is sent cleaned', async (body, sent) => {
    const subject = await due({ body }, { first_name: '𝓐lice' });
    expect(await subject.attempt()).toMatchObject({ outcome: 'sent' });
    expect(subject.requests().map((each) => each.body)).toEqual([sent]);
  });

  test('an abort with such a reason ends aborted', async () => {
    const body = "{% assign cut = ${first_name} | split: '' | first %}{% abort_message(cut) %}";
    const subject = await due({ body }, { first_name: '𝓐lice' });
    expect(await subject.attempt()).toEqual({ kind: 'ended', outcome: 'dropped', reason: 'aborted' });
    expect(await subject.pairing()).toMatchObject({ evidence: { webhook: '\ufffd' } });
    expect(subject.requests()).toEqual([]);
  });
});

describe('B2: an attempt that fails by our own fault in the same way five times', () => {
  const broken = (code: string): Partial<ActivityDeps> => ({
    templates: {
      ...deps.templates,
      render: () => Promise.reject(Object.assign(new Error('cannot \u0000 hold'), { code })),
    },
  });

  test('parks visibly, and a retry sends', async () => {
    const subject = await due();
    for (let failure = 1; failure <= 4; failure++)
      await expect(subject.attempt(broken('23514'))).rejects.toMatchObject({ type: 'OwnFailure' });
    await expect(subject.attempt(broken('23514'))).rejects.toMatchObject({ type: 'Parked' });
    const { body } = await r.send('get', '/v1/parked?limit=1');
    expect(body.parked[0]).toMatchObject({
      id: String(subject.id),
      user: subject.user,
      error: '5 attempts failed in the same way (23514): cannot \ufffd hold',
    });
    const { rows } = await deps.pool.query('select user_id from pairings where id = $1', [subject.id]);
    const about = { campaign: subject.campaign, userId: rows[0].user_id };
    expect(warned.filter(({ what }) => what === 'parked')).toEqual([{ what: 'parked', ...about }]);
    expect(warned[0]).toEqual({ what: 'an attempt failed, to be repeated', ...about });

    expect((await r.send('post', `/v1/parked/${subject.id}/retry`)).body).toMatchObject({ state: 'waiting' });
    expect(await subject.attempt()).toMatchObject({ outcome: 'sent' });
    expect(subject.requests()).toHaveLength(1);
  });

  test('but not failures of several kinds, nor those that a hold lies between, nor a database that is away', async () => {
    const subject = await due();
    for (const code of ['23514', '23514', '23514', '23514', 'XX000', '23514', '23514'])
      await expect(subject.attempt(broken(code))).rejects.toMatchObject({ type: 'OwnFailure' });
    http.answer((response) => response.writeHead(503).end());
    expect(await subject.attempt()).toMatchObject({ kind: 'hold' });
    r.api.clock.now += HOUR;
    for (let failure = 1; failure <= 4; failure++)
      await expect(subject.attempt(broken('23514'))).rejects.toMatchObject({ type: 'OwnFailure' });
    for (const away of ['57P01', '25006', '53100', '08P01'])
      for (let failure = 1; failure <= 6; failure++)
        await expect(subject.attempt(broken(away))).rejects.toMatchObject({ type: 'OwnFailure' });
    expect(await subject.pairing()).toMatchObject({ state: 'waiting' });
    await expect(subject.attempt(broken('23514'))).rejects.toMatchObject({ type: 'Parked' });
  });

  test.each(['22P02', '22P05', '22021'])('H2: but at once on a value that cannot be stored (%s)', async (code) => {
    const subject = await due();
    await expect(subject.attempt(broken(code))).rejects.toMatchObject({ type: 'Parked' });
    expect(await subject.pairing()).toMatchObject({ state: 'parked' });
    const twin = await due();
    await expect(twin.attempt(broken('23514'))).rejects.toMatchObject({ type: 'OwnFailure' });
    expect(await twin.attempt()).toMatchObject({ outcome: 'sent' });
  });

  test('a statement that the database gives up for ever parks too, but only once the message is too late', async () => {
    const subject = await due();
    for (let failure = 1; failure <= 6; failure++)
      await expect(subject.attempt(broken('57014'))).rejects.toMatchObject({ type: 'OwnFailure' });
    expect(warned.at(-1)).toMatchObject({ campaign: subject.campaign, userId: expect.any(Number) });
    r.api.clock.now += DEFAULT_WORKSPACE.maxLatenessMs + HOUR;
    for (let failure = 1; failure <= 4; failure++)
      await expect(subject.attempt(broken('57014'))).rejects.toMatchObject({ type: 'OwnFailure' });
    await expect(subject.attempt(broken('57014'))).rejects.toMatchObject({ type: 'Parked' });
    await r.send('post', `/v1/parked/${subject.id}/retry`);
    expect(await subject.attempt()).toMatchObject({ outcome: 'dropped', reason: 'stale' });
  });

  /** A database that refuses what was answered, always for the same reason. */
  const refusing = (code: string) =>
    new Proxy(deps.pool, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (property !== 'query') return typeof value === 'function' ? value.bind(target) : value;
        return async (...query: Parameters<typeof target.query>) => {
          const { name } = query[0] as unknown as { name?: string };
          if (name === 'settleMessages') throw Object.assign(new Error('no'), { code });
          return target.query(...query);
        };
      },
    });

  test('an answer that the database refuses for good parks at once where the next attempt would send a second copy', async () => {
    const subject = await due();
    await expect(subject.attempt({ pool: refusing('22021') })).rejects.toMatchObject({ type: 'Parked' });
    r.api.clock.now += HOUR;
    await expect(subject.attempt()).rejects.toMatchObject({ type: 'Parked' });
    expect(subject.requests()).toHaveLength(1);
    const { body } = await r.send('get', '/v1/parked?limit=1');
    expect(body.parked[0]).toMatchObject({
      id: String(subject.id),
      error: 'what the provider answered (webhook accepted) could not be stored: no',
    });
    await r.send('post', `/v1/parked/${subject.id}/retry`);
    expect(await subject.attempt()).toMatchObject({ outcome: 'sent' });
  });

  test('a stop gives up what was parked with its claim: it may have arrived, and counts as received', async () => {
    const subject = await due();
    await expect(subject.attempt({ pool: refusing('22021') })).rejects.toMatchObject({ type: 'Parked' });
    await r.send('post', `/v1/campaigns/${subject.campaign}/stop`);
    await sweepOldGenerations({ pool: deps.pool, clock: deps.clock });
    expect(await subject.pairing()).toMatchObject({ state: 'done', outcome: 'unknown', reason: 'no_answer' });
    await r.send('post', `/v1/campaigns/${subject.campaign}/resume`);
    r.api.clock.now += HOUR;
    await r.event(subject.user, subject.user);
    expect((await r.rejections(subject.campaign, subject.user)).map(({ reason }) => reason)).toEqual([
      'already_received',
    ]);
    expect(subject.requests()).toHaveLength(1);
  });

  test('after the claim: it parks with the claim, and a retry finds out first what became of it', async () => {
    const subject = await due({ honoursWebhookId: true });
    const pool = refusing('23514');
    for (let failure = 1; failure <= 4; failure++) {
      await expect(subject.attempt({ pool })).rejects.toMatchObject({ type: 'OwnFailure' });
      r.api.clock.now += HOUR;
    }
    await expect(subject.attempt({ pool })).rejects.toMatchObject({ type: 'Parked' });
    await r.send('post', `/v1/parked/${subject.id}/retry`);
    expect(await subject.pairing()).toMatchObject({ state: 'sending' });
    // The next repetition of a keyed request is due a while after the last.
    r.api.clock.now += HOUR;
    expect(await subject.attempt()).toMatchObject({ outcome: 'sent' });
    expect(new Set(subject.requests().map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  test('and one that is discarded with its claim may have arrived', async () => {
    const subject = await due();
    await deps.pool.query("update pairings set state = 'sending' where id = $1", [subject.id]);
    await deps.pool.query(
      `insert into messages (pairing_id, campaign_id, user_id, channel, variant, send_key, state, keyed, attempt,
         lease_until, request, claimed_at, created_at)
       select id, campaign_id, user_id, 'webhook', variant, 'lost-' || id, 'claimed', false, 1, now(), '{}', now(), now()
       from pairings where id = $1`,
      [subject.id],
    );
    await deps.pool.query("update pairings set state = 'parked' where id = $1", [subject.id]);
    const { body } = await r.send('post', `/v1/parked/${subject.id}/discard`);
    expect(body).toMatchObject({ state: 'done', outcome: 'unknown', reason: 'no_answer' });
  });
});
