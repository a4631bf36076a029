/**
 * What a campaign would have done in a past period: the stored events, through the rules that decide live. Reads one
 * moment of the database in one read-only transaction, a block of people at a time; sends nothing, writes nothing.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { needsOf } from '../domain/audience/filter.js';
import type { Campaign } from '../domain/campaign/campaign.js';
import { exceptionsOf } from '../domain/campaign/entry.js';
import { ListenerIndex } from '../domain/decision/listeners.js';
import { askedByTests, askedOfEvents, askedOfTriggers } from '../domain/event/askedProperties.js';
import type { EventKind } from '../domain/event/kinds.js';
import type { EventMatcher } from '../domain/event/matcher.js';
import { type FactNeed, needsOfKind } from '../domain/facts/userFacts.js';
import type { Workspace } from '../domain/workspace.js';
import type { Pool, TransactionClient } from '../storage/pool.js';
import { type EventNames, openSimulatedEvents } from '../storage/queries/simulation/simulatedEvents.js';
import {
  becomeReader,
  cancelStatement,
  type SimulationStart,
  startSimulation,
} from '../storage/queries/simulation/startSimulation.js';
import { withTransaction } from '../storage/withTransaction.js';
import { readPastPeople } from './pastPeople.js';
import { replayPerson } from './replayPerson.js';
import { Counter, type SimulatedCounts } from './simulatedCounts.js';
import { Sample, type Timeline } from './timeline.js';

export interface SimulationInput {
  readonly pool: Pool;
  readonly workspace: Workspace;
  /** As it would have decided: see `asIfActive`. */
  readonly campaign: Campaign;
  /** Null: no campaign of that key is stored, so nobody has received it. */
  readonly campaignId: number | null;
  readonly from: number;
  readonly to: number;
  /** How many people to tell of. */
  readonly sample: number;
  /** Ends the simulation, its running statement included. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => Promise<void>;
}

export interface Progress {
  readonly people: number;
  readonly events: number;
}

export interface SimulationResult extends SimulatedCounts {
  readonly events: number;
  /** People with more events than are looked at of one person. */
  readonly leftOut: number;
  /** Messages of the campaign that waited when the period began: they are not decided again, but count as received. */
  readonly waitingAtStart: number;
  readonly sample: readonly Timeline[];
}

const STATEMENT_TIMEOUT_MS = 120_000;
/** Other requests of this process wait no longer than this. */
const TURN_MS = 10;

/** Active since the period began, unless it already was before. */
export function asIfActive(campaign: Campaign, from: number): Campaign {
  return { ...campaign, state: 'active', activeSince: Math.min(campaign.activeSince ?? from, from) };
}

export async function simulate(input: SimulationInput): Promise<SimulationResult> {
  return withTransaction(input.pool, async (tx) => {
    const pid = await becomeReader(tx, STATEMENT_TIMEOUT_MS);
    let cancelling = Promise.resolve();
    const cancel = () => {
      // Not being able to cancel leaves the statement to its timeout.
      cancelling = cancelStatement(input.pool, pid).catch(() => undefined);
    };
    input.signal.addEventListener('abort', cancel);
    try {
      input.signal.throwIfAborted();
      return await run(tx, input, await startSimulation(tx, input));
    } catch (error) {
      input.signal.throwIfAborted();
      throw error;
    } finally {
      input.signal.removeEventListener('abort', cancel);
      // A cancellation still under way would hit whoever has the connection next.
      await cancelling;
    }
  });
}

async function run(tx: TransactionClient, input: SimulationInput, start: SimulationStart): Promise<SimulationResult> {
  const { campaign, workspace, from, to } = input;
  const activeKeys = new Set([...start.activeKeys, campaign.key]);
  const stage = { campaign, listeners: new ListenerIndex([campaign], activeKeys), workspace, from, to };
  const needs = campaign.audience === null ? [] : needsOf(campaign.audience);
  const counter = new Counter(from, to, workspace.timeZone);
  const sample = new Sample(input.sample, workspace);
  const done = { people: 0, events: 0, leftOut: 0 };

  const storedFrom = from - workspace.maxTriggerAgeMs;
  const read = eventsOf(campaign, needs);
  await openSimulatedEvents(tx, { ...read, from, to, storedFrom });
  for await (const block of readPastPeople(tx, { ...input, ...start, needs, storedFrom, keys: read.keys })) {
    let turnedAt = performance.now();
    for (const person of block.people) {
      const moments = replayPerson(person, stage);
      counter.add(moments);
      sample.offer(person.facts, moments);
      if (performance.now() - turnedAt < TURN_MS) continue;
      await nextTurn();
      turnedAt = performance.now();
    }
    done.people += block.people.length;
    done.events += block.events;
    done.leftOut += block.leftOut;
    await input.onProgress({ people: done.people, events: done.events });
    input.signal.throwIfAborted();
  }
  const { events, leftOut } = done;
  return { events, leftOut, waitingAtStart: start.waitingAtStart, ...counter.result(), sample: sample.result() };
}

/** What counters read of a purchase. */
const COUNTED = ['quantity', 'price'];

/** Whatever a decision may depend on: what the campaign listens to, changes of the profile, and what its audience counts. */
function eventsOf(campaign: Campaign, needs: readonly FactNeed[]) {
  const { trigger } = campaign.entry;
  const exceptions = exceptionsOf(campaign);
  const listeners = [trigger, ...exceptions].map(namesOf);
  const matching = needsOfKind(needs, 'matching');
  const counters = [...needsOfKind(needs, 'total'), ...needsOfKind(needs, 'recent'), ...matching];
  const counted = counters.map(({ eventKind: kind, name }) =>
    namesOf({ kind, name: kind === 'purchase' && name === '' ? null : name }),
  );
  const looked = matching.flatMap(({ where }) => askedByTests(where));
  return {
    triggers: namesOf(trigger),
    triggerField: trigger.kind === 'attributes' ? trigger.name : null,
    wanted: union([{ kinds: ['attributes'], keys: [] }, ...listeners, ...counted]),
    stored: union(exceptions.map(namesOf)),
    keys: [...askedOfEvents([trigger, ...exceptions]), ...askedOfTriggers(exceptions), ...looked, ...COUNTED],
  };
}

function namesOf({ kind, name }: { readonly kind: EventKind; readonly name: EventMatcher['name'] }): EventNames {
  // The name of a matcher on changes of the profile is a field of the event, not its name.
  if (name === null || kind === 'attributes') return { kinds: [kind], keys: [] };
  return { kinds: [], keys: [`${kind}:${name}`] };
}

function union(all: readonly EventNames[]): EventNames {
  return { kinds: all.flatMap(({ kinds }) => kinds), keys: all.flatMap(({ keys }) => keys) };
}
