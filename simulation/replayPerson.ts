/**
 * One person's events of the period through the rules that decide live, in the order of recording, with every attempt
 * to send at the instant at which it would have been made. A send is taken to be accepted at once.
 */
import type { Campaign } from '../domain/campaign/campaign.js';
import { variantOf } from '../domain/campaign/variantOf.js';
import { channelsOf } from '../domain/channel/index.js';
import { decide } from '../domain/decision/decide.js';
import { type Effect, exceptionEvidence } from '../domain/decision/effects.js';
import { laterReceipt, type Receipt } from '../domain/decision/gates/gates.js';
import type { ListenerIndex } from '../domain/decision/listeners.js';
import { countedInstant } from '../domain/decision/punctuality.js';
import { rescheduleForZone } from '../domain/decision/reschedule.js';
import { type PersonState, step } from '../domain/decision/step.js';
import { type Verdict } from '../domain/decision/verdict.js';
import { type StreamEvent, startOfSecond } from '../domain/event/streamEvent.js';
import type { Workspace } from '../domain/workspace.js';
import type { PastPerson } from './pastPeople.js';
import { redoChange } from './pastProfile.js';
import type { TimelineEntry } from './timelineEntry.js';
import { WaitingList, type WaitingMessage } from './waitingList.js';

export interface Stage {
  readonly campaign: Campaign;
  readonly listeners: ListenerIndex;
  readonly workspace: Workspace;
  readonly from: number;
  readonly to: number;
}

export function replayPerson(person: PastPerson, stage: Stage): readonly TimelineEntry[] {
  return new Replay(person, stage).run();
}

const NONE: PersonState['waiting'] = new Map();

class Replay {
  private readonly moments: TimelineEntry[] = [];
  private readonly waiting = new WaitingList();
  private readonly carried: Receipt[];
  /** Stored exceptions that a late trigger may find, and the time of the last of them. */
  private stored: StreamEvent[] = [];
  private lastStored: number | null = null;
  private state: PersonState;

  constructor(
    private readonly person: PastPerson,
    private readonly stage: Stage,
  ) {
    const { campaign } = stage;
    const receipts = new Map(person.receipt === null ? [] : [[campaign.id, person.receipt]]);
    this.carried = [...person.carried];
    this.state = { facts: person.facts, open: [], waiting: NONE, receipts, stored: [] };
  }

  run(): readonly TimelineEntry[] {
    const { from, to } = this.stage;
    for (const event of this.person.events) {
      if (event.receivedAt >= from) {
        this.attemptBefore(event.receivedAt);
        this.record(event);
      }
      this.store(event);
    }
    this.attemptBefore(to);
    for (const { pairing, attemptAt } of this.waiting.all()) {
      this.moments.push({ kind: 'waiting', at: to, trigger: pairing.trigger, until: attemptAt });
    }
    return this.moments;
  }

  private record(event: StreamEvent): void {
    const { listeners, workspace } = this.stage;
    const now = event.receivedAt;
    if (event.kind === 'attributes') {
      const profile = redoChange(this.state.facts.profile, event.properties);
      this.state = { ...this.state, facts: { ...this.state.facts, profile } };
    }
    // The fold copies what is stored at every event: it is handed over only where it can matter.
    const isLate = this.lastStored !== null && this.lastStored >= startOfSecond(event.time);
    const { open } = this.state;
    // What else the person waited for is not replayed.
    const waiting = open.length === 0 ? NONE : new Map([[this.stage.campaign.id, open.length]]);
    const person = { ...this.state, waiting, stored: isLate ? this.stored : [] };
    const result = step({ person, event, listeners, workspace, now });
    this.state = { ...result.person, stored: [] };
    for (const effect of result.effects) this.note(effect, now);
    if (event.kind === 'attributes' && Object.hasOwn(event.properties, 'time_zone')) this.followZone(now);
  }

  private note(effect: Effect, now: number): void {
    switch (effect.kind) {
      case 'enter': {
        const { pairing, dueAt, failure } = effect;
        this.moments.push({ kind: 'entered', at: now, trigger: pairing.trigger, dueAt });
        if (failure !== null) this.moments.push({ kind: 'parked', at: now, trigger: pairing.trigger, failure });
        else this.waiting.add({ pairing, dueAt, plannedAt: dueAt, wakeAt: dueAt, attemptAt: Math.max(dueAt, now) });
        return;
      }
      case 'reject': {
        const { trigger, reason, evidence } = effect;
        this.moments.push({ kind: 'rejected', at: now, trigger, reason, evidence });
        return;
      }
      case 'cancel': {
        const { pairing, by } = effect;
        if (this.waiting.remove(pairing) === null) return;
        const evidence = exceptionEvidence(by);
        this.moments.push({ kind: 'cancelled', at: now, trigger: pairing.trigger, reason: 'exception', evidence });
        return;
      }
      case 'park': {
        const { pairing, failure } = effect;
        if (this.waiting.remove(pairing) === null) return;
        this.moments.push({ kind: 'parked', at: now, trigger: pairing.trigger, failure });
        return;
      }
      case 'event':
        // It is of this campaign, and only other campaigns may be triggered by it.
        return;
    }
  }

  private followZone(now: number): void {
    const { campaign, workspace } = this.stage;
    const { timeZone } = this.state.facts.profile;
    for (const { pairing, dueAt, plannedAt, wakeAt } of this.waiting.all()) {
      const waiting = { triggerTime: pairing.trigger.time, dueAt, plannedAt, wakeAt, entered: campaign, campaign };
      const moved = rescheduleForZone(waiting, { timeZone, workspace, now });
      if (moved === null) continue;
      this.waiting.remove(pairing);
      this.waiting.add({ pairing, ...moved, attemptAt: Math.max(moved.wakeAt, now) });
      this.moments.push({ kind: 'moved', at: now, trigger: pairing.trigger, dueAt: moved.dueAt, wakeAt: moved.wakeAt });
    }
  }

  private attemptBefore(instant: number): void {
    for (let next = this.waiting.takeBefore(instant); next !== null; next = this.waiting.takeBefore(instant)) {
      this.receiveCarried(next.attemptAt);
      this.attempt(next);
    }
    this.receiveCarried(instant - 1);
  }

  /** What waited when the period began is not decided again, but was received. */
  private receiveCarried(until: number): void {
    for (let next = this.carried[0]; next !== undefined && next.lastAt <= until; next = this.carried[0]) {
      this.carried.shift();
      this.receive(next);
    }
  }

  private receive(receipt: Receipt): void {
    const { id } = this.stage.campaign;
    const latest = laterReceipt(this.state.receipts.get(id) ?? null, receipt);
    this.state = { ...this.state, receipts: new Map([[id, latest]]) };
  }

  private attempt(message: WaitingMessage): void {
    const { pairing, attemptAt: at } = message;
    const { trigger } = pairing;
    const verdict = this.judge(message);
    switch (verdict.kind) {
      case 'hold': {
        const { until, because } = verdict;
        // Here only the campaign's own hours hold.
        this.waiting.add({ ...message, plannedAt: until, wakeAt: until, attemptAt: until });
        this.moments.push({ kind: 'held', at, trigger, until, because });
        return;
      }
      case 'end':
        this.moments.push({ kind: verdict.outcome, at, trigger, reason: verdict.reason, evidence: verdict.evidence });
        break;
      case 'send':
        this.moments.push({ kind: 'sent', at, trigger });
        this.receive({ lastAt: at, countsFrom: countedInstant(message.plannedAt, at) });
        break;
      case 'failed':
        this.moments.push({ kind: 'parked', at, trigger, failure: verdict.failure });
        break;
    }
    this.state = { ...this.state, open: this.state.open.filter((open) => open !== pairing) };
  }

  private judge(message: WaitingMessage): Verdict | { readonly kind: 'failed'; readonly failure: string } {
    const { campaign, workspace } = this.stage;
    const { pairing, dueAt, plannedAt, wakeAt, attemptAt } = message;
    const facts = {
      campaign,
      pairing: { generation: campaign.generation, dueAt, plannedAt, wakeAt, trigger: pairing.trigger },
      person: this.state.facts,
      receipt: this.state.receipts.get(campaign.id) ?? null,
      claimedUntil: null,
      // Those stored at entry, and those recorded since, have cancelled it already.
      exception: null,
      pending: channelsOf(variantOf({ campaign, userId: this.person.facts.userId }).messages),
    };
    try {
      return decide(facts, workspace, attemptAt);
    } catch (error) {
      return { kind: 'failed', failure: error instanceof Error ? error.message : String(error) };
    }
  }

  private store(event: StreamEvent): void {
    const { listeners, workspace } = this.stage;
    if (listeners.campaignsHearing(event, 'exception').length === 0) return;
    this.stored.push(event);
    this.lastStored = Math.max(this.lastStored ?? event.time, event.time);
    // Triggers older than that are refused (AB-16), so their exceptions are not looked for.
    const since = event.receivedAt - workspace.maxTriggerAgeMs;
    if ((this.stored[0]?.time ?? since) < since) this.stored = this.stored.filter(({ time }) => time >= since);
  }
}
