import { z } from 'zod';
import type { Json, JsonObject } from '../../../domain/json.js';
import { isJsonArray, isJsonObject } from '../../../domain/profile/attributes/attributeChange.js';
import { isEmail, isPhone } from '../../../domain/profile/contact.js';
import type { Merge } from '../../../stream/identity/mergePeople.js';
import { PRIORITIES, type Priority, type Target } from '../../../stream/identity/target.js';
import {
  ALIAS_FORM,
  EMAIL_FORM,
  EXTERNAL_ID_FORM,
  isExternalId,
  isGiven,
  readAlias,
  withTextIds,
} from '../track/trackIdentity.js';
import { MAX_NAME_LENGTH } from '../track/trackItems.js';
import { externalId } from './aliases.js';
import { MAX_ASKED, readList } from './readList.js';

/** The body of `POST /users/merge` (ID-04): up to 50 pairs of people. */
const name = z.union([z.string().min(1).max(MAX_NAME_LENGTH), z.number()]);

export const prioritization = z
  .array(z.enum(PRIORITIES))
  .min(1)
  .max(2)
  .nullish()
  .meta({
    description:
      'Of several profiles with the address, which is meant: those with an external id (`identified`) or without, then the one ' +
      'updated last or first. Nobody is, where several are left',
  });

const identifier = z
  .looseObject({
    external_id: externalId.nullish(),
    user_alias: z.looseObject({ alias_label: name, alias_name: name }).nullish(),
    email: z.string().nullish(),
    phone: z.union([z.string(), z.number()]).nullish(),
    prioritization,
  })
  .meta({ id: 'PersonIdentifier', description: 'Exactly one of the four; an address with its prioritization' });

export const mergesBody = z
  .looseObject({
    merge_updates: z
      .array(z.strictObject({ identifier_to_merge: identifier, identifier_to_keep: identifier }))
      .min(1)
      .max(MAX_ASKED),
  })
  .meta({ id: 'UserMerges' });

export const leftOutAnswer = z
  .array(z.object({ index: z.int(), attributes: z.int() }))
  .optional()
  .meta({
    description: 'How many attributes of an item there was no room for',
  });

export const mergesAnswer = z
  .object({
    message: z.literal('success'),
    merged: z.int().meta({ description: 'How many pairs are one person now' }),
    skipped: z
      .array(
        z.object({
          index: z.int(),
          reason: z.enum(['unknown_user', 'same_user', 'several_users', 'too_many_events']),
        }),
      )
      .optional()
      .meta({ description: 'Items, by their place in the list, that changed nothing' }),
    left_out: leftOutAnswer,
  })
  .meta({ id: 'UserMergesAnswer' });

const KEYS = ['identifier_to_merge', 'identifier_to_keep'];
const ONLY = "'merge_updates' must only have 'identifier_to_merge' and 'identifier_to_keep'";
const IDENTIFIER =
  "identifiers must be objects with an 'external_id' property that is a string, or 'user_alias' property that is an object, " +
  "or 'email' or 'phone' with 'prioritization'";

export function readMerges(body: unknown): readonly Merge[] {
  return readList<Merge>(body, {
    field: 'merge_updates',
    of: 'merge updates',
    ids: [],
    prepare: (item) => {
      const given = KEYS.filter((key) => Object.hasOwn(item, key));
      return { ...item, ...Object.fromEntries(given.map((key) => [key, withTextIds(Reflect.get(item, key))])) };
    },
    read: (item) => {
      if (Object.keys(item).some((key) => !KEYS.includes(key))) return ONLY;
      const from = readTarget(item.identifier_to_merge);
      if (typeof from === 'string') return from;
      const into = readTarget(item.identifier_to_keep);
      return typeof into === 'string' ? into : { from, into };
    },
  });
}

function readTarget(given: Json | undefined): Target | string {
  if (given === undefined || !isJsonObject(given)) return IDENTIFIER;
  const { external_id: id, user_alias: alias, email, phone } = given;
  if ([id, alias, email, phone].filter(isGiven).length !== 1) return IDENTIFIER;
  if (isGiven(id)) return isExternalId(id) ? { kind: 'externalId', value: id } : EXTERNAL_ID_FORM;
  if (isGiven(alias)) return isJsonObject(alias) ? readAlias(alias) : ALIAS_FORM;
  return readAddress(given);
}

/** An address with the prioritization that says which of its profiles is meant. */
export function readAddress({ email, phone, prioritization: asked }: JsonObject): Target | string {
  const priorities = readPriorities(asked);
  if (priorities === null) return PRIORITIZATION_FORM;
  if (isGiven(email))
    return isEmail(email) ? { kind: 'prioritised', of: 'email', value: email, priorities } : EMAIL_FORM;
  const text = typeof phone === 'number' ? String(phone) : phone;
  if (text === undefined || !isPhone(text)) return "'phone' must be one phone number";
  return { kind: 'prioritised', of: 'phone', value: text, priorities };
}

const PRIORITIZATION_FORM =
  "'prioritization' must have one of 'identified' and 'unidentified', one of 'most_recently_updated' and " +
  "'least_recently_updated', or one of each, in the order in which they count";

function readPriorities(asked: Json | undefined): readonly Priority[] | null {
  if (asked === undefined || !isJsonArray(asked)) return null;
  const read = asked.flatMap((each) => PRIORITIES.filter((known) => known === each));
  const isOfOneKind = (kind: RegExp) => read.filter((each) => kind.test(each)).length > 1;
  if (read.length === 0 || read.length !== asked.length) return null;
  return isOfOneKind(/identified$/) || isOfOneKind(/updated$/) ? null : read;
}
