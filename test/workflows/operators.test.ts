// What operators see and do while people wait: runs in Temporal, cancels, stops, archives, edits.
import request from 'supertest';
import { sweepOldGenerations } from '../../outbox/sweeps.js';
import {
  endings,
  event,
  HOUR,
  iso,
  launch,
  MINUTE,
  mailsTo,
  newcomer,
  post,
  purchase,
  someone,
  until,
} from './world/people.js';
import { passTime, sent } from './world/providers.js';
import { startWorld, type World } from './world/world.js';

let world: World;
/** An event of the test's own, so that campaigns of other tests stay out of it. */
let ping = '';

beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.stop(), 60_000);
beforeEach(() => {
  world.smtp.reset();
  ping = someone('ping');
});

interface Run {
  readonly id: string;
  readonly pairing: number;
}

async function runsOf(campaign: string, user: string): Promise<readonly Run[]> {
  const { rows } = await world.database.pool.query<Run>(
    `select format('campaign/%s/%s/%s', c.key, p.user_id, p.occurrence_key) as id, p.id as pairing
     from pairings p join campaigns c on c.id = p.campaign_id join users u on u.id = p.user_id
     where c.key = $1 and u.external_id = $2 order by p.trigger_time, p.trigger_seq`,
    [campaign, user],
  );
  return rows;
}

async function onlyRun(campaign: string, user: string) {
  const runs = await runsOf(campaign, user);
  expect(runs).toHaveLength(1);
  return world.client.workflow.getHandle(runs[0]?.id ?? '');
}

async function edit(campaign: string, definition: Record<string, unknown>): Promise<void> {
  const answer = await request(world.app)
    .put(`/v1/campaigns/${campaign}`)
    .set('authorization', `Bearer ${world.key}`)
    .send({ key: campaign, name: 'Edited', ...definition });
  if (answer.status !== 200) throw new Error(`the edit was answered ${answer.status}: ${answer.text}`);
}

describe('a run in Temporal', () => {
  it('is named after campaign, person and occurrence, and its result is the outcome', async () => {
    const campaign = await launch(world, { trigger: { customEvent: ping }, delay: { after: '1 hour' } });
    const user = await newcomer(world);
    await event(world, user, ping);
    await world.settle();
    const handle = await onlyRun(campaign, user);
    expect(handle.workflowId).toMatch(new RegExp(`^campaign/${campaign}/\\d+/e:\\d+$`));
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await passTime(world, HOUR + MINUTE);
    expect(await handle.result()).toEqual(sent);
  });

  it('a cancelled pairing completes its run, with the outcome', async () => {
    const campaign = await launch(world, {
      trigger: { customEvent: ping },
      delay: { after: '1 day' },
      exceptions: [{ purchase: 'any' }],
    });
    const user = await newcomer(world);
    await event(world, user, ping);
    await world.settle();
    await purchase(world, user);
    const handle = await onlyRun(campaign, user);
    expect(await handle.result()).toEqual({ outcome: 'cancelled', reason: 'exception' });
  });
});

describe('cancel in the Temporal UI', () => {
  it('settles the waiting pairing as cancelled by operator, and the person qualifies again', async () => {
    const campaign = await launch(world, { trigger: { customEvent: ping }, delay: { after: '1 hour' } });
    const user = await newcomer(world);
    await event(world, user, ping);
    await world.settle();
    const handle = await onlyRun(campaign, user);
    await handle.cancel();
    await until(async () => (await endings(world, campaign, user))[0]?.outcome !== null, 'the cancel');
    const cancelled = { outcome: 'cancelled', reason: 'cancelled_by_operator' };
    expect(await endings(world, campaign, user)).toMatchObject([cancelled]);
    await until(async () => (await handle.describe()).status.name === 'COMPLETED', 'the end of the run');
    expect(await handle.result()).toEqual(cancelled);
    await event(world, user, ping);
    await passTime(world, 2 * HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([cancelled, sent]);
    expect(mailsTo(world, campaign, user)).toBe(1);
  });

  it('a message being sent finishes first: accepted, it is sent', async () => {
    const { campaign, user, answer } = await beingSent();
    await (await onlyRun(campaign, user)).cancel();
    answer(204);
    await passTime(world, HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([sent]);
  });

  it('a message being sent finishes first: refused, it is cancelled and not tried again', async () => {
    const { campaign, user, answer, requests } = await beingSent();
    await (await onlyRun(campaign, user)).cancel();
    answer(503);
    await passTime(world, HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([
      { outcome: 'cancelled', reason: 'cancelled_by_operator' },
    ]);
    expect(requests()).toBe(1);
  });

  /** A webhook whose receiver has the request and answers when told. */
  async function beingSent() {
    const path = `/${someone('slow')}`;
    const url = `http://${world.http.host}${path}`;
    const requests = () => world.http.requests.filter((each) => each.url === path).length;
    let answer: (status: number) => void = () => undefined;
    world.http.answer((response) => {
      answer = (status) => response.writeHead(status).end();
    });
    const campaign = await launch(world, { trigger: { customEvent: ping }, messages: [{ channel: 'webhook', url }] });
    const user = await newcomer(world);
    await event(world, user, ping);
    await until(() => requests() === 1, 'the request');
    return { campaign, user, requests, answer: (status: number) => answer(status) };
  }
});

describe('stop, resume and archive', () => {
  it.each(['stop', 'archive'])('LC-04: %s cancels those who wait and ends their runs', async (action) => {
    const campaign = await launch(world, { trigger: { customEvent: ping }, delay: { after: '1 hour' } });
    const user = await newcomer(world);
    await event(world, user, ping);
    await world.settle();
    await post(world, `/v1/campaigns/${campaign}/${action}`, {}, 200);
    await sweepOldGenerations({ pool: world.database.pool, clock: world.now });
    const reason = action === 'stop' ? 'campaign_stopped' : 'campaign_archived';
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'cancelled', reason }]);
    const handle = await onlyRun(campaign, user);
    expect(await handle.result()).toEqual({ outcome: 'cancelled', reason });
    await passTime(world, 2 * HOUR);
    expect(mailsTo(world, campaign, user)).toBe(0);
  });

  it('LC-04: after a resume nobody is rescheduled, and the next trigger qualifies', async () => {
    const campaign = await launch(world, { trigger: { customEvent: ping }, delay: { after: '1 hour' } });
    const [user, idle] = [await newcomer(world), await newcomer(world)];
    for (const each of [user, idle]) await event(world, each, ping);
    await world.settle();
    await post(world, `/v1/campaigns/${campaign}/stop`, {}, 200);
    await event(world, idle, ping);
    await post(world, `/v1/campaigns/${campaign}/resume`, {}, 200);
    await event(world, user, ping);
    await passTime(world, 3 * HOUR);
    const stopped = { outcome: 'cancelled', reason: 'campaign_stopped' };
    expect(await endings(world, campaign, user)).toMatchObject([stopped, sent]);
    expect(await endings(world, campaign, idle)).toMatchObject([stopped]);
    expect([mailsTo(world, campaign, user), mailsTo(world, campaign, idle)]).toEqual([1, 0]);
  });
});

describe('AB-15: edits are felt by those who wait', () => {
  const mail = (subject: string) => [{ channel: 'email', subject, text: 'Hello' }];
  const base = () => ({ trigger: { customEvent: ping }, delay: { after: '1 hour' } });

  it('of the content', async () => {
    const campaign = await launch(world, { ...base(), messages: mail('Old words') });
    const user = await newcomer(world);
    await event(world, user, ping);
    await world.settle();
    await edit(campaign, { ...base(), messages: mail(`Message of ${campaign}`) });
    await passTime(world, 2 * HOUR);
    expect(mailsTo(world, campaign, user)).toBe(1);
    expect(world.smtp.received).toHaveLength(1);
  });

  it('of the audience, if it is re-checked', async () => {
    const campaign = await launch(world, base());
    const user = await newcomer(world, { tier: 'silver' });
    await event(world, user, ping);
    await world.settle();
    const audience = { attribute: 'tier', equals: 'gold' };
    await edit(campaign, { ...base(), audience, recheckAudience: true, messages: mail('x') });
    await passTime(world, 2 * HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'dropped', reason: 'left_audience' }]);
  });

  it('of exceptions, though what happened came before the edit', async () => {
    const campaign = await launch(world, base());
    const user = await newcomer(world);
    await event(world, user, ping);
    await passTime(world, MINUTE);
    await purchase(world, user);
    await edit(campaign, { ...base(), exceptions: [{ purchase: 'any' }], messages: mail('x') });
    await passTime(world, 2 * HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'cancelled', reason: 'exception' }]);
  });

  it('of the window', async () => {
    const campaign = await launch(world, base());
    const user = await newcomer(world);
    await event(world, user, ping);
    await world.settle();
    const due = new Date((await world.now()) + HOUR);
    const hour = (offset: number) => `${String((due.getUTCHours() + offset) % 24).padStart(2, '0')}:00`;
    await edit(campaign, { ...base(), window: { from: hour(2), to: hour(4) }, messages: mail('x') });
    await passTime(world, 2 * HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'dropped', reason: 'outside_window' }]);
  });

  it('of the duration; but a changed delay holds for new entries only', async () => {
    const campaign = await launch(world, base());
    const [ended, user] = [await newcomer(world), await newcomer(world)];
    await event(world, ended, ping);
    await world.settle();
    const end = iso((await world.now()) + 30 * MINUTE);
    await edit(campaign, { ...base(), duration: { end }, messages: mail('x') });
    await passTime(world, 2 * HOUR);
    expect(await endings(world, campaign, ended)).toMatchObject([{ outcome: 'dropped', reason: 'after_end' }]);

    await edit(campaign, { ...base(), messages: mail('x') });
    await event(world, user, ping);
    await world.settle();
    const now = await world.now();
    await edit(campaign, { ...base(), delay: { after: '5 hours' }, messages: mail('x') });
    await passTime(world, 2 * HOUR);
    const [ending] = await endings(world, campaign, user);
    expect(ending).toMatchObject(sent);
    expect(ending?.dueAt).toBeLessThan(now + 2 * HOUR);
  });
});
