/**
 * What an event shows of names: of itself, of a product, of attributes, and of the properties of these; and which of these
 * names and values may be kept in the catalogue, which outlives the people they came from.
 */
import type { Json } from '../json.js';
import { isJsonArray } from '../profile/attributes/attributeChange.js';
import { standardField } from '../profile/standardFields.js';
import type { StreamEvent } from './streamEvent.js';

export type CatalogueKind = 'event' | 'product' | 'attribute';
export const VALUE_TYPES = ['string', 'number', 'boolean', 'array', 'object'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

/** A name, or a property of it. */
export interface CatalogueName {
  readonly kind: CatalogueKind;
  /** Empty: purchases of whatever product. */
  readonly name: string;
  /** Empty: the name itself. */
  readonly property: string;
}

/** One name or property that an event shows; value null: it has none. */
export interface Sighting extends CatalogueName {
  readonly value: Json;
}

/** Of a kind. */
export const MOST_NAMES = 2_000;
/** Of an event, or of purchases. */
export const MOST_PROPERTIES = 100;
export const MOST_PROPERTIES_IN_ALL = 20_000;

export function sightingsOf({
  kind,
  name,
  properties,
}: Pick<StreamEvent, 'kind' | 'name' | 'properties'>): readonly Sighting[] {
  switch (kind) {
    case 'attributes':
      return Object.entries(properties).flatMap(changed);
    case 'custom':
      return withProperties('event', name, properties);
    case 'purchase':
      return [{ kind: 'product', name, property: '', value: null }, ...propertiesOf('product', '', properties)];
    default:
      return [];
  }
}

/** A change is `[from, to]`, of which a removal shows nothing. What Rappel itself sees in it or dates by it is no name of anybody's. */
function changed([name, change]: [string, Json]): readonly Sighting[] {
  const value = isJsonArray(change) ? (change[1] ?? null) : null;
  const isOwn = name.startsWith('$') || standardField(name)?.settable === null;
  return isOwn || value === null ? [] : [{ kind: 'attribute', name, property: '', value }];
}

function withProperties(kind: CatalogueKind, name: string, properties: StreamEvent['properties']): readonly Sighting[] {
  return [{ kind, name, property: '', value: null }, ...propertiesOf(kind, name, properties)];
}

function propertiesOf(kind: CatalogueKind, name: string, properties: StreamEvent['properties']): readonly Sighting[] {
  const sightings: Sighting[] = [];
  for (const [property, value] of Object.entries(properties)) {
    if (value !== null && property !== '') sightings.push({ kind, name, property, value });
  }
  return sightings;
}

export function typeOf(value: Json): ValueType | null {
  if (value === null) return null;
  if (isJsonArray(value)) return 'array';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return 'object';
  }
}

const LONGEST_NAME = 255;
/** A phone number has as many; a date has fewer. */
const DIGITS_OF_A_NUMBER = 9;

/**
 * Whether it may be kept: a name is what a program calls something, and one that holds an address or the number of somebody
 * was made of a value.
 */
export function isNamable({ kind, name, property }: CatalogueName): boolean {
  if (name.length > LONGEST_NAME || property.length > LONGEST_NAME) return false;
  if (name.includes('@') || property.includes('@')) return false;
  // Those of products are often numbers of a catalogue (EAN).
  return (kind === 'product' || hasFewDigits(name, DIGITS_OF_A_NUMBER)) && hasFewDigits(property, DIGITS_OF_A_NUMBER);
}

/** What is told of somebody alone: of who they are, where they live and how they are reached no value is shown. */
const PERSONAL: ReadonlySet<string> = new Set([
  'external_id',
  'email',
  'phone',
  'first_name',
  'last_name',
  'name',
  'dob',
  'date_of_birth',
  'birthday',
  'address',
  'home_city',
  'current_location',
  'push_tokens',
]);

/** Whether values of it may be shown at all. */
export function isShowable({ kind, name, property }: CatalogueName): boolean {
  return !PERSONAL.has((kind === 'attribute' ? name : property).toLowerCase());
}

export type Sample = string | number | boolean;

const LONGEST_SAMPLE = 60;
const LARGEST_SAMPLE = 1_000_000;
/** A date of birth has more. */
const DIGITS_OF_A_SAMPLE = 6;

/** The value as it may be shown once enough people had it; null: never. */
export function sampleOf(value: Json): Sample | null {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'number':
      return Math.abs(value) < LARGEST_SAMPLE ? value : null;
    case 'string':
      return value !== '' &&
        value.length <= LONGEST_SAMPLE &&
        !value.includes('@') &&
        hasFewDigits(value, DIGITS_OF_A_SAMPLE)
        ? value
        : null;
    default:
      return null;
  }
}

function hasFewDigits(text: string, fewerThan: number): boolean {
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) digits += 1;
    if (digits >= fewerThan) return false;
  }
  return true;
}
