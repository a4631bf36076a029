import { withTransaction } from '../../../storage/withTransaction.js';
import { addAliases, renameAliases, type SkippedAlias } from '../../../stream/identity/aliases.js';
import type { ApiDeps } from '../../deps.js';
import { type Answer, json, nothing, type Route, scopedRoute } from '../../route.js';
import {
  aliasesAnswer,
  aliasUpdatesBody,
  newAliasesBody,
  readAliasUpdates,
  readNewAliases,
} from '../../schemas/identity/aliases.js';
import { jsonOf, refusedWhole } from './identityRoute.js';

/** `POST /users/alias/new` and `POST /users/alias/update` (ID-01). */
export function aliasRoutes({ pool, clock }: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'post',
      path: '/users/alias/new',
      summary: 'Give people aliases, or make people known by one',
      description:
        'With `external_id` the alias is added to that person; nothing is added where nobody has it. Without it, and where nobody ' +
        'has the alias, somebody new is made. A label and a name are one person’s, and of a label a person has one name.',
      tag: 'People',
      scope: 'users:write',
      compatible: true,
      params: nothing,
      query: nothing,
      body: { schema: newAliasesBody, yaml: false, itemwise: true },
      answers: { 201: { description: 'Committed', schema: aliasesAnswer }, 400: refusedWhole },
      handle: async ({ body }) => {
        const aliases = readNewAliases(jsonOf(body));
        const now = await clock();
        return answer(aliases.length, await withTransaction(pool, (tx) => addAliases(tx, aliases, now)));
      },
    }),
    scopedRoute({
      method: 'post',
      path: '/users/alias/update',
      summary: 'Rename aliases',
      description: 'Nothing is renamed where nobody has the old name, or somebody has the new one.',
      tag: 'People',
      scope: 'users:write',
      compatible: true,
      params: nothing,
      query: nothing,
      body: { schema: aliasUpdatesBody, yaml: false, itemwise: true },
      answers: { 201: { description: 'Committed', schema: aliasesAnswer }, 400: refusedWhole },
      handle: async ({ body }) => {
        const updates = readAliasUpdates(jsonOf(body));
        return answer(updates.length, await withTransaction(pool, (tx) => renameAliases(tx, updates)));
      },
    }),
  ];
}

function answer(processed: number, skipped: readonly SkippedAlias[]): Answer {
  return json(201, { aliases_processed: processed, message: 'success', ...(skipped.length === 0 ? {} : { skipped }) });
}
