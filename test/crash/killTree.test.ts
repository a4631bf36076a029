/**
 * `kill -9` of everything `npm start` runs, then `npm start` again, on one installation that is never wiped: nothing
 * acknowledged is lost, nothing is sent twice, nothing is stuck. The clock is the machine's.
 * By hand with the delay of half a minute: RAPPEL_TEST_CRASH_DELAY=30 npx jest --selectProjects crash
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type ScriptedSmtp, startScriptedSmtp } from '../../channels/email/scriptedSmtp.js';
import { type ScriptedHttp, startScriptedHttp } from '../../channels/webhook/scriptedHttp.js';
import { eventually, type Installation, killHalfway, startInstallation, wipeInstallation } from './installation.js';

const DELAY_SECONDS = Number(process.env.RAPPEL_TEST_CRASH_DELAY ?? '12');
/** After a restart, generously: slower than this means that something waits for a timeout it should not wait for. */
const RECOVERED_WITHIN_MS = 45_000;
/** Long enough for a copy that should not exist to arrive. */
const SECOND_COPY_MS = 2_000;

jest.setTimeout(200_000 + 2_000 * DELAY_SECONDS);

let receiver: ScriptedHttp;
let smtp: ScriptedSmtp;
let settings: Record<string, string>;
let running: Installation;

const email = { channel: 'email', subject: 'Still thinking it over?', text: 'Your cart is still here.' };
const addressOf = (user: string) => `${user}@people.example`;
const report = (name: string, value: number) => process.stderr.write(`    ${name} ${Math.round(value)}\n`);

/** The person meets the trigger of `event`; returns when that happened. */
async function trigger(user: string, event: string): Promise<number> {
  const time = Date.now();
  const answer = await running.call('POST', '/users/track', {
    attributes: [{ external_id: user, email: addressOf(user) }],
    events: [{ external_id: user, name: event, time: new Date(time).toISOString() }],
  });
  expect(answer.status).toBe(201);
  return time;
}

async function restart(env: Readonly<Record<string, string>> = settings): Promise<void> {
  await running.kill();
  running = await startInstallation(env);
  report('restart_ms', running.startedInMs);
  expect(running.startedInMs).toBeLessThan(60_000);
}

const settled = async (campaign: string, user: string) =>
  await eventually(`the outcome of ${user}`, async () => {
    const explanation = await running.explain(campaign, user);
    return ['will_receive', 'being_sent'].includes(explanation.status) ? undefined : explanation;
  });

const mailsTo = async (user: string) => (await running.mails()).filter(({ to }) => to.includes(addressOf(user)));

beforeAll(async () => {
  receiver = await startScriptedHttp();
  smtp = await startScriptedSmtp();
  settings = { WEBHOOK_ALLOW_HOSTS: receiver.host };
  wipeInstallation();
  running = await startInstallation(settings);
  report('first_start_ms', running.startedInMs);
  const delay = { after: `${DELAY_SECONDS} seconds` };
  const soon = { after: '1 second' };
  const webhook = { channel: 'webhook', url: `http://${receiver.host}/hook`, body: { who: '{{${user_id}}}' } };
  for (const definition of [
    { key: 'reminder', trigger: { customEvent: 'add_to_cart' }, delay, messages: [email] },
    { key: 'prompt', trigger: { customEvent: 'asked' }, delay: soon, messages: [email] },
    {
      key: 'keyed',
      trigger: { customEvent: 'ordered' },
      delay: soon,
      messages: [{ ...webhook, honoursWebhookId: true }],
    },
  ]) {
    await running.launch({ name: definition.key, ...definition });
  }
});

afterAll(async () => {
  await running?.kill();
  await receiver?.stop();
  await smtp?.stop();
});

test('killed during the delay and restarted before the due instant: sent once, on time, and every acknowledged event is kept', async () => {
  const dueAt = (await trigger('early', 'add_to_cart')) + DELAY_SECONDS * 1_000;
  const acknowledged: number[] = [];
  let isAlive = true;
  const load = async (lane: number) => {
    for (let n = lane; isAlive; n += 4) {
      const event = { external_id: 'early', name: 'viewed', time: new Date().toISOString(), properties: { n } };
      const answer = await running.call('POST', '/users/track', { events: [event] }).catch(() => undefined);
      if (answer?.status === 201) acknowledged.push(n);
    }
  };
  const lanes = [0, 1, 2, 3].map(load);
  await wait(700);
  report('killed_processes', await running.kill());
  isAlive = false;
  await Promise.all(lanes);

  await restart();
  const stored = (await running.events('early')).filter(({ name }) => name === 'viewed');
  const numbers = stored.map(({ properties }) => Number(properties?.n));
  report('events_acknowledged', acknowledged.length);
  report('events_stored', numbers.length);
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(acknowledged.filter((n) => !numbers.includes(n))).toEqual([]);
  expect(new Set(numbers).size).toBe(numbers.length);

  expect(await settled('reminder', 'early')).toMatchObject({ status: 'received' });
  await wait(SECOND_COPY_MS);
  const mails = await mailsTo('early');
  expect(mails).toHaveLength(1);
  const sentAt = Date.parse(mails[0]!.receivedAt);
  report('late_ms', sentAt - Math.max(dueAt, running.readyAt));
  expect(sentAt).toBeGreaterThanOrEqual(dueAt);
  expect(sentAt - Math.max(dueAt, running.readyAt)).toBeLessThan(RECOVERED_WITHIN_MS);
});

test('killed during the delay and restarted after the due instant, twice in a row: sent once, promptly', async () => {
  const dueAt = (await trigger('late', 'add_to_cart')) + DELAY_SECONDS * 1_000;
  await wait(500);
  await running.kill();
  // Killed again while it comes up: its files now name processes of two crashes.
  await killHalfway(settings);
  await wait(Math.max(0, dueAt - Date.now()));

  await restart();
  expect(await settled('reminder', 'late')).toMatchObject({ status: 'received' });
  await wait(SECOND_COPY_MS);
  const mails = await mailsTo('late');
  expect(mails).toHaveLength(1);
  const recovered = Date.parse(mails[0]!.receivedAt) - running.readyAt;
  report('sent_after_restart_ms', recovered);
  expect(recovered).toBeLessThan(RECOVERED_WITHIN_MS);
});

test('killed between the claim and the answer of a keyed webhook: the same request again under the same webhook-id, one receipt', async () => {
  receiver.behave('takeThenHang');
  await trigger('keyed', 'ordered');
  await eventually('the webhook', async () => (receiver.requests.length > 0 ? true : undefined));
  await running.kill();
  receiver.behave('accept');

  await restart();
  const explanation = await settled('keyed', 'keyed');
  report('repeated_after_restart_ms', Date.now() - running.readyAt);
  await wait(SECOND_COPY_MS);
  expect(explanation).toMatchObject({ status: 'received' });
  expect(explanation.history.flatMap(({ messages }) => messages.map(({ state }) => state))).toEqual(['sent']);
  expect(receiver.requests).toHaveLength(2);
  const [first, second] = receiver.requests.map(({ url, headers, body }) => ({ url, id: headers['webhook-id'], body }));
  expect(second).toEqual(first);
  expect((await running.events('keyed')).filter((entry) => entry.name === 'keyed')).toHaveLength(1);
});

test('Ctrl-C ends everything with exit code 0', async () => {
  expect(await running.interrupt()).toBe(0);
});

test('killed between the claim and the answer of a mail server: delivered, any second copy under the same Message-ID', async () => {
  await restart({ ...settings, SMTP_URL: smtp.smtpUrl });
  smtp.behave('takeThenHang');
  await trigger('doubt', 'asked');
  await eventually('the e-mail', async () => (smtp.received.length > 0 ? true : undefined));
  await running.kill();
  smtp.behave('accept');

  await restart({ ...settings, SMTP_URL: smtp.smtpUrl });
  expect(await settled('prompt', 'doubt')).toMatchObject({ status: 'received' });
  const resent = Date.now() - running.readyAt;
  report('resent_after_restart_ms', resent);
  // By the heartbeat and the lease, 15 and 20 s; the whole time an attempt may take would be 60 s.
  expect(resent).toBeLessThan(RECOVERED_WITHIN_MS);
  await wait(SECOND_COPY_MS);
  expect(smtp.received.filter(({ accepted }) => accepted)).toHaveLength(1);
  expect(new Set(smtp.received.map(({ key }) => key)).size).toBe(1);
  await running.interrupt();
});

test('a second start after an orderly stop doubles nothing of what the crashes left', async () => {
  await restart();
  for (const user of ['early', 'late']) expect(await mailsTo(user)).toHaveLength(1);
  expect(receiver.requests).toHaveLength(2);
  expect(await running.interrupt()).toBe(0);
});
