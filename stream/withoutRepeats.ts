import { createHash } from 'node:crypto';
import { namespaceOf } from '../domain/event/kinds.js';
import type { TransactionClient } from '../storage/pool.js';
import { type FormerKeys, insertEventKeys } from '../storage/queries/events/insertEventKeys.js';
import type { Incoming, IncomingEvent } from './incoming.js';
import type { Accepted } from './refuseConversionsOfNonRecipients.js';

export type AcceptedEvent = Accepted & { readonly item: IncomingEvent };

/** UT-13: a repeat is the same person, kind, name and `event_id`; an event without one is always new (UT-10). */
export async function withoutRepeats(
  tx: TransactionClient,
  accepted: readonly Accepted[],
  now: number,
): Promise<{ readonly happened: readonly AcceptedEvent[]; readonly repeated: readonly Incoming[] }> {
  const events = accepted.filter((each): each is AcceptedEvent => each.item.kind !== 'attributes');
  const firstOf = new Map<string, AcceptedEvent>();
  for (const event of events) {
    const key = eventKey(event);
    if (key !== null && !firstOf.has(key)) firstOf.set(key, event);
  }
  if (firstOf.size === 0) return { happened: events, repeated: [] };
  const keys = [...firstOf].map(([key, event]) => ({ key, userId: event.userId, formerly: formerKeys(event) }));
  const fresh = await insertEventKeys(tx, keys, now);
  const isNew = (event: AcceptedEvent) => {
    const key = eventKey(event);
    return key === null || (firstOf.get(key) === event && fresh.has(key));
  };
  return {
    happened: events.filter(isNew),
    repeated: events.filter((event) => !isNew(event)).map(({ item }) => item),
  };
}

const DIGEST_BYTES = 16;

/** Of a digest: it is kept when its person is deleted, and the names of products and ids of callers' own tell of them. */
function eventKey(event: AcceptedEvent): string | null {
  const text = occurrenceOf(event);
  if (text === null) return null;
  const digest = createHash('sha256').update(text).digest().subarray(0, DIGEST_BYTES);
  return `${event.userId}:${digest.toString('base64url')}`;
}

/** The length of the name tells where it ends: both it and the id may hold colons. */
function occurrenceOf({ item: { kind, name, eventId } }: AcceptedEvent): string | null {
  return eventId === null ? null : `${kind}:${name.length}:${name}:${eventId}`;
}

/** The keys that earlier releases kept: of the id alone, and with all in clear. */
function formerKeys(event: AcceptedEvent): FormerKeys {
  const { userId, item } = event;
  return { ofId: `${namespaceOf(item.kind)}:${item.eventId}`, inClear: `${userId}:${occurrenceOf(event)}` };
}
