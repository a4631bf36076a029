/** Counts what a simulation says happened; days are those of the workspace's zone, the empty ones included. */
import type { Reason } from '../domain/decision/reasons.js';
import { DAY_MS, firstInstantAt, startOfLocalDay, toLocalMs } from '../domain/timing/localTime.js';
import type { TimelineEntry } from './timelineEntry.js';

export type CountByReason = Readonly<Partial<Record<Reason, number>>>;

export interface SimulatedCounts {
  /** People who did something the trigger listens to. */
  readonly people: number;
  /** Each is sent, cancelled, dropped, parked or still waiting. */
  readonly entries: number;
  readonly rejections: CountByReason;
  readonly cancellations: CountByReason;
  readonly drops: CountByReason;
  readonly sends: { readonly total: number; readonly perDay: readonly DayCount[] };
  readonly parked: number;
  readonly waiting: number;
}

export interface DayCount {
  /** As `2026-12-01`. */
  readonly day: string;
  readonly count: number;
}

export class Counter {
  private people = 0;
  private entries = 0;
  private parked = 0;
  private waiting = 0;
  private readonly rejections = new Map<Reason, number>();
  private readonly cancellations = new Map<Reason, number>();
  private readonly drops = new Map<Reason, number>();
  private readonly days: { readonly day: string; readonly endsAt: number; count: number }[];

  constructor(from: number, to: number, zone: string) {
    this.days = daysBetween(from, to, zone);
  }

  add(moments: readonly TimelineEntry[]): void {
    this.people += 1;
    for (const moment of moments) this.count(moment);
  }

  private count(moment: TimelineEntry): void {
    switch (moment.kind) {
      case 'entered':
        this.entries += 1;
        return;
      case 'rejected':
        return raise(this.rejections, moment.reason);
      case 'cancelled':
        return raise(this.cancellations, moment.reason);
      case 'dropped':
        return raise(this.drops, moment.reason);
      case 'parked':
        this.parked += 1;
        return;
      case 'waiting':
        this.waiting += 1;
        return;
      case 'sent': {
        const day = this.days.find(({ endsAt }) => moment.at < endsAt);
        if (day !== undefined) day.count += 1;
        return;
      }
      case 'held':
      case 'moved':
        return;
    }
  }

  result(): SimulatedCounts {
    const perDay = this.days.map(({ day, count }) => ({ day, count }));
    return {
      people: this.people,
      entries: this.entries,
      rejections: Object.fromEntries(this.rejections),
      cancellations: Object.fromEntries(this.cancellations),
      drops: Object.fromEntries(this.drops),
      sends: { total: perDay.reduce((sum, { count }) => sum + count, 0), perDay },
      parked: this.parked,
      waiting: this.waiting,
    };
  }
}

function raise(counts: Map<Reason, number>, reason: Reason): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
}

/** Their ends are found once, so that no send asks for a zone's offset. */
function daysBetween(from: number, to: number, zone: string) {
  const days: { readonly day: string; readonly endsAt: number; count: number }[] = [];
  const last = startOfLocalDay(toLocalMs(to - 1, zone));
  for (let day = startOfLocalDay(toLocalMs(from, zone)); day <= last; day += DAY_MS) {
    days.push({ day: new Date(day).toISOString().slice(0, 10), endsAt: firstInstantAt(day + DAY_MS, zone), count: 0 });
  }
  return days;
}
