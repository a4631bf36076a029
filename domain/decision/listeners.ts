/** Who listens to what: campaigns by the kinds and names of the events that concern them, and in which role. */
import type { Campaign } from '../campaign/campaign.js';
import { type EventMatcher, listenerKey, listenerKeysOf } from '../event/matcher.js';
import type { StreamEvent } from '../event/streamEvent.js';
import { causedKindsOf } from './effects.js';

export type Role = 'trigger' | 'exception';

export interface Listener {
  readonly role: Role;
  readonly matcher: EventMatcher;
  readonly of: Campaign;
}

const NONE: readonly Listener[] = [];

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
  hearing(event: StreamEvent): readonly Listener[] {
    const found = listenerKeysOf(event).flatMap((key) => this.byKey.get(key) ?? NONE);
    return found.length === 0 ? NONE : found;
  }

  /** The campaigns that hear it in a role, each once. */
  campaignsHearing(event: StreamEvent, role: Role): readonly Campaign[] {
    const found: Campaign[] = [];
    for (const key of listenerKeysOf(event)) {
      for (const listener of this.byKey.get(key) ?? NONE)
        if (listener.role === role && !found.includes(listener.of)) found.push(listener.of);
    }
    return found;
  }

  /** The campaigns that such an event may trigger; of kinds whose names are no fields. */
  triggeredBy({ kind, name }: { readonly kind: EventMatcher['kind']; readonly name: string }): readonly Campaign[] {
    const listeners = [name, null].flatMap((each) => this.byKey.get(listenerKey({ kind, name: each })) ?? NONE);
    return listeners.filter(({ role }) => role === 'trigger').map(({ of }) => of);
  }

  /**
   * The campaigns that may be triggered, in one transaction, by what the given one causes, and by what these cause in
   * turn: whose facts are loaded with its own.
   */
  mayFollow(campaign: Campaign): readonly Campaign[] {
    const known = this.followers.get(campaign);
    if (known !== undefined) return known;
    const found = new Set<Campaign>();
    const causes = [campaign];
    for (const cause of causes) {
      for (const follower of causedKindsOf(cause).flatMap((kind) => this.triggeredBy({ kind, name: cause.key }))) {
        if (found.has(follower)) continue;
        found.add(follower);
        causes.push(follower);
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
    { role: 'trigger', matcher: campaign.trigger, of: campaign },
    ...campaign.exceptions.map((matcher): Listener => ({ role: 'exception', matcher, of: campaign })),
  ];
}
