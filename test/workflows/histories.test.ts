// What a delivery leaves in Temporal: how many events, no personal data, and histories that replay for ever.
//
// Stored histories (test/histories) are made by this test: after a change that makes a new generation on purpose,
// keep the old workflow type (design.md, "Workflows"), name a new folder in world/histories.ts, and run
//   RAPPEL_STORE_HISTORIES=1 npx jest --selectProjects workflows --runInBand test/workflows/histories.test.ts
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { eventCount, fromJson, type History, historyOf, runId, store, stored, wordsOf } from './world/histories.js';
import { endings, event, goTo, HOUR, launch, MINUTE, purchase, someone, track, until } from './world/people.js';
import { startWorld, type World } from './world/world.js';

/** What must never be found in Temporal. The provider repeats the address in its error texts. */
const PERSON = { first_name: 'Ottoline', email: 'ottoline.morrell@garsington.example', phone: '+441865361234' };
const SUBJECT = 'Ottoline, your peacocks are waiting';
const PERSONAL = ['Ottoline', 'ottoline', 'morrell', 'garsington', '441865361234', 'peacocks'];
const BASE64_OF_ADDRESS = Buffer.from(PERSON.email).toString('base64').slice(0, 20);

const name = 'Cart reminder';
const email = { channel: 'email', subject: SUBJECT, text: 'Dear {{ ${first_name} }}' };

async function person(world: World): Promise<string> {
  const user = someone('member');
  await track(world, { attributes: [{ external_id: user, ...PERSON }] });
  return user;
}

function webhook(world: World, honoursWebhookId: boolean) {
  const body = { to: PERSON.email, subject: SUBJECT };
  return { channel: 'webhook', url: `http://${world.http.host}/hook`, body, honoursWebhookId };
}

/** One person triggers the campaign and `meanwhile` happens; then the history of the run. */
async function deliver(
  world: World,
  definition: Record<string, unknown>,
  meanwhile: (user: string, campaign: string) => Promise<void>,
): Promise<{ readonly history: History; readonly workflowId: string; readonly reason: string }> {
  const ping = someone('ping');
  const campaign = await launch(world, { name, trigger: { customEvent: ping }, ...definition });
  const user = await person(world);
  await event(world, user, ping);
  await meanwhile(user, campaign);
  const workflowId = await runId(world, campaign, user);
  const history = await historyOf(world, workflowId);
  return { history, workflowId, reason: (await endings(world, campaign, user))[0]?.reason ?? 'parked' };
}

describe('histories', () => {
  let world: World;
  const made = new Map<string, History>();
  beforeAll(async () => {
    world = await startWorld();
  }, 120_000);
  afterAll(() => world.stop(), 60_000);
  beforeEach(() => {
    world.smtp.reset();
    world.http.answer((response) => response.writeHead(204).end());
  });

  const hour = { delay: { after: '1 hour' }, exceptions: [{ purchase: 'any' }] };
  const pass = async () => {
    await world.advanceTo((await world.now()) + 2 * HOUR);
    await world.settle();
  };

  it('event → delay → send by a webhook that honours webhook-id leaves at most 12 events', async () => {
    const { history, reason } = await deliver(world, { ...hour, messages: [webhook(world, true)] }, pass);
    expect(reason).toBe('sent');
    expect(eventCount(history)).toBeLessThanOrEqual(12);
    expect(eventCount(history)).toBe(6);
    made.set('sent-inline', history);
  });

  it.each(['webhook', 'email'])('event → delay → send by unkeyed %s leaves at most 18 events', async (channel) => {
    const message = channel === 'email' ? email : webhook(world, false);
    const { history, reason } = await deliver(world, { ...hour, messages: [message] }, pass);
    expect(reason).toBe('sent');
    expect(eventCount(history)).toBeLessThanOrEqual(18);
    expect(eventCount(history)).toBe(11);
    made.set('sent-normal', history);
  });

  it('a pairing that an exception cancels leaves at most 7 events, and no activity ran', async () => {
    const cancelled = await deliver(world, { ...hour, messages: [email] }, async (user) => {
      await world.settle();
      await purchase(world, user);
    });
    expect(cancelled.reason).toBe('exception');
    expect(eventCount(cancelled.history)).toBe(6);
    expect(wordsOf(cancelled.history)).not.toMatch(/activityType|core_local_activity/);
    expect(resultOf(cancelled.history)).toBe('{"outcome":"cancelled","reason":"exception"}');
    made.set('cancelled-by-exception', cancelled.history);
  });

  it('held, dropped, cancelled by operator, parked and refused runs close as their pairings do', async () => {
    await goTo(world, '16:30');
    const window = { from: '09:00', to: '17:00', missed: 'nextAvailable' };
    const held = await deliver(world, { ...hour, window, messages: [email] }, async () => {
      await world.advanceTo((await world.now()) + 24 * HOUR);
    });
    expect(held.reason).toBe('sent');
    made.set('held-for-window', held.history);

    await goTo(world, '16:30');
    const unless = await deliver(world, { ...hour, window, messages: [email] }, async (user) => {
      await world.advanceTo((await world.now()) + 2 * HOUR);
      await purchase(world, user);
      await world.settle();
    });
    expect(unless.reason).toBe('exception');
    expect(wordsOf(unless.history)).toContain('EVENT_TYPE_TIMER_CANCELED');
    expect(resultOf(unless.history)).toBe('{"outcome":"cancelled","reason":"exception"}');
    made.set('cancelled-while-held', unless.history);

    const operator = await deliver(world, { ...hour, messages: [email] }, async (user, campaign) => {
      await world.settle();
      await world.client.workflow.getHandle(await runId(world, campaign, user)).cancel();
      await until(async () => (await endings(world, campaign, user))[0]?.outcome !== null, 'the cancel');
    });
    expect(operator.reason).toBe('cancelled_by_operator');
    made.set('cancelled-by-operator', operator.history);

    const end = new Date((await world.now()) + 30 * MINUTE).toISOString();
    const dropped = await deliver(world, { ...hour, duration: { end }, messages: [email] }, pass);
    expect(dropped.reason).toBe('after_end');
    expect(resultOf(dropped.history)).toBe('{"outcome":"dropped","reason":"after_end"}');
    made.set('dropped', dropped.history);

    const text = '{{ ${first_name} }}{% for i in (1..99999999) %}endless{% endfor %}';
    const parked = await deliver(world, { ...hour, messages: [{ ...email, text }] }, pass);
    expect(parked.reason).toBe('parked');
    made.set('parked', parked.history);

    world.smtp.behave('refuse');
    const refused = await deliver(world, { ...hour, messages: [email] }, async () => {
      await world.advanceTo((await world.now()) + HOUR + MINUTE / 2);
      world.smtp.behave('reject');
      await pass();
    });
    expect(refused.reason).toBe('rejected_by_provider');
    made.set('refused-then-rejected', refused.history);
  });

  it('a run that is held reads as a sentence in the Temporal UI', () => {
    const timers = (made.get('held-for-window')?.events ?? []).filter((each) => each.timerStartedEventAttributes);
    const summaries = timers.map(({ userMetadata }) => Buffer.from(userMetadata?.summary?.data ?? []).toString('utf8'));
    expect(summaries).toEqual([
      expect.stringMatching(/^"Cart reminder: until \d{4}-\d\d-\d\d 09:00 UTC \(.+\), unless any purchase"$/),
    ]);
  });

  it('no history holds a name, an address, a phone number or a subject', () => {
    expect(made.size).toBe(9);
    for (const [, history] of made) {
      const words = wordsOf(history);
      expect(words).toContain('Cart reminder: until');
      for (const personal of [...PERSONAL, BASE64_OF_ADDRESS]) expect(words).not.toContain(personal);
    }
  });

  it('stored histories of every generation replay', async () => {
    if (process.env.RAPPEL_STORE_HISTORIES === '1') for (const [each, history] of made) store(each, history);
    const results = await replay(stored().map(({ name: workflowId, history }) => ({ workflowId, history })));
    expect(results.length).toBeGreaterThanOrEqual(23);
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
  });

  it('a tampered history does not replay', async () => {
    // A run that was closed before its first task holds nothing that code could have done otherwise.
    const ran = stored().filter(({ json }) => json.includes('EVENT_TYPE_WORKFLOW_TASK_COMPLETED'));
    expect(ran.length).toBeGreaterThanOrEqual(22);
    const tampered = ran.map(({ name: workflowId, json }) => {
      const foreign = json.replaceAll(/("activityType": *\{\s*"name": *)"\w+"/g, '$1"somethingElse"');
      const local = foreign === json ? json.replaceAll('core_local_activity', 'somethingElse') : foreign;
      // Of a run that ended by what it was told, with no activity: told nothing, it would have asked one.
      const moved =
        local === json ? json.replaceAll('"signalName": "exception"', '"signalName": "rescheduled"') : local;
      expect(moved).not.toBe(json);
      return { workflowId, history: fromJson(moved) };
    });
    for (const { error } of await replay(tampered)) expect(error).toBeDefined();
  });
});

/** As the Temporal UI shows it. */
function resultOf(history: History): string {
  const completed = history.events?.at(-1)?.workflowExecutionCompletedEventAttributes;
  return Buffer.from(completed?.result?.payloads?.[0]?.data ?? []).toString('utf8');
}

async function replay(histories: readonly { readonly workflowId: string; readonly history: History }[]) {
  const results = [];
  const bundle = { codePath: process.env.RAPPEL_TEST_WORKFLOW_BUNDLE ?? '' };
  for await (const result of Worker.runReplayHistories({ workflowBundle: bundle }, histories)) results.push(result);
  return results;
}

describe('the store of a whole Temporal server', () => {
  let world: World;
  const folder = mkdtempSync(path.join(tmpdir(), 'rappel-test-temporal-'));
  const file = path.join(folder, 'temporal.db');
  beforeAll(async () => {
    world = await startWorld({ devServerFile: file });
  }, 120_000);
  afterAll(async () => {
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('holds the ids of runs, and no name, address, phone number or subject', async () => {
    const delay = { after: '1 second' };
    world.http.answer((response) => response.writeHead(422).end(PERSON.email));
    world.smtp.behave('reject');
    const ids: string[] = [];
    for (const message of [email, webhook(world, true), webhook(world, false)]) {
      const run = await deliver(world, { delay, messages: [message] }, async (user, campaign) => {
        await until(async () => (await endings(world, campaign, user))[0]?.outcome !== null, 'the end');
      });
      expect(run.reason).toBe('rejected_by_provider');
      ids.push(run.workflowId);
      const handle = world.client.workflow.getHandle(run.workflowId);
      const summary = await (await handle.describe()).staticSummary();
      expect(summary).toMatch(/^Cart reminder: until .* UTC$/);
    }
    const bytes = ['', '-wal'].map((suffix) =>
      existsSync(file + suffix) ? readFileSync(file + suffix) : Buffer.alloc(0),
    );
    const all = Buffer.concat(bytes);
    for (const id of ids) expect(all.includes(id)).toBe(true);
    for (const personal of [...PERSONAL, BASE64_OF_ADDRESS]) expect(all.includes(personal)).toBe(false);
  });
});
