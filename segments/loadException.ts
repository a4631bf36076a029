/**
 * AB-37, AB-38: the first stored event after a trigger that is its exception. Looked for page by page, oldest first: a
 * person may have done more since than a process can hold.
 */
import type { Campaign } from '../domain/campaign/campaign.js';
import { EvaluationError, evaluating } from '../domain/decision/evaluation.js';
import { firstExceptionAfter } from '../domain/decision/step.js';
import { isOfSameSecond, type StreamEvent } from '../domain/event/streamEvent.js';
import type { Queryable } from '../storage/pool.js';
import {
  PAGE_ROWS,
  type PageRow,
  type StoredEventBody,
  selectStoredEvents,
} from '../storage/queries/events/storedHistory.js';
import type { SendFactsRequest, SendFactsRow } from '../storage/queries/messages/selectSendFacts.js';
import { isLastPage, nextLimit } from './readOn.js';

/** Looked at for one message: about 10 s. With more, the message is parked. */
const MOST_EVENTS = 200_000;
/** Of the trigger's own second, which is judged in one piece. */
const MOST_OF_A_SECOND = 10_000;
const MOST_BYTES_OF_A_SECOND = 16 * 2 ** 20;

interface Search {
  readonly request: SendFactsRequest;
  readonly campaign: Campaign;
  readonly first: SendFactsRow['exceptions'];
}

interface Page extends PageRow {
  readonly events: readonly StoredEventBody[];
}

export async function loadException(tx: Queryable, { request, campaign, first }: Search): Promise<StreamEvent | null> {
  const { userId, trigger } = request;
  let page: Page | null = first;
  let limit = PAGE_ROWS;
  let ofSecond: readonly StreamEvent[] = [];
  let bytesOfSecond = 0;
  for (let seen = 0; page !== null; ) {
    const candidates: readonly StreamEvent[] = [...ofSecond, ...page.events.map((body) => ({ ...body, userId }))];
    const shown = page.events.length;
    const isLast = isLastPage({ found: page.found, shown }, limit);
    const last = candidates.at(-1);
    // What comes later in the trigger's own second may speak for the trigger (AB-18).
    const isSecondOver = isLast || last === undefined || !isOfSameSecond(last, trigger);
    if (isSecondOver) {
      const found = evaluating(() => firstExceptionAfter(campaign, trigger, candidates));
      if (found !== null || isLast || last === undefined) return found;
      ofSecond = [];
    } else {
      ofSecond = candidates;
      bytesOfSecond += page.bytes;
    }
    seen += shown;
    if (seen >= MOST_EVENTS || ofSecond.length >= MOST_OF_A_SECOND || bytesOfSecond >= MOST_BYTES_OF_A_SECOND)
      throw new EvaluationError('rules_failed', tooMuch(seen));
    limit = nextLimit(shown, limit);
    page = await nextPage(tx, request, { last, limit });
  }
  return null;
}

function tooMuch(seen: number): string {
  return `the person has done more since the trigger than is looked through for one message: among the first ${seen} events that its exceptions listen to none of them is an exception`;
}

async function nextPage(
  tx: Queryable,
  { userId, exceptions, askedOfStored, trigger }: SendFactsRequest,
  { last, limit }: { readonly last: StreamEvent; readonly limit: number },
): Promise<Page | null> {
  const request = { userIds: [userId], listeners: exceptions, keys: askedOfStored, since: trigger.time };
  const rows = await selectStoredEvents(tx, request, { user_id: userId, body: last }, limit);
  const [{ found } = { found: 0 }] = rows;
  return { found, bytes: rows.at(-1)?.bytes ?? 0, events: rows.map(({ body }) => body) };
}
