import { RappelError } from '../../domain/errors.js';
import { selectLaunched } from '../../storage/queries/counts/selectLaunched.js';
import { withTransaction } from '../../storage/withTransaction.js';
import { recordEvents } from '../../stream/recordEvents.js';
import type { ApiDeps } from '../deps.js';
import { reportRecorded } from '../reportRecorded.js';
import { json, nothing, type Route, scopedRoute } from '../route.js';
import { interactionsAnswer, interactionsBody, readInteractions } from '../schemas/interactions.js';

const NOBODY = 'there is nobody of that name, and interactions create nobody';

/** `POST /v1/interactions`: opens, clicks, views and conversions (CC-01), under a scope that backends need not have. */
export function interactionRoutes(deps: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'post',
      path: '/v1/interactions',
      summary: 'Record what people did with the messages of campaigns',
      description:
        'Items are judged one by one: valid ones are recorded, once per `event_id`, the others listed in `errors`. ' +
        'Nobody is created. A conversion counts only for somebody who received the campaign.',
      tag: 'Track',
      scope: 'interactions',
      params: nothing,
      query: nothing,
      body: { schema: interactionsBody, yaml: false, itemwise: true },
      answers: {
        201: { description: 'Committed', schema: interactionsAnswer },
        400: { description: 'Nothing was recorded: the body is not a list of 1 to 75 items' },
      },
      handle: async ({ body }) => {
        if (body.kind !== 'json') throw new RappelError('invalid_request', 'The body must be JSON.');
        const read = readInteractions(body.value);
        if (!read.ok) throw new RappelError('invalid_request', read.message);
        const now = await deps.clock();
        const keys = read.incoming.flatMap((item) => (item.kind === 'attributes' ? [] : [item.name]));
        const launched = await selectLaunched(deps.pool, keys);
        const isKnown = (item: (typeof read.incoming)[number]) => item.kind !== 'attributes' && launched.has(item.name);
        const unknown = read.incoming
          .filter((item) => !isKnown(item))
          .map(({ index }) => ({ index, message: 'no campaign of this key was ever launched' }));
        const items = read.incoming.filter(isKnown);
        const recorded = await withTransaction(deps.pool, (tx) => recordEvents(tx, deps.stream, items, now));
        reportRecorded(deps, recorded);
        const refused = recorded.errors.map(({ item, type }) => ({ index: item.index, message: type }));
        const nobody = recorded.skipped.map(({ index }) => ({ index, message: NOBODY }));
        const errors = [...read.errors, ...unknown, ...refused, ...nobody].sort((a, b) => a.index - b.index);
        return json(201, { accepted: items.length - refused.length - nobody.length, errors });
      },
    }),
  ];
}
