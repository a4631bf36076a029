import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.js';
import type { Identification, MergeBehavior } from '../../../stream/identity/identify.js';
import type { Target } from '../../../stream/identity/target.js';
import { ALIAS_FORM, EXTERNAL_ID_FORM, isExternalId, readAlias, withTextIds } from '../track/trackIdentity.js';
import { MAX_NAME_LENGTH } from '../track/trackItems.js';
import { externalId } from './aliases.js';
import { leftOutAnswer, prioritization, readAddress } from './merges.js';
import { fieldOf, isListGiven, MAX_ASKED, readList, refused } from './readList.js';

/** The body of `POST /users/identify` (ID-02): up to 50 people in all. */
const name = z.union([z.string().min(1).max(MAX_NAME_LENGTH), z.number()]);
const BEHAVIORS = ['merge', 'none'] as const satisfies readonly MergeBehavior[];

export const identificationBody = z
  .looseObject({
    aliases_to_identify: z
      .array(
        z.looseObject({ external_id: externalId, user_alias: z.looseObject({ alias_label: name, alias_name: name }) }),
      )
      .max(MAX_ASKED)
      .nullish(),
    emails_to_identify: z
      .array(z.looseObject({ external_id: externalId, email: z.string(), prioritization }))
      .max(MAX_ASKED)
      .nullish(),
    phone_numbers_to_identify: z
      .array(z.looseObject({ external_id: externalId, phone: z.union([z.string(), z.number()]), prioritization }))
      .max(MAX_ASKED)
      .nullish(),
    merge_behavior: z
      .enum(BEHAVIORS)
      .nullish()
      .meta({ description: '`none`: where somebody has the external id, only the alias becomes theirs' }),
  })
  .meta({ id: 'Identification' });

const processed = z.int().optional();
export const identificationAnswer = z
  .object({
    aliases_processed: processed,
    emails_processed: processed,
    phone_numbers_processed: processed,
    message: z.literal('success'),
    skipped: z
      .array(
        z.object({
          input_array: z.enum(['aliases_to_identify', 'emails_to_identify', 'phone_numbers_to_identify']),
          index: z.int(),
          reason: z.enum([
            'unknown_user',
            'same_user',
            'several_users',
            'too_many_events',
            'identified_before',
            'label_taken',
          ]),
        }),
      )
      .optional()
      .meta({
        description:
          'Items that changed nothing. `identified_before`: the person has another external id. `label_taken`: who has the ' +
          'external id has an alias of that label',
      }),
    left_out: leftOutAnswer,
  })
  .meta({ id: 'IdentificationAnswer' });

const LISTS = [
  { field: 'aliases_to_identify', counted: 'aliases_processed', read: readAliasItem },
  { field: 'emails_to_identify', counted: 'emails_processed', read: readAddressOf('email') },
  { field: 'phone_numbers_to_identify', counted: 'phone_numbers_processed', read: readAddressOf('phone') },
] as const;

export interface AskedIdentification extends Identification {
  readonly inputArray: (typeof LISTS)[number]['field'];
  readonly index: number;
}

export interface AskedIdentifications {
  readonly people: readonly AskedIdentification[];
  /** How many each list that was sent has. */
  readonly counts: Readonly<Record<string, number>>;
  readonly behavior: MergeBehavior;
}

export function readIdentification(body: unknown): AskedIdentifications {
  const given = LISTS.filter(({ field }) => isListGiven(body, field));
  if (given.length === 0) throw refused(`One of ${LISTS.map(({ field }) => `'${field}'`).join(', ')} is required.`);
  const counts: Record<string, number> = {};
  const people: AskedIdentification[] = [];
  for (const { field, counted, read } of given) {
    const items = readList<Identification>(body, {
      field,
      of: 'people to identify',
      ids: [],
      prepare: withTextIds,
      read: (item) => {
        const { external_id: id } = item;
        if (id === undefined || !isExternalId(id)) return EXTERNAL_ID_FORM;
        const person = read(item);
        return typeof person === 'string' ? person : { person, externalId: id };
      },
    });
    counts[counted] = items.length;
    people.push(...items.map((item, index) => ({ ...item, inputArray: field, index })));
  }
  if (people.length > MAX_ASKED)
    throw refused(`a single request may not contain more than ${MAX_ASKED} people to identify`);
  return { people, counts, behavior: readBehavior(body) };
}

function readBehavior(body: unknown): MergeBehavior {
  const asked = fieldOf(body, 'merge_behavior');
  if (asked === undefined || asked === null) return 'merge';
  const known = BEHAVIORS.find((each) => each === asked);
  if (known === undefined) throw refused("'merge_behavior' must be 'merge' or 'none'");
  return known;
}

function readAliasItem({ user_alias: alias }: JsonObject): Target | string {
  return alias === undefined || alias === null ? ALIAS_FORM : readAlias(alias);
}

function readAddressOf(kind: 'email' | 'phone') {
  return (item: JsonObject): Target | string =>
    readAddress({
      [kind]: item[kind] ?? '',
      ...(item.prioritization === undefined ? {} : { prioritization: item.prioritization }),
    });
}
