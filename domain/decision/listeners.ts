/** Who listens to what: campaigns by the kinds and names of the events that concern them, and in which role. */

import type { Campaign } from '../campaign/campaign.js';
import { exceptionsOf, listensTo } from '../campaign/entry.js';
import { type EventMatcher, listenerKey, listenerKeysOf } from '../event/matcher.js';
import type { StreamEvent } from '../event/streamEvent.js';
import { causedKindsOf } from './effects.js';

export type Role = 'trigger' | 'exception';

export interface Listener {
  readonly role: Role;
  readonly matcher: EventMatcher;
  readonly of: Campaign;
}

/** What an event is found by. */
export type Heard = Pick<StreamEvent, 'kind' | 'name' | 'properties'>;

const NONE: readonly Listener[] = [];

/** An event of a kind that is about campaigns, as far as it is listened to. */
export function aboutCampaign(kind: StreamEvent['kind'], key: string): Heard {
  return { kind, name: key, properties: {} };
}

export class ListenerIndex {
  /** Of all of them: what happens with other campaigns triggers nothing (CC-02, CC-08). */
  readonly activeKeys: ReadonlySet<string>;
  private readonly byKey = new Map<string, Listener[]>();
  private readonly followers = new Map<Campaign, readonly Campaign[]>();

  /** `activeKeys`: where campaigns are active that are not indexed here. */
  constructor(
    campaigns: readonly Campaign[],
    activeKeys: ReadonlySet<string> = new Set(campaigns.map(({ key }) => key)),
  ) {
    this.activeKeys = activeKeys;
    for (const campaign of campaigns) for (const listener of listenersOf(campaign)) this.add(listener);
  }

  /** Those of the event's kind and name, whose property tests are not applied yet. */
  hearing(event: Heard): readonly Listener[] {
    return listenerKeysOf(event).flatMap((key) => this.byKey.get(key) ?? NONE);
  }

  /** The campaigns that hear it in a role, each once. */
  campaignsHearing(event: Heard, role: Role): readonly Campaign[] {
    const listeners = this.hearing(event);
    return [...new Set(listeners.filter((listener) => listener.role === role).map(({ of }) => of))];
  }

  /**
   * The campaigns that may be triggered, in one transaction, by what the given one causes, and by what these cause in
   * turn: whose facts are loaded with its own.
   */
  mayFollow(campaign: Campaign): readonly Campaign[] {
    const known = this.followers.get(campaign);
    if (known !== undefined) return known;
    const found = new Set<Campaign>();
    // Grows while it is walked.
    const causes = new Set([campaign]);
    for (const cause of causes) {
      const caused = causedKindsOf(cause).map((kind) => aboutCampaign(kind, cause.key));
      for (const follower of caused.flatMap((event) => this.campaignsHearing(event, 'trigger'))) {
        found.add(follower);
        causes.add(follower);
      }
    }
    const followers = [...found];
    this.followers.set(campaign, followers);
    return followers;
  }

  private add(listener: Listener): void {
    const key = listenerKey(listener.matcher);
    const listed = this.byKey.get(key);
    if (listed === undefined) this.byKey.set(key, [listener]);
    else listed.push(listener);
  }
}

function listenersOf(campaign: Campaign): readonly Listener[] {
  return [
    ...listensTo(campaign).map((matcher): Listener => ({ role: 'trigger', matcher, of: campaign })),
    ...exceptionsOf(campaign).map((matcher): Listener => ({ role: 'exception', matcher, of: campaign })),
  ];
}
