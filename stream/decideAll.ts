/** Folds events of locked people, and what they cause, into decisions; writes nothing. */
import type { CausedEvent, WrittenEffect } from '../domain/decision/effects.js';
import { step } from '../domain/decision/step.js';
import type { StreamEvent } from '../domain/event/streamEvent.js';
import type { Profile } from '../domain/profile/profile.js';
import type { Workspace } from '../domain/workspace.js';
import type { Queryable } from '../storage/pool.js';
import type { Unfinished } from '../storage/queries/people/unfinished.js';
import type { CampaignIndex } from './campaignIndex.js';
import { loadPeople } from './loadPeople.js';
import { numberEvents } from './numberEvents.js';

/** Everything one request decided, in order, before it is written. */
export interface Decisions {
  readonly events: readonly StreamEvent[];
  readonly effects: readonly WrittenEffect[];
  /** Exceptions that may end more than was read of what a person waits for. */
  readonly unfinished: readonly Unfinished[];
}

export interface DecideAllInput {
  readonly workspace: Workspace;
  readonly index: CampaignIndex;
  readonly profiles: ReadonlyMap<number, Profile>;
  readonly events: readonly StreamEvent[];
  readonly now: number;
}

/** Folds the events, then what they caused, breadth first, until nothing new happens. */
export async function decideAll(
  tx: Queryable,
  { workspace, index, profiles, events, now }: DecideAllInput,
): Promise<Decisions> {
  const { listeners } = index;
  const { people, unreadAfter } = await loadPeople(tx, { index, profiles, events, workspace, now });
  const unfinished: Unfinished[] = [];
  const all: StreamEvent[] = [];
  const effects: WrittenEffect[] = [];
  let wave: readonly StreamEvent[] = events;
  while (wave.length > 0) {
    const caused: CausedEvent[] = [];
    for (const event of wave) {
      all.push(event);
      const afterId = unreadAfter.get(event.userId);
      if (afterId !== undefined && listeners.campaignsHearing(event, 'exception').length > 0)
        unfinished.push({ userId: event.userId, kind: 'exception', event, afterId });
      const person = people.get(event.userId);
      if (person === undefined) continue;
      const result = step({ person, event, listeners, workspace, now });
      people.set(event.userId, result.person);
      for (const effect of result.effects) {
        if (effect.kind === 'event') caused.push(effect.event);
        else effects.push(effect);
      }
    }
    wave = await numberEvents(tx, caused, now);
  }
  return { events: all, effects, unfinished };
}
