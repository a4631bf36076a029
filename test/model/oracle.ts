// A slow, obvious account of what one campaign does to one person over a history. It shares no code with the product:
// where the two disagree, one of them is wrong. Time is epoch ms; windows and ends are on whole minutes.
import { Temporal } from '@js-temporal/polyfill';

export const MINUTE = 60_000;

/** The campaign as it stands; every edit gives a whole new one. */
export interface Rules {
  readonly delay: number;
  /** Triggers below this value do not match; null: every trigger does. */
  readonly minValue: number | null;
  /** `repeat`: the trigger's own event (a debounce); `buy`: a purchase; `sameCart`: a purchase of the trigger's cart. */
  readonly exceptions: readonly ('repeat' | 'buy' | 'sameCart')[];
  readonly goldOnly: boolean;
  readonly recheck: boolean;
  /** Minutes after midnight in the person's zone. */
  readonly window: { readonly from: number; readonly to: number; readonly next: boolean } | null;
  /** Local wall-clock time in the person's zone, as `2026-12-02T00:00`; exclusive. */
  readonly end: string | null;
  /** Null: once only. */
  readonly again: number | null;
}

export type Step = { readonly at: number } & (
  | {
      readonly kind: 'trigger' | 'buy';
      readonly id: number;
      readonly time: number;
      /** Its time was written without a fraction of a second. */
      readonly whole: boolean;
      readonly value: number;
      readonly cart: number;
    }
  | { readonly kind: 'tier'; readonly gold: boolean }
  | { readonly kind: 'zone'; readonly zone: string }
  | { readonly kind: 'edit'; readonly rules: Rules }
  | { readonly kind: 'stop' | 'resume' }
);

/** What became of the trigger with this id. `at`: when it was sent. */
export interface Fate {
  readonly trigger: number;
  readonly fate: string;
  readonly at: number | null;
}

interface Happened {
  readonly id: number;
  readonly kind: 'trigger' | 'buy';
  readonly time: number;
  readonly whole: boolean;
  readonly value: number;
  readonly cart: number;
}

interface Waiting {
  readonly trigger: Happened;
  readonly due: number;
  /** What it waits for: to be due, or the end of its hold. */
  wake: number;
  /** What lateness counts from. */
  planned: number;
  /** The next attempt: the machine is always so late. */
  look: number;
}

export interface Course {
  readonly launchedAt: number;
  readonly horizon: number;
  /** How late every attempt is made, below a minute. */
  readonly lag: number;
}

const WORKSPACE_ZONE = 'UTC';
const DAY_MINUTES = 1_440;
const STALE = 72 * 60 * MINUTE;
const SECOND = 1_000;

/** `steps` in the order they were recorded; at one instant, a person's own attributes come before events. */
export function fates(first: Rules, steps: readonly Step[], { launchedAt, horizon, lag }: Course): readonly Fate[] {
  let rules = first;
  let activeSince: number | null = launchedAt;
  let gold = false;
  let zone = WORKSPACE_ZONE;
  let receivedAt: number | null = null;
  let waiting: Waiting[] = [];
  const seen: Happened[] = [];
  const decided: Fate[] = [];
  const end = (trigger: number, fate: string, at: number | null = null) => decided.push({ trigger, fate, at });

  const cancels = (event: Happened, trigger: Happened): boolean => {
    if (!isLater(event, trigger)) return false;
    return rules.exceptions.some((exception) => {
      if (exception === 'repeat') return event.kind === 'trigger';
      return event.kind === 'buy' && (exception === 'buy' || event.cart === trigger.cart);
    });
  };
  const triggers = (event: Happened): boolean =>
    event.kind === 'trigger' && (rules.minValue === null || event.value >= rules.minValue);
  /** Of three repeats that are each later than another, the one recorded last stands. */
  const isOvertaken = (earlier: Happened, trigger: Happened): boolean =>
    triggers(earlier) &&
    earlier.id < trigger.id &&
    secondOf(earlier) === secondOf(trigger) &&
    seen.some(
      (between) =>
        between.whole &&
        triggers(between) &&
        secondOf(between) === secondOf(trigger) &&
        between.id < trigger.id &&
        cancels(between, earlier) &&
        cancels(trigger, between),
    );
  const isCancelled = (trigger: Happened): boolean =>
    seen.some((event) => cancels(event, trigger) && !isOvertaken(event, trigger));
  const isOver = (at: number): boolean => rules.end !== null && at >= instantOf(rules.end, zone);
  const mayReceive = (at: number): boolean =>
    receivedAt === null || rules.again === 0 || (rules.again !== null && at >= receivedAt + rules.again);

  const enter = (event: Happened, now: number): void => {
    if (activeSince === null || !triggers(event)) return;
    if (lastMoment(event) < activeSince) return void end(event.id, 'refused: before_launch');
    if (isOver(event.time)) return void end(event.id, 'refused: after_end');
    if (rules.goldOnly && !gold) return void end(event.id, 'refused: outside_audience');
    if (rules.window !== null && !isOpen(rules.window, event.time, zone))
      return void end(event.id, 'refused: outside_window');
    if (!mayReceive(lastMoment(event))) {
      return void end(event.id, rules.again === null ? 'refused: already_received' : 'refused: not_yet_re_eligible');
    }
    if (isCancelled(event)) return void end(event.id, 'cancelled: exception');
    const due = event.time + rules.delay;
    waiting.push({ trigger: event, due, wake: due, planned: due, look: Math.max(due, now) + lag });
  };

  const record = (event: Happened, now: number): void => {
    if (seen.some(({ id }) => id === event.id)) return;
    const cancelled = waiting.filter(({ trigger }) => activeSince !== null && cancels(event, trigger));
    for (const { trigger } of cancelled) end(trigger.id, 'cancelled: exception');
    waiting = waiting.filter((each) => !cancelled.includes(each));
    enter(event, now);
    seen.push(event);
  };

  /** A hold is decided anew: one that is still to come ends here. */
  const lookAgain = (each: Waiting, now: number): void => {
    if (now < each.wake) each.look = now + lag;
    each.planned = Math.min(each.planned, now);
    each.wake = now;
  };

  const apply = (step: Step): void => {
    switch (step.kind) {
      case 'trigger':
      case 'buy':
        return record(step, step.at);
      case 'tier':
        gold = step.gold;
        return;
      case 'zone':
        zone = step.zone;
        for (const each of waiting) {
          if (each.wake > each.due) lookAgain(each, step.at);
        }
        return;
      case 'edit':
        rules = step.rules;
        for (const each of waiting) {
          if (each.wake > Math.max(each.due, step.at)) lookAgain(each, step.at);
        }
        return;
      case 'stop':
        for (const { trigger } of waiting) end(trigger.id, 'cancelled: campaign_stopped');
        waiting = [];
        activeSince = null;
        return;
      case 'resume':
        activeSince ??= step.at;
        return;
    }
  };

  /** Every waiting message whose attempt is now, in the order they fell due. Held: look again when the hours begin. */
  const deliver = (now: number): void => {
    for (const each of [...waiting].sort((a, b) => a.due - b.due || a.trigger.id - b.trigger.id)) {
      if (each.look > now) continue;
      const at = now - each.wake < MINUTE ? each.wake : now;
      const fate = fateOf(each, at, now);
      if (typeof fate === 'number') {
        each.planned = fate;
        each.wake = fate;
        each.look = fate + lag;
        continue;
      }
      waiting = waiting.filter((other) => other !== each);
      end(each.trigger.id, fate, fate === 'sent' ? now : null);
      if (fate !== 'sent') continue;
      const counted = now - each.planned < MINUTE ? each.planned : now;
      receivedAt = Math.max(receivedAt ?? counted, counted);
    }
  };

  /** What becomes of it, or until when it is held: the first minute of the window's next hours. */
  const fateOf = ({ trigger, due, planned }: Waiting, at: number, now: number): string | number => {
    if (isCancelled(trigger)) return 'cancelled: exception';
    if (now - planned > STALE) return 'dropped: stale';
    if (isOver(at)) return 'dropped: after_end';
    if (!mayReceive(Math.max(now, due + lastMoment(trigger) - trigger.time)))
      return rules.again === null ? 'dropped: already_received' : 'dropped: not_yet_re_eligible';
    if (rules.window !== null && !isOpen(rules.window, at, zone)) {
      if (!rules.window.next) return 'dropped: outside_window';
      let opening = nextMinute(at);
      while (!isOpen(rules.window, opening, zone)) opening += MINUTE;
      return isOver(opening) ? 'dropped: after_end' : opening;
    }
    if (rules.recheck && rules.goldOnly && !gold) return 'dropped: left_audience';
    return 'sent';
  };

  let next = 0;
  for (;;) {
    const now = Math.min(steps[next]?.at ?? Number.POSITIVE_INFINITY, ...waiting.map(({ look }) => look));
    if (now > horizon) break;
    for (let step = steps[next]; step !== undefined && step.at <= now; step = steps[++next]) apply(step);
    deliver(now);
  }
  return decided.sort((a, b) => a.trigger - b.trigger);
}

/** Within one second, a time without a fraction is ordered by arrival. */
function isLater(a: Happened, b: Happened): boolean {
  const isByArrival = a.time === b.time || ((a.whole || b.whole) && secondOf(a) === secondOf(b));
  return isByArrival ? a.id > b.id : a.time > b.time;
}

function secondOf({ time }: Happened): number {
  return Math.floor(time / SECOND);
}

/** The last at which it may have happened. */
function lastMoment({ time, whole }: Happened): number {
  return whole ? time + SECOND - 1 : time;
}

function nextMinute(at: number): number {
  return (Math.floor(at / MINUTE) + 1) * MINUTE;
}

function isOpen(window: NonNullable<Rules['window']>, at: number, zone: string): boolean {
  const minute = ((((at + offsetAt(zone, at)) / MINUTE) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  return window.from < window.to
    ? minute >= window.from && minute < window.to
    : minute >= window.from || minute < window.to;
}

const offsets = new Map<string, number>();

function offsetAt(zone: string, at: number): number {
  const quarter = Math.floor(at / (15 * MINUTE));
  const key = `${zone} ${quarter}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    offset = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
    offsets.set(key, offset);
  }
  return offset;
}

function instantOf(local: string, zone: string): number {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'earlier' }).epochMilliseconds;
}
