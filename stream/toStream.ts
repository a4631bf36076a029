import type { StreamEvent } from '../domain/event/streamEvent.js';
import type { ProfileUpdate } from './people/profileUpdate.js';
import type { AcceptedEvent } from './withoutRepeats.js';

/** How events are numbered and dated. */
export interface Stamp {
  readonly seqs: readonly number[];
  readonly now: number;
  /** Null: they are received now. Imported ones are received when they happened, but for those from before this instant. */
  readonly importedFrom: number | null;
}

/** EV-08: attributes first, then events in the order given; times clipped to now (UT-06). */
export function toStream(
  happened: readonly AcceptedEvent[],
  updates: readonly ProfileUpdate[],
  { seqs, now, importedFrom }: Stamp,
): readonly StreamEvent[] {
  const drawn = seqs.values();
  const next = (): number => {
    const { value, done } = drawn.next();
    if (done === true) throw new Error('fewer sequence numbers than events');
    return value;
  };
  const isImported = importedFrom !== null;
  const changes: StreamEvent[] = updates.map(({ userId, changed }) => ({
    seq: next(),
    userId,
    kind: 'attributes',
    name: '',
    time: now,
    receivedAt: now,
    isImported,
    properties: changed,
  }));
  const events: StreamEvent[] = happened.map(({ userId, item: { kind, name, time, isWholeSecond, properties } }) => ({
    seq: next(),
    userId,
    kind,
    name,
    time: Math.min(time, now),
    isWholeSecond: isWholeSecond === true && time <= now,
    receivedAt: importedFrom === null ? now : Math.max(Math.min(time, now), importedFrom),
    isImported,
    properties,
  }));
  return [...changes, ...events];
}
