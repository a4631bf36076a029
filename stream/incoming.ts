import type { JsonObject } from '../domain/json.js';
import type { AttributeChange } from '../domain/profile/attributes/attributeChange.js';

/** How a request names a person (UT-01); exactly one. */
export type Identity =
  | { readonly kind: 'externalId'; readonly value: string }
  | { readonly kind: 'alias'; readonly label: string; readonly name: string }
  | { readonly kind: 'userId'; readonly value: number }
  | { readonly kind: 'email'; readonly value: string }
  | { readonly kind: 'phone'; readonly value: string };

export type InputArray = 'attributes' | 'events' | 'purchases';

interface IncomingBase {
  readonly inputArray: InputArray;
  /** Position in that array, for partial errors (UT-04). */
  readonly index: number;
  readonly identity: Identity;
  /** UT-05: never create the person for this item. For aliases the default is true, else false. */
  readonly updateExistingOnly: boolean;
}

export interface IncomingAttributes extends IncomingBase {
  readonly kind: 'attributes';
  readonly changes: readonly AttributeChange[];
  /** Fields whose form alone left them out. */
  readonly malformed?: readonly LeftOut[];
}

/** A validated event, not yet clipped to now (UT-06) nor deduplicated. */
export interface IncomingEvent extends IncomingBase {
  readonly kind: 'custom' | 'purchase' | 'session' | 'interaction' | 'converted';
  readonly name: string;
  readonly time: number;
  /** The time was given without a fraction of a second (AB-18). */
  readonly isWholeSecond?: boolean;
  readonly properties: JsonObject;
  /** The caller's `event_id`: an event is recorded once per id. */
  readonly eventId: string | null;
}

export type Incoming = IncomingAttributes | IncomingEvent;

/** An item that was not recorded, and why. */
export interface Refused {
  readonly type: string;
  readonly item: Incoming;
}

/** A field that was left out of an item which was recorded otherwise. */
export interface LeftOut {
  readonly field: string;
  readonly message: string;
}

export interface Warning extends LeftOut {
  readonly item: Incoming;
}

/** The same as callers are told. */
export interface ItemError {
  readonly type: string;
  readonly input_array: InputArray;
  readonly index: number;
}

export function itemErrorOf({ type, item }: Refused): ItemError {
  return { type, input_array: item.inputArray, index: item.index };
}
