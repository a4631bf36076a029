// A slow, obvious account of what one campaign does to one person over a history. It shares no code with the product:
// where the two disagree, one of them is wrong. Time is epoch ms; everything happens on whole minutes.
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
  readonly value: number;
  readonly cart: number;
}

interface Waiting {
  readonly trigger: Happened;
  readonly due: number;
}

const WORKSPACE_ZONE = 'UTC';
const DAY_MINUTES = 1_440;
const STALE = 72 * 60 * MINUTE;

/** `steps` in the order they were recorded; within a minute, a person's own attributes come before events. */
export function fates(first: Rules, launchedAt: number, steps: readonly Step[], horizon: number): readonly Fate[] {
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
    const later = event.time > trigger.time || (event.time === trigger.time && event.id > trigger.id);
    if (!later) return false;
    return rules.exceptions.some((exception) => {
      if (exception === 'repeat') return event.kind === 'trigger';
      return event.kind === 'buy' && (exception === 'buy' || event.cart === trigger.cart);
    });
  };
  const isOver = (at: number): boolean => rules.end !== null && at >= instantOf(rules.end, zone);
  const mayReceive = (at: number): boolean =>
    receivedAt === null || rules.again === 0 || (rules.again !== null && at >= receivedAt + rules.again);

  const enter = (event: Happened): void => {
    if (activeSince === null || event.kind !== 'trigger') return;
    if (rules.minValue !== null && event.value < rules.minValue) return;
    if (event.time < activeSince) return void end(event.id, 'refused: before_launch');
    if (isOver(event.time)) return void end(event.id, 'refused: after_end');
    if (rules.goldOnly && !gold) return void end(event.id, 'refused: outside_audience');
    if (rules.window !== null && !isOpen(rules.window, event.time, zone))
      return void end(event.id, 'refused: outside_window');
    if (!mayReceive(event.time)) {
      return void end(event.id, rules.again === null ? 'refused: already_received' : 'refused: not_yet_re_eligible');
    }
    if (seen.some((earlier) => cancels(earlier, event))) return void end(event.id, 'cancelled: exception');
    waiting.push({ trigger: event, due: event.time + rules.delay });
  };

  const record = (event: Happened): void => {
    if (seen.some(({ id }) => id === event.id)) return;
    const cancelled = waiting.filter(({ trigger }) => activeSince !== null && cancels(event, trigger));
    for (const { trigger } of cancelled) end(trigger.id, 'cancelled: exception');
    waiting = waiting.filter((each) => !cancelled.includes(each));
    enter(event);
    seen.push(event);
  };

  const apply = (step: Step): void => {
    switch (step.kind) {
      case 'trigger':
      case 'buy':
        return record({ id: step.id, kind: step.kind, time: step.time, value: step.value, cart: step.cart });
      case 'tier':
        gold = step.gold;
        return;
      case 'zone':
        zone = step.zone;
        return;
      case 'edit':
        rules = step.rules;
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

  /** Every waiting message that is due now, in the order they fell due. Holding is simply not deciding yet. */
  const deliver = (now: number): void => {
    for (const each of [...waiting].sort((a, b) => a.due - b.due || a.trigger.id - b.trigger.id)) {
      if (each.due > now) continue;
      const fate = fateOf(each, now);
      if (fate === null) continue;
      waiting = waiting.filter((other) => other !== each);
      end(each.trigger.id, fate, fate === 'sent' ? now : null);
      if (fate === 'sent') receivedAt = Math.max(receivedAt ?? now, now);
    }
  };

  const fateOf = ({ trigger, due }: Waiting, now: number): string | null => {
    if (seen.some((event) => cancels(event, trigger))) return 'cancelled: exception';
    if (now - due > STALE) return 'dropped: stale';
    if (isOver(now)) return 'dropped: after_end';
    if (!mayReceive(now)) return rules.again === null ? 'dropped: already_received' : 'dropped: not_yet_re_eligible';
    if (rules.window !== null && !isOpen(rules.window, now, zone)) {
      if (!rules.window.next) return 'dropped: outside_window';
      let opening = now;
      while (!isOpen(rules.window, opening, zone)) opening += MINUTE;
      return isOver(opening) ? 'dropped: after_end' : null;
    }
    if (rules.recheck && rules.goldOnly && !gold) return 'dropped: left_audience';
    return 'sent';
  };

  let next = 0;
  for (let now = launchedAt; now <= horizon; now += MINUTE) {
    for (let step = steps[next]; step !== undefined && step.at <= now; step = steps[++next]) apply(step);
    deliver(now);
    const upcoming = steps[next];
    // Nothing can happen before the next step or the next due message: skip the empty minutes.
    const wake = Math.min(upcoming?.at ?? horizon, ...waiting.map(({ due }) => Math.max(due, now + MINUTE)));
    now = Math.max(now, wake - MINUTE);
  }
  return decided.sort((a, b) => a.trigger - b.trigger);
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
