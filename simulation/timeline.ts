/** A few of the people of a simulation, told: those who show an ending nobody before them showed come first. */
import { describeDid } from '../domain/event/kinds.js';
import { showInstant } from '../domain/explain/instants.js';
import { explainReason } from '../domain/explain/sentences.js';
import type { UserFacts } from '../domain/facts/userFacts.js';
import type { JsonObject } from '../domain/json.js';
import { personName } from '../domain/profile/personName.js';
import { zoneOfPerson } from '../domain/timing/zone.js';
import type { Workspace } from '../domain/workspace.js';
import type { TimelineEntry } from './timelineEntry.js';

export interface ToldMoment {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly what: TimelineEntry['kind'];
  readonly reason: string | null;
  readonly sentence: string;
  readonly evidence: JsonObject;
}

export interface Timeline {
  readonly userId: number;
  readonly externalId: string | null;
  readonly timeline: readonly ToldMoment[];
  /** Moments that were left away at its end. */
  readonly more: number;
}

const LONGEST = 50;

export class Sample {
  private readonly striking: Timeline[] = [];
  private readonly others: Timeline[] = [];
  private readonly shown = new Set<string>();

  constructor(
    private readonly size: number,
    private readonly workspace: Workspace,
  ) {}

  offer(person: UserFacts, moments: readonly TimelineEntry[]): void {
    if (moments.length === 0) return;
    const endings = moments.map((moment) => ('reason' in moment ? `${moment.kind} ${moment.reason}` : moment.kind));
    const isStriking = endings.some((ending) => !this.shown.has(ending));
    const list = isStriking ? this.striking : this.others;
    if (list.length >= this.size) return;
    for (const ending of endings) this.shown.add(ending);
    list.push(tell(person, moments, this.workspace));
  }

  result(): readonly Timeline[] {
    return [...this.striking, ...this.others].slice(0, this.size);
  }
}

function tell({ userId, profile }: UserFacts, moments: readonly TimelineEntry[], workspace: Workspace): Timeline {
  const zone = zoneOfPerson(profile.timeZone, workspace);
  const who = personName({ id: userId, externalId: profile.externalId, aliases: [] });
  const timeline = moments.slice(0, LONGEST).map((moment): ToldMoment => {
    const { at, kind } = moment;
    const [reason, evidence] = 'reason' in moment ? [moment.reason, moment.evidence] : [null, {}];
    return { at: new Date(at).toISOString(), what: kind, reason, sentence: sentenceOf(who, moment, zone), evidence };
  });
  return { userId, externalId: profile.externalId, timeline, more: moments.length - timeline.length };
}

function sentenceOf(who: string, moment: TimelineEntry, zone: string): string {
  const at = (instant: number) => showInstant(instant, zone);
  const { trigger } = moment;
  switch (moment.kind) {
    case 'entered':
      return `${who} ${describeDid(trigger)} at ${at(trigger.time)} and entered: the message is due at ${at(moment.dueAt)}.`;
    case 'rejected':
      return explainReason(moment.reason, { who, trigger, evidence: moment.evidence, when: 'entry', zone });
    case 'cancelled':
    case 'dropped':
      return explainReason(moment.reason, { who, trigger, evidence: moment.evidence, when: 'due', zone });
    case 'held':
      return `${HELD[moment.because]}: the message for ${who} is held until ${at(moment.until)}.`;
    case 'moved':
      return `The time zone of ${who} changed: the message is looked at again at ${at(moment.wakeAt)}.`;
    case 'sent':
      return `The message is sent to ${who} at ${at(moment.at)}.`;
    case 'parked':
      return `The message for ${who} is parked: its rules cannot be evaluated: ${moment.failure}`;
    case 'waiting':
      return `The message for ${who} still waits, until ${at(moment.until)}.`;
  }
}

const HELD = {
  not_due: 'It is not due yet',
  window: 'The time window is closed',
  quiet_hours: 'These are quiet hours',
  another_send: 'Another message of the campaign is being sent',
} as const;
