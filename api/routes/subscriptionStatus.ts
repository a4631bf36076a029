import { RappelError } from '../../domain/errors.js';
import { subscribeTo } from '../../domain/profile/subscriptionGroup.js';
import type { Pool } from '../../storage/pool.js';
import { findPhoneSharers } from '../../storage/queries/people/findSharers.js';
import { withTransaction } from '../../storage/withTransaction.js';
import type { Identity, Incoming } from '../../stream/incoming.js';
import { recordEvents } from '../../stream/recordEvents.js';
import type { ApiDeps } from '../deps.js';
import { reportRecorded } from '../reportRecorded.js';
import { json, nothing, type Route, scopedRoute } from '../route.js';
import {
  readSubscriptionStatus,
  subscriptionStatusAnswer,
  subscriptionStatusBody,
} from '../schemas/subscriptionStatus.js';

/** `POST /subscription/status/set` (ID-08, SU-04): an address stands for everybody who has it. Nobody is created. */
export function subscriptionStatusRoutes(deps: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'post',
      path: '/subscription/status/set',
      summary: 'Set the state of people in a subscription group',
      description:
        'An e-mail address or phone number stands for every profile that has it, and a state set for a person holds for all ' +
        'who have their e-mail address. Nobody is created. At least one and at most 50 people are named in all, by e-mail ' +
        'addresses or phone numbers but not by both.',
      tag: 'Track',
      scope: 'track',
      compatible: true,
      params: nothing,
      query: nothing,
      body: { schema: subscriptionStatusBody, yaml: false, itemwise: true },
      answers: {
        201: { description: 'Committed', schema: subscriptionStatusAnswer },
        400: { description: 'Nothing was changed' },
      },
      handle: async ({ body }) => {
        if (body.kind !== 'json') throw new RappelError('invalid_request', 'The body must be JSON.');
        const wanted = readSubscriptionStatus(body.value);
        if (typeof wanted === 'string') throw new RappelError('invalid_request', wanted);
        const change = subscribeTo(wanted.group, wanted.state, 'rest_api');
        const now = await deps.clock();
        const record = async (people: readonly Identity[]) => {
          const items = people.map(
            (identity, index): Incoming => ({
              kind: 'attributes',
              inputArray: 'attributes',
              index,
              identity,
              updateExistingOnly: true,
              changes: [change],
            }),
          );
          const recorded = await withTransaction(deps.pool, (tx) => recordEvents(tx, deps.stream, items, now));
          reportRecorded(deps, recorded);
          return recorded.skipped.length;
        };
        // One that nobody has is counted as unknown.
        const unknown = await record(wanted.people);
        for await (const sharers of phoneSharers(deps.pool, wanted.people)) await record(sharers);
        return json(201, { message: 'success', ...(unknown === 0 ? {} : { unknown }) });
      },
    }),
  ];
}

/**
 * SU-04: a phone number stands for all who have it, in pages that are changed in a transaction each: a placeholder may be the
 * number of thousands. What fails in between is answered as failed, and the same request again does the rest. E-mail
 * addresses spread by themselves.
 */
async function* phoneSharers(pool: Pool, people: readonly Identity[]): AsyncGenerator<readonly Identity[]> {
  const phones = people.flatMap((identity) => (identity.kind === 'phone' ? [identity.value] : []));
  if (phones.length === 0) return;
  for (let afterId: number | undefined = 0; afterId !== undefined; ) {
    const ids: readonly number[] = await findPhoneSharers(pool, phones, afterId);
    if (ids.length > 0) yield ids.map((value): Identity => ({ kind: 'userId', value }));
    afterId = ids.at(-1);
  }
}
