/** Folds events of locked people, and what they cause, into decisions; writes nothing. */
import type { Cancelled, Entered, Parked, Rejected } from '../domain/decision/step.js';
import { campaignsFor, step } from '../domain/decision/step.js';
import type { StreamEvent } from '../domain/event/streamEvent.js';
import type { Profile } from '../domain/profile/profile.js';
import type { Workspace } from '../domain/workspace.js';
import type { Queryable } from '../storage/pool.js';
import type { Unfinished } from '../storage/queries/unfinished.js';
import type { CampaignIndex } from './campaignIndex.js';
import { type DerivedEvent, deriveEvents } from './deriveEvents.js';
import { loadPeople } from './loadPeople.js';

/** Everything one request decided, in order, before it is written. */
export interface Decisions {
  readonly events: readonly StreamEvent[];
  readonly cancelled: readonly Cancelled[];
  readonly parked: readonly Parked[];
  readonly entered: readonly Entered[];
  readonly rejected: readonly Rejected[];
  /** Exceptions that may end more than was read of what a person waits for. */
  readonly unfinished: readonly Unfinished[];
}

export interface Deciding {
  readonly workspace: Workspace;
  readonly index: CampaignIndex;
  readonly profiles: ReadonlyMap<number, Profile>;
  readonly events: readonly StreamEvent[];
  readonly now: number;
}

/** Folds the events, then what they caused, breadth first, until nothing new happens. */
export async function decideAll(
  tx: Queryable,
  { workspace, index, profiles, events, now }: Deciding,
): Promise<Decisions> {
  const { people, unreadAfter } = await loadPeople(tx, { index, profiles, events, workspace, now });
  const unfinished: Unfinished[] = [];
  const all: StreamEvent[] = [];
  const cancelled: Cancelled[] = [];
  const parked: Parked[] = [];
  const entered: Entered[] = [];
  const rejected: Rejected[] = [];
  let wave: readonly StreamEvent[] = events;
  while (wave.length > 0) {
    const caused: DerivedEvent[] = [];
    for (const event of wave) {
      all.push(event);
      const afterId = unreadAfter.get(event.userId);
      if (afterId !== undefined && campaignsFor(index.byException, event).length > 0)
        unfinished.push({ userId: event.userId, kind: 'exception', event, afterId });
      const person = people.get(event.userId);
      if (person === undefined) continue;
      const result = step({ person, event, listeners: index, workspace, now });
      people.set(event.userId, result.person);
      cancelled.push(...result.cancelled);
      parked.push(...result.parked);
      entered.push(...result.entered);
      rejected.push(...result.rejected);
      for (const cancellation of result.cancelled)
        caused.push({ kind: 'exceptionFired', userId: event.userId, cancellation });
    }
    wave = await deriveEvents(tx, caused, now);
  }
  return { events: all, cancelled, parked, entered, rejected, unfinished };
}
