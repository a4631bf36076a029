import { fieldChange } from './fieldChange.js';
import type { EventKind } from './kinds.js';
import { type PropertyTest, passesPropertyTest } from './propertyTest.js';
import type { StreamEvent } from './streamEvent.js';

/**
 * Triggers, exceptions, conversions and exit criteria are all this: a kind, a name (null: any) and property tests, ANDed.
 * Of the kind `attributes` the name is one field, and the tests see what happened to it: `{from, to, source}`.
 */
export interface EventMatcher {
  readonly kind: EventKind;
  readonly name: string | null;
  readonly where: readonly PropertyTest[];
}

/** What the trigger carried, for exception filters that compare with it (AB-39). */
export type TriggerSnapshot = Pick<StreamEvent, 'kind' | 'name' | 'time' | 'isWholeSecond' | 'seq' | 'properties'>;

/** The event as the matcher sees it, its `where` not yet tested; null when it is of another kind or name. */
export function asHeard(matcher: Pick<EventMatcher, 'kind' | 'name'>, event: StreamEvent): StreamEvent | null {
  if (matcher.kind !== event.kind) return null;
  if (matcher.name === null) return event;
  if (matcher.kind !== 'attributes') return matcher.name === event.name ? event : null;
  const change = fieldChange(event.properties, matcher.name);
  return change === null ? null : { ...event, name: matcher.name, properties: change };
}

/** The event as the first of the matchers that hears it sees it. */
export function firstHeard(
  matchers: readonly Pick<EventMatcher, 'kind' | 'name'>[],
  event: StreamEvent,
): StreamEvent | null {
  for (const matcher of matchers) {
    const heard = asHeard(matcher, event);
    if (heard !== null) return heard;
  }
  return null;
}

export function matches(matcher: EventMatcher, event: StreamEvent, trigger?: TriggerSnapshot): boolean {
  const heard = asHeard(matcher, event);
  return (
    heard !== null && matcher.where.every((test) => passesPropertyTest(test, heard.properties, trigger?.properties))
  );
}

/** Whether what a pairing keeps of its trigger, which is the event as it was heard, is what the matcher asks for. */
export function matchesHeard({ kind, name, where }: EventMatcher, heard: TriggerSnapshot): boolean {
  if (kind !== heard.kind || (name !== null && name !== heard.name)) return false;
  return where.every((test) => passesPropertyTest(test, heard.properties));
}

/** The keys under which an index of listeners finds this matcher, and those an event looks under. */
export function listenerKey(matcher: Pick<EventMatcher, 'kind' | 'name'>): string {
  return `${matcher.kind}:${matcher.name ?? '*'}`;
}

export function listenerKeysOf({
  kind,
  name,
  properties,
}: Pick<StreamEvent, 'kind' | 'name' | 'properties'>): readonly string[] {
  const names = kind === 'attributes' ? Object.keys(properties) : [name];
  return [...names, '*'].map((each) => `${kind}:${each}`);
}
