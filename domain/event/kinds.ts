/**
 * What kinds of events there are, and all that differs between them. Everything that happens to a person is an event of
 * one of these kinds, in one stream.
 */
import type { JsonObject } from '../json.js';
import { readField } from './fieldChange.js';

interface KindOfEvent {
  /** Whether its name is the key of the campaign it is about: immutable, so that definitions can refer to it. */
  readonly ofCampaign: boolean;
  /** Which interface it is sent to: ids of events are unique in each. */
  readonly namespace: 'track' | 'interactions';
  /** What one event adds to which counters, '' being any name; null: it is not counted. */
  readonly counts: ((event: CountedEvent) => readonly Counted[]) | null;
  /** The event alone: "purchase of sku". Name null: any. */
  noun(name: string | null): string;
  /** As a verb: "bought sku"; null: "had a" and the noun. Name null: any. */
  did(name: string | null): string | null;
  /** What follows "has never": "bought sku"; null: "had a" and the noun. */
  never(name: string | null): string | null;
}

interface CountedEvent {
  readonly name: string;
  readonly properties: JsonObject;
}

interface Counted {
  readonly name: string;
  readonly count: number;
  /** Money, for purchases. */
  readonly amount: number;
}

const once = ({ name }: CountedEvent) => [{ name, count: 1, amount: 0 }];

/** UT-07: a purchase of quantity X counts as X purchases, of its product and of any. */
function purchases({ name, properties }: CountedEvent): readonly Counted[] {
  const count = numberOr(properties.quantity, 1);
  const amount = numberOr(properties.price, 0) * count;
  return [
    { name, count, amount },
    { name: '', count, amount },
  ];
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

/** Of a campaign: "receipt of campaign welcome". */
function ofCampaign(noun: string, did: KindOfEvent['did'] = () => null) {
  return {
    ofCampaign: true,
    namespace: 'interactions',
    counts: null,
    noun: (name) => (name === null ? `${noun} any campaign` : `${noun} campaign ${name}`),
    did,
    never: () => null,
  } as const satisfies KindOfEvent;
}

const KINDS = {
  /** Its name is what the backend calls it. */
  custom: {
    ofCampaign: false,
    namespace: 'track',
    counts: once,
    noun: (name) => name ?? 'any event',
    did: (name) => `did ${name ?? 'something'}`,
    never: (name) => `done ${name ?? 'anything'}`,
  },
  /** Its name is the product's id. */
  purchase: {
    ofCampaign: false,
    namespace: 'track',
    counts: purchases,
    noun: (name) => (name === null ? 'any purchase' : `purchase of ${name}`),
    did: (name) => `bought ${name ?? 'something'}`,
    never: (name) => `bought ${name ?? 'anything'}`,
  },
  /** Its name is ''. */
  session: {
    ofCampaign: false,
    namespace: 'track',
    counts: once,
    noun: () => 'start of a session',
    did: () => 'started a session',
    never: () => 'started a session',
  },
  /** Its name is '': matchers listen to one of the fields that changed. */
  attributes: {
    ofCampaign: false,
    namespace: 'track',
    counts: null,
    noun: describeChange,
    did: happenedTo,
    never: happenedTo,
  },
  received: ofCampaign('receipt of', (name) => `received ${name === null ? 'a campaign' : `campaign ${name}`}`),
  exceptionFired: ofCampaign('exception of'),
  interaction: ofCampaign('interaction with'),
  converted: ofCampaign('conversion of'),
} as const satisfies Readonly<Record<string, KindOfEvent>>;

export type EventKind = keyof typeof KINDS;
/** The kinds of which a person has counters. */
export type CountedKind = {
  [K in EventKind]: (typeof KINDS)[K]['counts'] extends null ? never : K;
}[EventKind];

export const EVENT_KINDS: readonly EventKind[] = Object.keys(KINDS).filter(isKind);

function isKind(name: string): name is EventKind {
  return Object.hasOwn(KINDS, name);
}

export function isOfCampaign(kind: EventKind): boolean {
  return KINDS[kind].ofCampaign;
}

export function namespaceOf(kind: EventKind): KindOfEvent['namespace'] {
  return KINDS[kind].namespace;
}

/** What an event adds to the person's counters; of a kind that is not counted nothing. */
export function countsOf(
  event: CountedEvent & { readonly kind: EventKind },
): readonly (Counted & { readonly kind: CountedKind })[] {
  const { kind } = event;
  return isCounted(kind) ? KINDS[kind].counts(event).map((counted) => ({ ...counted, kind })) : [];
}

export function isCounted(kind: EventKind): kind is CountedKind {
  return KINDS[kind].counts !== null;
}

export interface NamedKind {
  readonly kind: EventKind;
  /** Null: any. */
  readonly name: string | null;
}

/** The event alone, without operands: "purchase of sku". */
export function describeEvent({ kind, name }: NamedKind): string {
  return KINDS[kind].noun(name);
}

/** What a person did: "bought sku", "did add_to_cart". A name that is empty is any. */
export function describeDid({ kind, name }: NamedKind): string {
  const known = name === '' ? null : name;
  return KINDS[kind].did(known) ?? `had ${withArticle(KINDS[kind].noun(name))}`;
}

/** "has never bought sku", "has never done add_to_cart". */
export function describeNever({ kind, name }: NamedKind): string {
  const known = name === '' ? null : name;
  return `has never ${KINDS[kind].never(known) ?? `had ${withArticle(KINDS[kind].noun(name))}`}`;
}

function describeChange(name: string | null): string {
  if (name === null || name === '') return 'change of attributes';
  const field = readField(name);
  switch (field.kind) {
    case 'emailAdded':
      return 'e-mail address added';
    case 'group':
      return `change of subscription group ${field.key}`;
    case 'location':
      return `entry into location ${field.key}`;
    case 'attribute':
      if (field.name === 'email_subscribe') return 'change of e-mail subscription';
      if (field.name === 'push_subscribe') return 'change of push subscription';
      return `change of ${field.name}`;
  }
}

/** What happens to a profile otherwise than by a value that changes. */
function happenedTo(name: string | null): string | null {
  if (name === null) return null;
  const field = readField(name);
  switch (field.kind) {
    case 'emailAdded':
      return 'got an e-mail address';
    case 'location':
      return `entered location ${field.key}`;
    case 'attribute':
    case 'group':
      return null;
  }
}

function withArticle(words: string): string {
  return `${/^[aeiou]/i.test(words) ? 'an' : 'a'} ${words}`;
}
