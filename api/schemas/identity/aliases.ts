import { z } from 'zod';
import type { AliasRename, NewAlias } from '../../../stream/identity/aliases.js';
import { EXTERNAL_ID_FORM, isExternalId, isGiven, isName } from '../track/trackIdentity.js';
import { MAX_EXTERNAL_ID_BYTES, MAX_NAME_LENGTH } from '../track/trackItems.js';
import { MAX_ASKED, readList } from './readList.js';

/** The bodies of `POST /users/alias/new` and `POST /users/alias/update` (ID-01), and their answer. */
const name = (what: string) =>
  z
    .union([z.string().min(1).max(MAX_NAME_LENGTH), z.number()])
    .meta({ description: `${what}, 1 to ${MAX_NAME_LENGTH} characters; a number counts as its decimal text` });

export const externalId = z
  .union([z.string(), z.number()])
  .meta({ description: `A text of 1 to ${MAX_EXTERNAL_ID_BYTES} bytes; a number counts as its decimal text` });

export const newAliasesBody = z
  .looseObject({
    user_aliases: z
      .array(
        z.looseObject({
          external_id: externalId.nullish().meta({
            description: 'Whose alias it is to be; nothing is added where nobody has it. Absent: of somebody new',
          }),
          alias_label: name('What kind of name it is'),
          alias_name: name('The name'),
        }),
      )
      .min(1)
      .max(MAX_ASKED),
  })
  .meta({ id: 'NewAliases' });

export const aliasUpdatesBody = z
  .looseObject({
    alias_updates: z
      .array(
        z.looseObject({
          alias_label: name('Its label'),
          old_alias_name: name('The name as it is'),
          new_alias_name: name('The name as it is to be'),
        }),
      )
      .min(1)
      .max(MAX_ASKED),
  })
  .meta({ id: 'AliasUpdates' });

export const aliasesAnswer = z
  .object({
    aliases_processed: z.int(),
    message: z.literal('success'),
    skipped: z
      .array(
        z.object({
          index: z.int(),
          reason: z.enum(['unknown_user', 'unknown_alias', 'alias_taken', 'label_taken']),
        }),
      )
      .optional()
      .meta({
        description:
          'Items, by their place in the list, that changed nothing. `alias_taken`: somebody has an alias of that label and ' +
          'name. `label_taken`: the person has another name of that label',
      }),
  })
  .meta({ id: 'AliasesAnswer' });

const NAME_FORM = (field: string) => `'${field}' must be a text of 1 to ${MAX_NAME_LENGTH} characters, or a number`;

export function readNewAliases(body: unknown): readonly NewAlias[] {
  return readList<NewAlias>(body, {
    field: 'user_aliases',
    of: 'user aliases',
    ids: ['external_id', 'alias_label', 'alias_name'],
    read: ({ external_id: id, alias_label: label, alias_name: aliasName }) => {
      if (isGiven(id) && !isExternalId(id)) return EXTERNAL_ID_FORM;
      if (!isName(label)) return NAME_FORM('alias_label');
      if (!isName(aliasName)) return NAME_FORM('alias_name');
      return { externalId: isGiven(id) ? id : null, label, name: aliasName };
    },
  });
}

export function readAliasUpdates(body: unknown): readonly AliasRename[] {
  return readList<AliasRename>(body, {
    field: 'alias_updates',
    of: 'alias updates',
    ids: ['alias_label', 'old_alias_name', 'new_alias_name'],
    read: ({ alias_label: label, old_alias_name: from, new_alias_name: to }) => {
      if (!isName(label)) return NAME_FORM('alias_label');
      if (!isName(from)) return NAME_FORM('old_alias_name');
      if (!isName(to)) return NAME_FORM('new_alias_name');
      return { label, from, to };
    },
  });
}
