/**
 * The state of each person some campaign listens to in this request: one statement for all of them, none when
 * nobody listens. Asks only for the profiles that are not at hand, and for the counters, receipts and stored exceptions
 * that the campaigns concerned need.
 */

import { type Filter, needsOf } from '../domain/audience/filter.js';
import type { Campaign } from '../domain/campaign/campaign.js';
import { exceptionsOf } from '../domain/campaign/entry.js';
import type { PersonState } from '../domain/decision/step.js';
import { askedOfTriggers } from '../domain/event/askedProperties.js';
import { type StreamEvent, startOfSecond } from '../domain/event/streamEvent.js';
import { distinctNeeds, type FactNeed } from '../domain/facts/userFacts.js';
import type { Profile } from '../domain/profile/profile.js';
import type { Workspace } from '../domain/workspace.js';
import { loadEntryFacts } from '../facts/loadEntryFacts.js';
import { askedOfStored } from '../facts/loadSendFacts.js';
import type { Queryable } from '../storage/pool.js';
import type { CampaignIndex } from './campaignIndex.js';

export interface PeopleRequest {
  readonly index: CampaignIndex;
  /** As the request leaves them; of others it is read. */
  readonly profiles: ReadonlyMap<number, Profile>;
  readonly events: readonly StreamEvent[];
  readonly workspace: Workspace;
  readonly now: number;
}

export interface LoadedPeople {
  readonly people: Map<number, PersonState>;
  /** Who waits for more than was read: after which pairing. */
  readonly unreadAfter: ReadonlyMap<number, number>;
}

export async function loadPeople(tx: Queryable, request: PeopleRequest): Promise<LoadedPeople> {
  const { index, profiles, events, workspace, now } = request;
  const userIds = new Set<number>();
  const triggeredIds = new Set<number>();
  const triggered = new Set<Campaign>();
  const excepted = new Set<Campaign>();
  let since = now;
  for (const event of events) {
    for (const { role, of } of index.listeners.hearing(event)) {
      userIds.add(event.userId);
      switch (role) {
        case 'exception':
          excepted.add(of);
          break;
        case 'trigger':
          triggered.add(of);
          triggeredIds.add(event.userId);
          // Older triggers are refused (AB-16), so their exceptions are not looked for.
          if (event.time >= now - workspace.maxTriggerAgeMs) since = Math.min(since, startOfSecond(event.time));
          break;
      }
    }
  }
  const direct = triggered.size;
  // What may be triggered in turn: by the end of a pairing that waits, or of one that enters late (AB-38).
  for (const campaign of [...excepted, ...triggered])
    for (const follower of index.listeners.mayFollow(campaign)) triggered.add(follower);
  const people = new Map<number, PersonState>();
  const unread = new Map<number, number>();
  if (userIds.size === 0) return { people, unreadAfter: unread };

  const ids = [...userIds];
  // Nothing is asked about who meets an exception only, unless it triggers in turn.
  const entering = triggered.size > direct ? ids : [...triggeredIds];
  const facts = await loadEntryFacts(tx, ids, {
    profile: { userIds: ids.filter((userId) => !profiles.has(userId)) },
    open: {
      userIds: ids,
      campaignIds: idsOf(excepted),
      keys: askedOfTriggers([...excepted].flatMap(exceptionsOf)),
    },
    audience: { userIds: entering, needs: needsOfAll(triggered), at: since },
    waiting: { userIds: entering },
    receipts: { userIds: ids, campaignIds: idsOf(triggered) },
    stored: { userIds: ids, listeners: distinctListeners(triggered), keys: askedOfStored(triggered), since },
  });
  for (const [userId, { profile: read, known, unreadAfter, ...person }] of facts) {
    if (unreadAfter !== null) unread.set(userId, unreadAfter);
    const profile = profiles.get(userId) ?? read;
    if (profile !== null) people.set(userId, { ...person, facts: { userId, profile, ...known } });
  }
  return { people, unreadAfter: unread };
}

function idsOf(campaigns: ReadonlySet<Campaign>): readonly number[] {
  return [...campaigns].map((campaign) => campaign.id);
}

function needsOfAll(campaigns: ReadonlySet<Campaign>): readonly FactNeed[] {
  return distinctNeeds([...campaigns].flatMap(({ audience }) => (audience === null ? [] : readableNeeds(audience))));
}

function distinctListeners(campaigns: ReadonlySet<Campaign>) {
  const listeners = [...campaigns].flatMap(exceptionsOf);
  return [...new Map(listeners.map(({ kind, name }) => [JSON.stringify([kind, name]), { kind, name }])).values()];
}

/** An audience that cannot say what it needs cannot be evaluated either: that parks its pairings, and no others. */
function readableNeeds(audience: Filter): readonly FactNeed[] {
  try {
    return needsOf(audience);
  } catch {
    return [];
  }
}
