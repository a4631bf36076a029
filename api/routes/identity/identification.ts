import { withTransaction } from '../../../storage/withTransaction.js';
import { type IdentifiedPerson, identifyPerson } from '../../../stream/identity/identify.js';
import type { ApiDeps } from '../../deps.js';
import { json, nothing, type Route, scopedRoute } from '../../route.js';
import {
  type AskedIdentification,
  identificationAnswer,
  identificationBody,
  readIdentification,
} from '../../schemas/identity/identification.js';
import { jsonOf, refusedWhole } from './identityRoute.js';
import { auditMerge, leftOutOf, wakeIfMoved } from './mergeOutcome.js';

/** `POST /users/identify` (ID-02). */
export function identificationRoutes(deps: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'post',
      path: '/users/identify',
      summary: 'Give people known by an alias or an address alone an external id',
      description:
        'Where nobody has the external id, it becomes theirs. Where somebody has it, they are merged into that person as by ' +
        '/users/merge, unless that person has an alias of the label. Each item is a transaction of its own.',
      tag: 'People',
      scope: 'users:write',
      compatible: true,
      params: nothing,
      query: nothing,
      body: { schema: identificationBody, yaml: false, itemwise: true },
      answers: { 201: { description: 'Committed', schema: identificationAnswer }, 400: refusedWhole },
      handle: async ({ body, apiKeyId }) => {
        const { people, counts, behavior } = readIdentification(jsonOf(body));
        const results: Told[] = [];
        for (const asked of people) {
          const now = await deps.clock();
          const result = await withTransaction(deps.pool, async (tx) => {
            const identified = await identifyPerson(tx, deps.stream, { identification: asked, behavior, now });
            await auditMerge(tx, identified, { at: now, apiKeyId });
            return identified;
          });
          results.push({ asked, result });
        }
        wakeIfMoved(
          deps,
          results.map(({ result }) => result),
        );
        return json(201, { ...counts, message: 'success', ...told(results) });
      },
    }),
  ];
}

interface Told {
  readonly asked: AskedIdentification;
  readonly result: IdentifiedPerson;
}

function told(results: readonly Told[]): object {
  const skipped = results.flatMap(({ asked: { inputArray, index }, result }) =>
    result.kind === 'skipped' ? [{ input_array: inputArray, index, reason: result.why }] : [],
  );
  return {
    ...(skipped.length === 0 ? {} : { skipped }),
    ...leftOutOf(results.map(({ asked: { index }, result: outcome }) => ({ index, outcome }))),
  };
}
