import { z } from 'zod';
import type { Identity } from '../../../stream/incoming.js';
import { isId } from '../paging.js';
import { ALIAS_FORM, EXTERNAL_ID_FORM, isExternalId, NOBODY, readAlias } from '../track/trackIdentity.js';
import { MAX_NAME_LENGTH } from '../track/trackItems.js';
import { externalId } from './aliases.js';
import { isListGiven, MAX_ASKED, readList, readTexts, refused } from './readList.js';

/** The body of `POST /users/delete` (ID-05): up to 50 people, all named in the same way. */
const name = z.union([z.string().min(1).max(MAX_NAME_LENGTH), z.number()]);

export const deletionBody = z
  .looseObject({
    external_ids: z.array(externalId).min(1).max(MAX_ASKED).nullish(),
    user_aliases: z
      .array(z.looseObject({ alias_label: name, alias_name: name }))
      .min(1)
      .max(MAX_ASKED)
      .nullish(),
    braze_ids: z
      .array(z.union([z.string(), z.number()]))
      .min(1)
      .max(MAX_ASKED)
      .nullish()
      .meta({ description: "Rappel's own ids, as answers show them" }),
  })
  .meta({ id: 'UserDeletion', description: 'Exactly one of the three lists' });

export const deletionAnswer = z
  .object({ deleted: z.int().meta({ description: 'How many people there were of those named' }) })
  .meta({ id: 'UserDeletionAnswer' });

/** Whoever is to be deleted. */
export function readDeletion(body: unknown): readonly Identity[] {
  const given = [...READERS].filter(([field]) => isListGiven(body, field));
  const [only] = given;
  if (only === undefined || given.length > 1)
    throw refused("Exactly one of 'external_ids', 'user_aliases' and 'braze_ids' is required.");
  const [, read] = only;
  return read(body);
}

const READERS: ReadonlyMap<string, (body: unknown) => readonly Identity[]> = new Map([
  [
    'external_ids',
    (body: unknown) =>
      readTexts(body, {
        field: 'external_ids',
        of: 'external ids',
        isValid: isExternalId,
        form: EXTERNAL_ID_FORM.replace("'external_id'", "'external_ids'"),
      }).map((value): Identity => ({ kind: 'externalId', value })),
  ],
  [
    'user_aliases',
    (body: unknown) =>
      readList<Identity>(body, {
        field: 'user_aliases',
        of: 'user aliases',
        ids: ['alias_label', 'alias_name'],
        read: (item) => {
          const alias = readAlias(item);
          return typeof alias === 'string' ? ALIAS_FORM.replace("'user_alias'", "'user_aliases'") : alias;
        },
      }),
  ],
  [
    'braze_ids',
    (body: unknown) =>
      readTexts(body, {
        field: 'braze_ids',
        of: 'braze ids',
        isValid: (text) => text !== '',
        form: "'braze_ids' must be a text, or a number",
        // An opaque text: one that is none of ours is nobody's.
      }).map((text): Identity => ({ kind: 'userId', value: isId(text) ? Number(text) : NOBODY })),
  ],
]);
