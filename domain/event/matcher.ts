import type { Json } from '../json.js';
import { passesPropertyTest } from './propertyTest.js';
import type { EventKind, StreamEvent } from './streamEvent.js';

/** Compiled property filter. `path`: the keys to follow, `'[]'` meaning any element of an array (AB-05). */
export interface PropertyTest {
  readonly path: readonly string[];
  readonly op:
    | 'equals'
    | 'doesNotEqual'
    | 'isAnyOf'
    | 'isNoneOf'
    | 'atLeast'
    | 'atMost'
    | 'moreThan'
    | 'lessThan'
    | 'contains'
    | 'doesNotContain'
    | 'matchesRegex'
    | 'before'
    | 'after'
    | 'isBlank'
    | 'equalsTrigger';
  /** The operand; for `isBlank` a boolean, for `equalsTrigger` the path in the trigger's properties. */
  readonly value: Json;
}

/**
 * Triggers, exceptions, conversions and exit criteria are all this: a kind, a name (null: any) and property tests, ANDed.
 */
export interface EventMatcher {
  readonly kind: EventKind;
  readonly name: string | null;
  readonly where: readonly PropertyTest[];
}

/** What the trigger carried, for exception filters that compare with it (AB-39). */
export type TriggerSnapshot = Pick<StreamEvent, 'kind' | 'name' | 'time' | 'seq' | 'properties'>;

/** Whether the event is of the matcher's kind and name, whatever its properties. */
export function listensTo(matcher: EventMatcher, event: Pick<StreamEvent, 'kind' | 'name'>): boolean {
  return matcher.kind === event.kind && (matcher.name === null || matcher.name === event.name);
}

export function matches(matcher: EventMatcher, event: StreamEvent, trigger?: TriggerSnapshot): boolean {
  return (
    listensTo(matcher, event) &&
    matcher.where.every((test) => passesPropertyTest(test, event.properties, trigger?.properties))
  );
}

/** The keys under which an index of listeners finds this matcher, and those an event looks under. */
export function listenerKey(matcher: EventMatcher): string {
  return `${matcher.kind}:${matcher.name ?? '*'}`;
}

export function listenerKeysOf(event: Pick<StreamEvent, 'kind' | 'name'>): readonly string[] {
  return [`${event.kind}:${event.name}`, `${event.kind}:*`];
}
