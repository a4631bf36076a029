// The real stream, decision and storage code on a real PostgreSQL, driven by a clock of the test's own, with a port in
// Temporal's place that keeps each started run's wake-up time and lets it attempt when time gets there.

import type { Client } from '@temporalio/client';
import type { Express } from 'express';
import request from 'supertest';
import { Receivers } from '../../../activities/holding/receivers.js';
import { createActivities } from '../../../activities/index.js';
import type { Channel } from '../../../channels/channel.js';
import { accepted, prepared } from '../../../channels/sendResult.js';
import { readAttributeChange } from '../../../domain/profile/attributes/attributeChange.js';
import { storableObject } from '../../../domain/schema/storableText.js';
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import { Admission } from '../../../outbox/admission.js';
import { drainOnce } from '../../../outbox/drain.js';
import { sweepEditedHolds, sweepOldGenerations } from '../../../outbox/sweeps.js';
import type { Pool } from '../../../storage/pool.js';
import { ensurePartitions } from '../../../storage/queries/operations/maintenance.js';
import { withTransaction } from '../../../storage/withTransaction.js';
import type { Incoming } from '../../../stream/incoming.js';
import { recordEvents } from '../../../stream/recordEvents.js';
import type { StreamDeps } from '../../../stream/streamDeps.js';
import { createTemplates } from '../../../templates/liquidTemplates.js';
import { type DeliverCampaignInput, exceptionSignal } from '../../../workflows/contracts.js';
import { type History, SPAN } from '../../model/histories.js';
import { type Fate, MINUTE, type Rules, type Step } from '../../model/oracle.js';

export interface RealDeps {
  readonly pool: Pool;
  readonly stream: StreamDeps;
  /** The app's clock, to be set by the run. */
  readonly time: { now: number };
  readonly app: Express;
  readonly key: string;
}

interface Run {
  readonly pairingId: number;
  wakeAt: number;
}

/** Long enough for every delay, hold and stale message of the history to end. */
export const HORIZON = SPAN + 8 * 24 * 60 * MINUTE;
let serial = 0;

/** What the product makes of the history: the fates of every person's triggers. */
export async function realFates(deps: RealDeps, history: History): Promise<readonly (readonly Fate[])[]> {
  serial += 1;
  const name = `model-${serial}`;
  const { pool, time } = deps;
  time.now = history.startsAt;
  await ensurePartitions(pool, history.startsAt);
  await ensurePartitions(pool, history.startsAt + 30 * 24 * 60 * MINUTE);
  time.now = history.launchedAt;
  await ask(deps, 'post', '/v1/campaigns', definitionOf(name, history.rules));
  await ask(deps, 'post', `/v1/campaigns/${name}/launch`, {});
  const world = createRuns(deps, history.lag);

  const instants = instantsOf(history);
  const last = history.startsAt + HORIZON;
  for (let position = 0; ; ) {
    const planned = instants[position]?.at ?? Number.POSITIVE_INFINITY;
    const now = Math.min(planned, world.nextWake());
    if (now > last || now === Number.POSITIVE_INFINITY) break;
    time.now = now;
    const instant = planned === now ? instants[position++] : undefined;
    for (const operation of instant?.operations ?? []) await operate(deps, name, operation);
    await record(deps, name, instant?.steps ?? []);
    await world.drain();
    await world.attemptDue(now);
  }
  await ask(deps, 'post', `/v1/campaigns/${name}/archive`, {});
  return readFates(pool, name, history.people.length);
}

interface Instant {
  readonly at: number;
  readonly operations: readonly Step[];
  readonly steps: readonly { readonly person: number; readonly step: Step }[];
}

function instantsOf(history: History): readonly Instant[] {
  const byTime = new Map<number, { at: number; operations: Step[]; steps: { person: number; step: Step }[] }>();
  const of = (at: number) => {
    const known = byTime.get(at);
    if (known !== undefined) return known;
    const fresh = { at, operations: [], steps: [] };
    byTime.set(at, fresh);
    return fresh;
  };
  for (const operation of history.operations) of(operation.at).operations.push(operation);
  history.people.forEach((steps, person) => {
    for (const step of steps) of(step.at).steps.push({ person, step });
  });
  return [...byTime.values()].sort((a, b) => a.at - b.at);
}

async function operate(deps: RealDeps, name: string, operation: Step): Promise<void> {
  switch (operation.kind) {
    case 'edit':
      await ask(deps, 'put', `/v1/campaigns/${name}`, definitionOf(name, operation.rules));
      while (await sweepEditedHolds({ pool: deps.pool, clock: () => Promise.resolve(deps.time.now) }));
      return;
    case 'stop':
      await ask(deps, 'post', `/v1/campaigns/${name}/stop`, {});
      await sweepOldGenerations({ pool: deps.pool, clock: () => Promise.resolve(deps.time.now) });
      return;
    case 'resume':
      await ask(deps, 'post', `/v1/campaigns/${name}/resume`, {});
      return;
    case 'trigger':
    case 'buy':
    case 'tier':
    case 'zone':
      throw new Error(`${operation.kind} is no operation`);
  }
}

/** All that people did at one instant, in requests of at most 75 items. */
async function record({ pool, stream, time }: RealDeps, name: string, steps: Instant['steps']): Promise<void> {
  const attributes = steps.filter(({ step }) => step.kind === 'tier' || step.kind === 'zone');
  const triggers = steps.filter(({ step }) => step.kind === 'trigger');
  const purchases = steps.filter(({ step }) => step.kind === 'buy');
  for (const group of [attributes, [...triggers, ...purchases]]) {
    for (let from = 0; from < group.length; from += 75) {
      const incoming = group.slice(from, from + 75).flatMap((each, index) => incomingOf(name, each, index));
      await withTransaction(pool, (tx) => recordEvents(tx, stream, incoming, time.now));
    }
  }
}

function incomingOf(name: string, { person, step }: Instant['steps'][number], index: number): Incoming[] {
  const base = {
    index,
    identity: { kind: 'externalId' as const, value: `${name}-${person}` },
    updateExistingOnly: false,
  };
  const attribute = (field: string, value: string): Incoming[] => {
    const change = readAttributeChange(field, value, false);
    return change === null ? [] : [{ ...base, kind: 'attributes', inputArray: 'attributes', changes: [change] }];
  };
  switch (step.kind) {
    case 'tier':
      return attribute('tier', step.gold ? 'gold' : 'silver');
    case 'zone':
      return attribute('time_zone', step.zone);
    case 'trigger': {
      const properties = { value: step.value, cart: step.cart };
      const event = {
        kind: 'custom' as const,
        name: `${name}-trigger`,
        time: step.time,
        isWholeSecond: step.whole,
        properties,
      };
      return [{ ...base, ...event, inputArray: 'events', eventId: `${name}-${person}-${step.id}` }];
    }
    case 'buy': {
      const properties = { cart: step.cart, product_id: name, price: 1, quantity: 1, currency: 'EUR' };
      const event = { kind: 'purchase' as const, name, time: step.time, isWholeSecond: step.whole, properties };
      return [{ ...base, ...event, inputArray: 'purchases', eventId: `${name}-${person}-${step.id}` }];
    }
    case 'edit':
    case 'stop':
    case 'resume':
      throw new Error(`${step.kind} is nothing a person does`);
  }
}

function definitionOf(name: string, rules: Rules): object {
  const exceptions = {
    repeat: { customEvent: `${name}-trigger` },
    buy: { purchase: name },
    sameCart: { purchase: name, where: [{ property: 'cart', equalsTrigger: 'cart' }] },
  };
  const clock = (minute: number) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  return {
    key: name,
    name,
    trigger: {
      customEvent: `${name}-trigger`,
      ...(rules.minValue === null ? {} : { where: [{ property: 'value', atLeast: rules.minValue }] }),
    },
    ...(rules.delay === 0 ? {} : { delay: { after: `${rules.delay / MINUTE} minutes` } }),
    ...(rules.exceptions.length === 0 ? {} : { exceptions: rules.exceptions.map((each) => exceptions[each]) }),
    ...(rules.goldOnly ? { audience: { attribute: 'tier', equals: 'gold' } } : {}),
    recheckAudience: rules.recheck,
    ...(rules.window === null
      ? {}
      : {
          window: {
            from: clock(rules.window.from),
            to: clock(rules.window.to),
            missed: rules.window.next ? 'nextAvailable' : 'drop',
          },
        }),
    ...(rules.end === null ? {} : { duration: { end: rules.end, zone: 'user' } }),
    reEligibility: rules.again === null ? 'never' : { after: `${rules.again / MINUTE} minutes` },
    messages: [{ channel: 'webhook', url: 'https://receiver.example/', body: {}, honoursWebhookId: true }],
  };
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

const acceptingChannel: Channel = {
  name: 'webhook',
  timeoutMs: 1_000,
  maxRefusals: 5,
  onAmbiguous: 'resend',
  isKeyed: () => true,
  structure: (content) => content,
  lacks: () => Promise.resolve(null),
  receiver: () => 'one',
  prepare: prepared,
  send: () => Promise.resolve(accepted('')),
  check: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

export const modelTemplates = createTemplates({ threads: 1 });

interface StartOptions {
  readonly workflowId: string;
  readonly args: [DeliverCampaignInput];
  readonly startDelay?: number;
}

interface SignalOptions extends StartOptions {
  readonly signal: { readonly name: string };
}

/** Every run wakes so late as `lag` says. */
function createRuns({ pool, time }: RealDeps, lag: number) {
  const runs = new Map<string, Run>();
  const activities = createActivities({
    pool,
    clock: () => Promise.resolve(time.now),
    workspace: DEFAULT_WORKSPACE,
    channels: { webhook: acceptingChannel, email: acceptingChannel },
    templates: {
      ...modelTemplates,
      render: (content) => Promise.resolve({ kind: 'rendered', content: storableObject(content) }),
    },
    receivers: new Receivers({ slots: 50 }),
    random: () => 0,
    observe: { began: () => undefined, ended: () => undefined, sent: () => undefined, warned: () => undefined },
  });
  const workflow = {
    start: (_type: string, { workflowId, args, startDelay }: StartOptions) => {
      runs.set(workflowId, { pairingId: args[0].pairingId, wakeAt: time.now + (startDelay ?? 0) + lag });
      return Promise.resolve();
    },
    signalWithStart: (_type: string, { workflowId, args, signal }: SignalOptions) => {
      if (signal.name === exceptionSignal.name) runs.delete(workflowId);
      else runs.set(workflowId, { pairingId: args[0].pairingId, wakeAt: time.now + lag });
      return Promise.resolve();
    },
  };
  const drain = {
    pool,
    client: { workflow } as unknown as Client,
    taskQueue: 'model',
    // Nothing is in a hurry: the model's clock is its own.
    admission: new Admission({ takenUp: (ids) => Promise.resolve(ids) }),
    onGone: () => undefined,
    done: [],
    clock: () => Promise.resolve(time.now),
    workspace: DEFAULT_WORKSPACE,
    publicUrl: 'http://rappel.example',
    isKeyed: () => true,
  };
  return {
    nextWake: () => Math.min(Number.POSITIVE_INFINITY, ...[...runs.values()].map(({ wakeAt }) => wakeAt)),
    async drain() {
      while (await drainOnce(drain));
    },
    /** Pairing ids ascend as triggers are recorded; what falls due first goes first. */
    async attemptDue(now: number) {
      const due = [...runs.entries()].filter(([, run]) => run.wakeAt <= now);
      const order = await dueOrder(
        pool,
        due.map(([, { pairingId }]) => pairingId),
      );
      due.sort((a, b) => (order.get(a[1].pairingId) ?? 0) - (order.get(b[1].pairingId) ?? 0));
      for (const [id, run] of due) {
        const answer = await activities.attemptSend({ pairingId: run.pairingId, now, inline: false });
        if (answer.kind === 'ended') runs.delete(id);
        else if (answer.kind === 'hold') run.wakeAt = answer.until + lag;
        else throw new Error('a full attempt escalated');
      }
    },
  };
}

async function dueOrder(pool: Pool, ids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (ids.length < 2) return new Map();
  const { rows } = await pool.query<{ id: number }>(
    'select id from pairings where id = any($1::bigint[]) order by due_at, id',
    [ids],
  );
  return new Map(rows.map(({ id }, position) => [id, position]));
}

async function readFates(pool: Pool, name: string, people: number): Promise<readonly (readonly Fate[])[]> {
  const { rows } = await pool.query<{ person: string; key: string; fate: string; at: number | null }>(
    `with mine as (select u.id, u.external_id from users u where u.external_id like $1::text || '-%'),
     keyed as (
       select m.external_id, e.seq, e.properties, row_number() over (partition by m.id order by e.seq) as position
       from mine m join events e on e.user_id = m.id and e.kind in ('custom', 'purchase')
     )
     select k.external_id as person, k.position::text as key,
       case when p.outcome = 'sent' then 'sent' else coalesce(p.outcome, p.state) || ': ' || coalesce(p.reason, '') end as fate,
       (select receipt_at from messages g where g.pairing_id = p.id) as at
     from keyed k join mine m on m.external_id = k.external_id
     join pairings p on p.user_id = m.id and p.trigger_seq = k.seq
     union all
     select k.external_id, k.position::text, 'refused: ' || r.reason, null
     from keyed k join mine m on m.external_id = k.external_id
     join rejections r on r.user_id = m.id and r.event_seq = k.seq`,
    [name],
  );
  return Array.from({ length: people }, (_, person) =>
    rows
      .filter((row) => row.person === `${name}-${person}`)
      .map(({ key, fate, at }) => ({ trigger: Number(key), fate, at }))
      .sort((a, b) => a.trigger - b.trigger),
  );
}

async function ask({ app, key }: RealDeps, method: 'post' | 'put', path: string, body: object): Promise<void> {
  const answer = await request(app)[method](path).set('authorization', `Bearer ${key}`).send(body);
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
}
