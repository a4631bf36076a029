import { readField } from '../../event/fieldChange.js';
import type { Json } from '../../json.js';
import { type Profile, profileValue } from '../profile.js';
import type { StandardField, StandardFields } from '../standardFields.js';
import { groupsOf, MAX_GROUPS } from '../subscriptionGroup.js';

/**
 * A profile while changes are applied to it. Its attributes are copied once, at the first change of one: a copy for each
 * change costs the square of their number.
 */
export class ProfileDraft {
  readonly #before: Profile;
  #standard: StandardFields;
  #attributes: Map<string, Json> | null = null;
  /** How many subscription groups it has; counted when first needed. */
  #groupCount: number | null = null;

  constructor(profile: Profile) {
    this.#before = profile;
    const { attributes: _attributes, ...standard } = profile;
    this.#standard = standard;
  }

  /** Undefined: the person has none. */
  valueOf(name: string): Json | undefined {
    return this.#attributes?.get(name) ?? profileValue(this.#withAttributes(), name);
  }

  /** Whether one more subscription group would be one too many (SU-04). */
  get hasAllGroups(): boolean {
    return this.#countGroups() >= MAX_GROUPS;
  }

  /** Whether the value is allowed; one that is not leaves the field as it is. */
  setStandard({ set }: NonNullable<StandardField['settable']>, value: Json): boolean {
    const next = set(this.#standard, value);
    if (next !== null) this.#standard = next;
    return next !== null;
  }

  /** Null removes the attribute. */
  setAttribute(name: string, value: Json): void {
    const isGroup = readField(name).kind === 'group';
    const count = isGroup ? this.#countGroups() : 0;
    this.#attributes ??= new Map(Object.entries(this.#before.attributes));
    const had = this.#attributes.delete(name);
    if (value !== null) this.#attributes.set(name, value);
    if (isGroup) this.#groupCount = count + Number(value !== null) - Number(had);
  }

  profile(): Profile {
    return this.#attributes === null
      ? this.#withAttributes()
      : { ...this.#standard, attributes: Object.fromEntries(this.#attributes) };
  }

  #countGroups(): number {
    this.#groupCount ??= Object.keys(groupsOf(this.#before.attributes)).length;
    return this.#groupCount;
  }

  /** The standard fields as they are now; of the attributes, only those that nothing has changed yet. */
  #withAttributes(): Profile {
    return { ...this.#standard, attributes: this.#attributes === null ? this.#before.attributes : {} };
  }
}
