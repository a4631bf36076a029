/**
 * AB-37, AB-38: the first stored event after a trigger that is its exception. Looked for page by page, oldest first: a
 * person may have done more since than a process can hold.
 */
import type { Campaign } from '../domain/campaign/campaign.js';
import { EvaluationError, evaluating } from '../domain/decision/evaluation.js';
import { firstExceptionAfter } from '../domain/decision/step.js';
import type { TriggerSnapshot } from '../domain/event/matcher.js';
import { isOfSameSecond, type StreamEvent } from '../domain/event/streamEvent.js';
import type { Queryable } from '../storage/pool.js';
import {
  PAGE_ROWS,
  type StoredEventRow,
  type StoredEventsRequest,
  selectStoredEvents,
} from '../storage/queries/events/storedHistory.js';
import { isLastPage, nextLimit } from './readOn.js';

/** Looked at for one message: about 10 s. With more, the message is parked. */
const MOST_EVENTS = 200_000;
/** Of the trigger's own second, which is judged in one piece. */
const MOST_OF_A_SECOND = 10_000;
const MOST_BYTES_OF_A_SECOND = 16 * 2 ** 20;

interface Search {
  readonly campaign: Campaign;
  readonly trigger: TriggerSnapshot;
  /** One person's events from the trigger's second on. */
  readonly stored: StoredEventsRequest;
  /** The first page of them, in whatever order. */
  readonly first: readonly StoredEventRow[];
}

/** Null: none of them is an exception. Throws an `EvaluationError` where that would be too much to look through. */
export async function loadException(tx: Queryable, search: Search): Promise<StreamEvent | null> {
  const { campaign, trigger, stored, first } = search;
  let page: readonly StoredEventRow[] = first.toSorted((a, b) => a.bytes - b.bytes);
  let limit = PAGE_ROWS;
  let ofSecond: readonly StreamEvent[] = [];
  let bytesOfSecond = 0;
  for (let seen = 0; ; ) {
    const candidates: readonly StreamEvent[] = [
      ...ofSecond,
      ...page.map(({ user_id, body }) => ({ ...body, userId: user_id })),
    ];
    const { found, bytes } = page.at(-1) ?? { found: 0, bytes: 0 };
    const isLast = isLastPage({ found, shown: page.length }, limit);
    const last = candidates.at(-1);
    // What comes later in the trigger's own second may speak for the trigger (AB-18).
    const isSecondOver = isLast || last === undefined || !isOfSameSecond(last, trigger);
    if (isSecondOver) {
      const exception = evaluating(() => firstExceptionAfter(campaign, trigger, candidates));
      if (exception !== null || isLast || last === undefined) return exception;
      ofSecond = [];
    } else {
      ofSecond = candidates;
      bytesOfSecond += bytes;
    }
    seen += page.length;
    if (seen >= MOST_EVENTS || ofSecond.length >= MOST_OF_A_SECOND || bytesOfSecond >= MOST_BYTES_OF_A_SECOND)
      throw new EvaluationError('rules_failed', tooMuch(seen));
    limit = nextLimit(page.length, limit);
    page = await selectStoredEvents(tx, stored, { user_id: last.userId, body: last }, limit);
  }
}

function tooMuch(seen: number): string {
  return `the person has done more since the trigger than is looked through for one message: among the first ${seen} events that its exceptions listen to none of them is an exception`;
}
