import { withTransaction } from '../../../storage/withTransaction.js';
import { type ExternalIdError, removeExternalIds, renameExternalIds } from '../../../stream/identity/externalIds.js';
import type { ApiDeps } from '../../deps.js';
import { json, nothing, type Route, scopedRoute } from '../../route.js';
import {
  readRemovals,
  readRenames,
  removalsAnswer,
  removalsBody,
  renamesAnswer,
  renamesBody,
} from '../../schemas/identity/externalIds.js';
import { jsonOf, refusedWhole } from './identityRoute.js';

/** `POST /users/external_ids/rename` and `POST /users/external_ids/remove`. */
export function externalIdRoutes({ pool }: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'post',
      path: '/users/external_ids/rename',
      summary: 'Give people other external ids',
      description:
        'The former one names the person too, until it is removed, so that programs that know no other go on to work. It cannot be ' +
        'renamed, and is given to nobody else.',
      tag: 'People',
      scope: 'users:write',
      compatible: true,
      params: nothing,
      query: nothing,
      body: { schema: renamesBody, yaml: false, itemwise: true },
      answers: { 201: { description: 'Committed', schema: renamesAnswer }, 400: refusedWhole },
      handle: async ({ body }) => {
        const renames = readRenames(jsonOf(body));
        const errors = await withTransaction(pool, (tx) => renameExternalIds(tx, renames));
        return json(201, {
          message: 'success',
          external_ids: without(errors, renames).map(({ to }) => to),
          rename_errors: told(errors, 'external_id_renames', RENAME_ERRORS),
        });
      },
    }),
    scopedRoute({
      method: 'post',
      path: '/users/external_ids/remove',
      summary: 'Remove former external ids of people',
      description: 'They are nobody’s from then on: whoever is named by one is somebody new. This cannot be undone.',
      tag: 'People',
      scope: 'users:write',
      compatible: true,
      params: nothing,
      query: nothing,
      body: { schema: removalsBody, yaml: false, itemwise: true },
      answers: { 201: { description: 'Committed', schema: removalsAnswer }, 400: refusedWhole },
      handle: async ({ body }) => {
        const ids = readRemovals(jsonOf(body));
        const errors = await withTransaction(pool, (tx) => removeExternalIds(tx, ids));
        return json(201, {
          message: 'success',
          removed_ids: without(errors, ids),
          removal_errors: told(errors, 'external_ids', REMOVAL_ERRORS),
        });
      },
    }),
  ];
}

const RENAME_ERRORS: Readonly<Record<ExternalIdError['why'], string>> = {
  unknown: "nobody has the 'current_external_id'",
  former: "the 'current_external_id' is a former one of its person, and only the one they have can be renamed",
  current: "the 'current_external_id' is in use",
  taken: "the 'new_external_id' is in use, or was that of somebody before a rename",
  same: "the 'current_external_id' and the 'new_external_id' are the same",
};

const REMOVAL_ERRORS: Readonly<Record<ExternalIdError['why'], string>> = {
  ...RENAME_ERRORS,
  unknown: 'nobody has this external id',
  current: 'this is the external id that its person has: only former ones can be removed',
};

function without<T>(errors: readonly ExternalIdError[], items: readonly T[]): readonly T[] {
  const wrong = new Set(errors.map(({ index }) => index));
  return items.filter((_, index) => !wrong.has(index));
}

/** As UT-04 tells of items. */
function told(
  errors: readonly ExternalIdError[],
  inputArray: string,
  texts: Readonly<Record<ExternalIdError['why'], string>>,
): readonly object[] {
  return errors.map(({ index, why }) => ({ type: texts[why], input_array: inputArray, index }));
}
