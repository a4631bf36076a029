import { RappelError } from '../../domain/errors.js';
import { subscribeTo } from '../../domain/profile/subscriptionGroup.js';
import type { TransactionClient } from '../../storage/pool.js';
import { findPhoneSharers } from '../../storage/queries/findSharers.js';
import { withTransaction } from '../../storage/withTransaction.js';
import type { Identity, Incoming } from '../../stream/incoming.js';
import { recordEvents } from '../../stream/recordEvents.js';
import { afterRecording } from '../afterRecording.js';
import type { ApiDeps } from '../deps.js';
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
        const recorded = await withTransaction(deps.pool, async (tx) => {
          const items = (await identities(tx, wanted.people)).map(
            (identity, index): Incoming => ({
              kind: 'attributes',
              inputArray: 'attributes',
              index,
              identity,
              updateExistingOnly: true,
              changes: [change],
            }),
          );
          return await recordEvents(tx, deps.stream, items, now);
        });
        afterRecording(deps, recorded);
        const unknown = recorded.skipped.length;
        return json(201, { message: 'success', ...(unknown === 0 ? {} : { unknown }) });
      },
    }),
  ];
}

/** SU-04: each phone number as all who have it; one that nobody has stays, to be counted as unknown. E-mail addresses spread. */
async function identities(tx: TransactionClient, people: readonly Identity[]): Promise<readonly Identity[]> {
  const phones = people.flatMap((identity) => (identity.kind === 'phone' ? [identity.value] : []));
  if (phones.length === 0) return people;
  const sharers = await findPhoneSharers(tx, phones);
  return [...people, ...sharers.map((value): Identity => ({ kind: 'userId', value }))];
}
