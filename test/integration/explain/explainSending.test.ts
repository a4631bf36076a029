// What explain says of messages that were refused, came late or are parked: real channel, real receiver, no Temporal.

import { Receivers } from '../../../activities/holding/receivers.js';
import { createActivities } from '../../../activities/index.js';
import { createEmailChannel } from '../../../channels/email/emailChannel.js';
import { type ScriptedHttp, startScriptedHttp } from '../../../channels/webhook/scriptedHttp.js';
import { createWebhookChannel } from '../../../channels/webhook/webhookChannel.js';
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import { createTemplates } from '../../../templates/liquidTemplates.js';
import { type Explaining, startExplaining } from '../../setup/explaining.js';
import { MINUTE, SECOND, someone } from '../../setup/recording.js';

let r: Explaining;
let http: ScriptedHttp;
let deps: Parameters<typeof createActivities>[0];

beforeAll(async () => {
  r = await startExplaining();
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
    observe: { began: () => undefined, ended: () => undefined, sent: () => undefined, warned: () => undefined },
  };
});
afterAll(async () => {
  await Promise.all(Object.values(deps.channels).map((channel) => channel.close()));
  await deps.templates.close();
  await http.stop();
  await r.api.close();
});
beforeEach(() => r.nextDay());

/** Somebody in Tokyo due now for one webhook. */
async function due(body = 'Hello') {
  const user = someone();
  const messages = [{ channel: 'webhook', url: `http://${http.host}/${user}`, body }];
  const campaign = await r.launch({ trigger: { customEvent: user }, messages });
  await r.track({ attributes: [{ external_id: user, time_zone: 'Asia/Tokyo' }] });
  await r.event(user, user);
  const [pairing] = await r.pairings(campaign, user);
  const attempt = (activities = createActivities(deps)) =>
    activities.attemptSend({ pairingId: pairing?.id ?? 0, now: r.api.clock.now, inline: false });
  return { user, name: await r.nameOf(campaign), attempt, explain: () => r.explain(campaign, user) };
}

const unavailable = () => http.answer((response) => response.writeHead(503).end('down for\nrepair'));
const accepts = () => http.answer((response) => response.writeHead(204).end());

test('M14: a refusal is named with its answer, when it is tried again, and when it was, on the clock of the person', async () => {
  const { user, name, attempt, explain } = await due();
  unavailable();
  await attempt();
  const first = `refused at ${r.at(0, 'Asia/Tokyo')} (http_503: HTTP 503: down for repair)`;
  expect((await explain()).sentence).toBe(
    `${user} will get “${name}” at ${r.at(MINUTE, 'Asia/Tokyo')}. By webhook it was ${first}; the next try is at ${r.at(MINUTE, 'Asia/Tokyo')}.`,
  );

  r.api.clock.now += MINUTE;
  await attempt();
  const second = `refused at ${r.at(0, 'Asia/Tokyo')} (http_503: HTTP 503: down for repair)`;
  const between = `, tried again at ${r.at(0, 'Asia/Tokyo')}, then `;
  accepts();
  r.api.clock.now += 3 * MINUTE + 5 * SECOND;
  expect(await attempt()).toMatchObject({ outcome: 'sent' });
  const now = r.at(0, 'Asia/Tokyo');
  const answer = await explain();
  expect(answer.sentence).toBe(
    `${user} received “${name}” by webhook at ${now}. By webhook it was ${first}${between}${second}, tried again at ${now}.`,
  );
  expect(answer.history[0]?.messages).toMatchObject([
    {
      refusals: 2,
      refused: [
        { triedAt: r.iso(-4 * MINUTE - 5 * SECOND), code: 'http_503' },
        { triedAt: r.iso(-3 * MINUTE - 5 * SECOND), refusedAt: r.iso(-3 * MINUTE - 5 * SECOND) },
      ],
    },
  ]);
});

test('M14: after the last attempt it says so, and only the last five refusals are kept', async () => {
  const { attempt, explain } = await due();
  unavailable();
  for (let round = 1; round <= 5; round++) {
    await attempt();
    r.api.clock.now += 60 * MINUTE;
  }
  const answer = await explain();
  expect(answer).toMatchObject({ status: 'did_not_receive', reason: 'retries_exhausted' });
  expect(answer.sentence.match(/refused at/g)).toHaveLength(5);
  expect(answer.sentence).not.toContain('next try');
  expect(answer.history[0]?.messages).toMatchObject([{ refusals: 5, refused: { length: 5 } }]);
});

test('M14: lateness of a minute and more is told, less is not', async () => {
  accepts();
  const late = await due();
  r.api.clock.now += 3 * MINUTE;
  await late.attempt();
  const [now, planned] = [r.at(0, 'Asia/Tokyo'), r.at(-3 * MINUTE, 'Asia/Tokyo')];
  expect((await late.explain()).sentence).toBe(
    `${late.user} received “${late.name}” by webhook at ${now}, 3 minutes after it was planned, at ${planned}.`,
  );
  const punctual = await due();
  r.api.clock.now += 59 * SECOND;
  await punctual.attempt();
  expect((await punctual.explain()).sentence).toMatch(/ by webhook at [^,]*\.$/);
});

test('M14: the error that parked is told, with since when', async () => {
  const { user, attempt, explain } = await due('{% assign x = 1 | divided_by: 0 %}{{ x }}');
  await expect(attempt()).rejects.toMatchObject({ type: 'Parked' });
  const answer = await explain();
  expect(answer.status).toBe('parked');
  expect(answer.sentence).toMatch(
    new RegExp(
      `^The message for ${user} is parked since .* UTC\\): .*divided by 0.* Mend the cause, then retry or discard it\\.$`,
    ),
  );
});

test('H4: a message put off for its receiver says so until it is sent', async () => {
  const waiting: (() => void)[] = [];
  http.answer((response) => void waiting.push(() => response.writeHead(204).end()));
  // One slot: a receiver has one seat.
  const activities = createActivities({ ...deps, receivers: new Receivers({ slots: 1 }) });
  const [first, second] = [await due(), await due()];
  const sending = first.attempt(activities);
  expect(await second.attempt(activities)).toMatchObject({
    kind: 'hold',
    summary: expect.stringContaining('its receiver is slow'),
  });
  expect((await second.explain()).sentence).toContain(', put off till then as its receiver is slow.');
  for (const answer of waiting) answer();
  expect(await sending).toMatchObject({ outcome: 'sent' });
  accepts();
  r.api.clock.now += MINUTE;
  expect(await second.attempt(activities)).toMatchObject({ outcome: 'sent' });
});
