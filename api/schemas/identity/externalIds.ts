import { z } from 'zod';
import type { ExternalIdRename } from '../../../stream/identity/externalIds.js';
import { isExternalId } from '../track/trackIdentity.js';
import { MAX_EXTERNAL_ID_BYTES } from '../track/trackItems.js';
import { externalId } from './aliases.js';
import { MAX_ASKED, readList, readTexts } from './readList.js';

/** The bodies of `POST /users/external_ids/rename` and `POST /users/external_ids/remove`, and their answers. */
export const renamesBody = z
  .looseObject({
    external_id_renames: z
      .array(z.looseObject({ current_external_id: externalId, new_external_id: externalId }))
      .min(1)
      .max(MAX_ASKED),
  })
  .meta({ id: 'ExternalIdRenames' });

export const removalsBody = z
  .looseObject({ external_ids: z.array(externalId).min(1).max(MAX_ASKED) })
  .meta({ id: 'ExternalIdRemovals' });

const errors = (inputArray: string) =>
  z
    .array(z.object({ type: z.string(), input_array: z.literal(inputArray), index: z.int() }))
    .meta({ description: 'Items, by their place in the list, that changed nothing, and why' });

export const renamesAnswer = z
  .object({
    message: z.literal('success'),
    external_ids: z.array(z.string()).meta({ description: 'The new external ids of those that were renamed' }),
    rename_errors: errors('external_id_renames'),
  })
  .meta({ id: 'ExternalIdRenamesAnswer' });

export const removalsAnswer = z
  .object({
    message: z.literal('success'),
    removed_ids: z.array(z.string()).meta({ description: 'Those that are nobody’s now' }),
    removal_errors: errors('external_ids'),
  })
  .meta({ id: 'ExternalIdRemovalsAnswer' });

const FORM = (field: string) => `'${field}' must be a text of 1 to ${MAX_EXTERNAL_ID_BYTES} bytes, or a number`;

export function readRenames(body: unknown): readonly ExternalIdRename[] {
  return readList<ExternalIdRename>(body, {
    field: 'external_id_renames',
    of: 'external id renames',
    ids: ['current_external_id', 'new_external_id'],
    read: ({ current_external_id: from, new_external_id: to }) => {
      if (from === undefined || !isExternalId(from)) return FORM('current_external_id');
      if (to === undefined || !isExternalId(to)) return FORM('new_external_id');
      return { from, to };
    },
  });
}

export function readRemovals(body: unknown): readonly string[] {
  return readTexts(body, {
    field: 'external_ids',
    of: 'external ids',
    isValid: isExternalId,
    form: FORM('external_ids'),
  });
}
