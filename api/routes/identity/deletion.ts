import { deletePeople } from '../../../stream/identity/erasePeople.js';
import type { ApiDeps } from '../../deps.js';
import { json, nothing, type Route, scopedRoute } from '../../route.js';
import { deletionAnswer, deletionBody, readDeletion } from '../../schemas/identity/deletion.js';
import { jsonOf, refusedWhole } from './identityRoute.js';

/** `POST /users/delete` (ID-05). */
export function deletionRoutes({ pool, clock, metrics, wakeOutbox }: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'post',
      path: '/users/delete',
      summary: 'Delete people for good',
      description:
        'When it is answered, nothing is kept of them but that messages were sent or not, by number, for the counts of campaigns. ' +
        'What they waited for is cancelled; a message that was being sent at that moment may still arrive. It cannot be undone.',
      tag: 'People',
      scope: 'users:write',
      compatible: true,
      params: nothing,
      query: nothing,
      body: { schema: deletionBody, yaml: false, itemwise: true },
      answers: { 201: { description: 'They are deleted', schema: deletionAnswer }, 400: refusedWhole },
      handle: async ({ body, apiKeyId }) => {
        const people = readDeletion(jsonOf(body));
        const { count, cancelled } = await deletePeople(pool, { people, apiKeyId, now: await clock() });
        if (cancelled > 0) {
          wakeOutbox();
          metrics.outcomes.inc({ outcome: 'cancelled', reason: 'user_deleted' }, cancelled);
        }
        return json(201, { deleted: count });
      },
    }),
  ];
}
