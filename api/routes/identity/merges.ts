import { withTransaction } from '../../../storage/withTransaction.js';
import { type Merge, type Merged, mergePeople } from '../../../stream/identity/mergePeople.js';
import type { ApiDeps } from '../../deps.js';
import { json, nothing, type Route, scopedRoute } from '../../route.js';
import { mergesAnswer, mergesBody, readMerges } from '../../schemas/identity/merges.js';
import { jsonOf, refusedWhole } from './identityRoute.js';
import { auditMerge, leftOutOf, wakeIfMoved } from './mergeOutcome.js';

/** `POST /users/merge` (ID-03, ID-04, ID-06). */
export function mergeRoutes(deps: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'post',
      path: '/users/merge',
      summary: 'Make two profiles that are one person one profile',
      description:
        'What the profile that is kept has wins, what it lacks is filled; counters, receipts, history and what waits are those of ' +
        'both. The names of the other lead to it from then on. Each pair is a transaction of its own; they are merged when it is ' +
        'answered. Nothing triggers on it.',
      tag: 'People',
      scope: 'users:write',
      compatible: true,
      params: nothing,
      query: nothing,
      body: { schema: mergesBody, yaml: false, itemwise: true },
      answers: { 202: { description: 'They are merged', schema: mergesAnswer }, 400: refusedWhole },
      handle: async ({ body, apiKeyId }) => {
        const merges = readMerges(jsonOf(body));
        const results: Merged[] = [];
        for (const merge of merges) results.push(await mergeOne(deps, { merge, apiKeyId }));
        wakeIfMoved(deps, results);
        return json(202, { message: 'success', ...told(results) });
      },
    }),
  ];
}

async function mergeOne(
  { pool, stream, clock }: ApiDeps,
  { merge, apiKeyId }: { readonly merge: Merge; readonly apiKeyId: number },
): Promise<Merged> {
  const now = await clock();
  return await withTransaction(pool, async (tx) => {
    const merged = await mergePeople(tx, stream, { merge, now });
    await auditMerge(tx, merged, { at: now, apiKeyId });
    return merged;
  });
}

/** What became of the items. */
function told(results: readonly Merged[]): object {
  const skipped = results.flatMap((each, index) => (each.kind === 'skipped' ? [{ index, reason: each.why }] : []));
  return {
    merged: results.length - skipped.length,
    ...(skipped.length === 0 ? {} : { skipped }),
    ...leftOutOf(results.map((outcome, index) => ({ index, outcome }))),
  };
}
