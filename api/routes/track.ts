import { RappelError } from '../../domain/errors.js';
import { withTransaction } from '../../storage/withTransaction.js';
import { type ItemError, itemErrorOf } from '../../stream/incoming.js';
import { type RecordResult, recordEvents } from '../../stream/recordEvents.js';
import { createRecorder, type Recorded } from '../../stream/recorder.js';
import { failpoint } from '../../telemetry/failpoints.js';
import { afterRecording } from '../afterRecording.js';
import type { ApiDeps } from '../deps.js';
import { idempotent } from '../middleware/idempotent.js';
import { type Answer, nothing, type Route, scopedRoute } from '../route.js';
import { type ParsedTrack, parseTrack } from '../schemas/track.js';
import { trackAnswer, trackBody } from '../schemas/trackItems.js';

/** `POST /users/track`: 201 means committed and decided. One transaction holds the idempotency key and everything recorded. */
export function trackRoutes(deps: ApiDeps): readonly Route[] {
  const recorder = createRecorder({ ...deps, onRecorded: (result) => afterRecording(deps, result) });
  return [
    scopedRoute({
      method: 'post',
      path: '/users/track',
      summary: 'Record attributes, events, session starts and purchases',
      description:
        'Items are judged one by one: valid ones are recorded, the others listed in `errors`. ' +
        'Within a request attributes are applied first, then events, then purchases.',
      tag: 'Track',
      scope: 'track',
      params: nothing,
      query: nothing,
      headers: [
        {
          name: 'Idempotency-Key',
          description:
            'Opt-in exactly-once, kept 7 days: the same key and body replay the stored answer, the same key with another body is refused (409).',
        },
      ],
      body: { schema: trackBody, yaml: false },
      answers: {
        201: { description: 'Committed', schema: trackAnswer },
        400: { description: 'Nothing was recorded: no item is valid, or an array is too long' },
        409: { description: 'The Idempotency-Key was used with another body' },
      },
      handle: async ({ body, apiKeyId, header }) => {
        if (body.kind !== 'json') throw new RappelError('invalid_request', 'The body must be JSON.');
        const parsed = parseTrack(body.value);
        if (parsed.kind === 'refused') return refusal(parsed);
        const key = header('idempotency-key');
        if (key === undefined) {
          const recorded = await recorder.record(parsed.incoming);
          failpoint('after_ack_commit');
          return { kind: 'json', status: 201, body: success(parsed, recorded), headers: {} };
        }
        const now = await deps.clock();
        let recorded: RecordResult | null = null;
        const keyed = { apiKeyId, key, bodySha256: body.sha256 };
        const answer = await withTransaction(deps.pool, (tx) =>
          idempotent(tx, keyed, async () => {
            recorded = await recordEvents(tx, deps.stream, parsed.incoming, now);
            failpoint('before_ack');
            return { status: 201, body: success(parsed, recorded) };
          }),
        );
        failpoint('after_ack_commit');
        if (!answer.isReplay && recorded !== null) afterRecording(deps, recorded);
        return { kind: 'json', status: answer.status, body: answer.body, headers: answer.isReplay ? REPLAYED : {} };
      },
    }),
  ];
}

const REPLAYED: Readonly<Record<string, string>> = { 'idempotent-replayed': 'true' };

/** UT-03: each count only if its array was sent. */
function success({ present, errors }: ParsedTrack & { kind: 'parsed' }, recorded: Recorded): object {
  const all = inOrder([...errors, ...recorded.errors.map(itemErrorOf)]);
  return {
    message: 'success',
    ...(present.attributes ? { attributes_processed: recorded.processed.attributes } : {}),
    ...(present.events ? { events_processed: recorded.processed.events } : {}),
    ...(present.purchases ? { purchases_processed: recorded.processed.purchases } : {}),
    ...(all.length > 0 ? { errors: all } : {}),
  };
}

const ARRAY_ORDER = { attributes: 0, events: 1, purchases: 2 } as const;

function inOrder(errors: readonly ItemError[]): readonly ItemError[] {
  return [...errors].sort((a, b) => ARRAY_ORDER[a.input_array] - ARRAY_ORDER[b.input_array] || a.index - b.index);
}

/** The fatal form of UT-03, which is also a problem document. */
function refusal({ message, errors }: ParsedTrack & { kind: 'refused' }): Answer {
  const body = {
    type: 'urn:rappel:problem:invalid_request',
    title: 'The request cannot be understood',
    status: 400,
    detail: message,
    code: 'invalid_request',
    message,
    errors,
  };
  return { kind: 'json', status: 400, body, headers: { 'content-type': 'application/problem+json' } };
}
