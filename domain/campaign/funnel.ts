import type { Reason } from '../decision/reasons.js';

/** How many counted, by reason. */
export type ByReason = Readonly<Partial<Record<Reason, number>>>;

/** One number of the kept counts. */
export interface KeptCount {
  /** Of a generation that a stop or an archive has ended: whoever still waits in it counts as cancelled (LC-04). */
  readonly isClosing: boolean;
  /** `sending`: now, whenever they entered; of ended generations only. */
  readonly metric:
    | 'turned_away'
    | 'entered'
    | 'parked'
    | 'sending'
    | 'sent'
    | 'cancelled'
    | 'dropped'
    | 'failed'
    | 'unknown';
  readonly reason: Reason | '';
  readonly count: number;
}

/** Where the people of a campaign are who met its trigger, each meeting counted. */
export interface Funnel {
  /** How often its trigger was met: who was turned away, and who entered. */
  readonly metTrigger: number;
  readonly turnedAway: ByReason;
  readonly entered: number;
  /** In their delay or a hold, or being sent, now. */
  readonly waiting: number;
  /** Now. */
  readonly parked: number;
  readonly sent: number;
  readonly cancelled: ByReason;
  readonly dropped: ByReason;
  readonly failed: ByReason;
  readonly unknown: ByReason;
}

const ENDED = ['sent', 'cancelled', 'dropped', 'failed', 'unknown'] as const;

/**
 * The funnel of a campaign from its kept counts. Waiting is who entered and has neither ended nor is parked; of an ended
 * generation only those being sent wait, and the others are cancelled at once, though their rows are closed later.
 *
 * @param counts all there are; they say who waits and who is parked.
 * @param during those of the days that are asked for; they say what happened.
 * @param closedAs what ended the older generations; null: the days that are asked for ended before today.
 */
export function funnelOf(
  counts: readonly KeptCount[],
  during: readonly KeptCount[],
  closedAs: 'campaign_stopped' | 'campaign_archived' | null,
): Funnel {
  const sending = sum(counts, 'sending');
  const closing = notEnded(counts, true) - sending;
  const parked = sum(
    counts.filter(({ isClosing }) => !isClosing),
    'parked',
  );
  const turnedAway = byReason(during, 'turned_away');
  const entered = sum(during, 'entered');
  const cancelled = byReason(during, 'cancelled');
  return {
    metTrigger: sum(during, 'turned_away') + entered,
    turnedAway,
    entered,
    waiting: notEnded(counts, false) - parked + sending,
    parked,
    sent: sum(during, 'sent'),
    cancelled:
      closedAs === null || closing === 0
        ? cancelled
        : { ...cancelled, [closedAs]: (cancelled[closedAs] ?? 0) + closing },
    dropped: byReason(during, 'dropped'),
    failed: byReason(during, 'failed'),
    unknown: byReason(during, 'unknown'),
  };
}

/** Whether anybody of an ended generation has not ended: then `sending` must be known to tell what they count as. */
export function waitsInEnded(counts: readonly KeptCount[]): boolean {
  return notEnded(counts, true) !== 0;
}

function notEnded(counts: readonly KeptCount[], isClosing: boolean): number {
  const own = counts.filter((count) => count.isClosing === isClosing);
  return sum(own, 'entered') - ENDED.reduce((ended, metric) => ended + sum(own, metric), 0);
}

function sum(counts: readonly KeptCount[], wanted: KeptCount['metric']): number {
  return counts.reduce((total, { metric, count }) => (metric === wanted ? total + count : total), 0);
}

function byReason(counts: readonly KeptCount[], wanted: KeptCount['metric']): ByReason {
  const found: Partial<Record<Reason, number>> = {};
  for (const { metric, reason, count } of counts) {
    if (metric === wanted && reason !== '' && count !== 0) found[reason] = (found[reason] ?? 0) + count;
  }
  return found;
}
