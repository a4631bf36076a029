import { RappelError } from '../../domain/errors.js';
import { withTransaction } from '../../storage/withTransaction.js';
import { type Incoming, type InputArray, itemErrorOf } from '../../stream/incoming.js';
import { type RecordResult, recordEvents } from '../../stream/recordEvents.js';
import { createRecorder, type Recorded } from '../../stream/recorder.js';
import { failpoint } from '../../telemetry/failpoints.js';
import type { ApiDeps } from '../deps.js';
import { idempotent, KEY_PATTERN } from '../middleware/idempotent.js';
import { reportRecorded } from '../reportRecorded.js';
import { type Answer, nothing, type Route, scopedRoute } from '../route.js';
import { trackRefusal } from '../schemas/problem.js';
import { type ParsedTrack, parseTrackInSlices } from '../schemas/track/track.js';
import { trackAnswer, trackBody } from '../schemas/track/trackItems.js';

/** UT-01. */
const MAX_BODY_BYTES = 4 * 1_048_576;

/** `POST /users/track`: 201 means committed and decided. One transaction holds the idempotency key and everything recorded. */
export function trackRoutes(deps: ApiDeps): readonly Route[] {
  const recorder = createRecorder({ ...deps, onRecorded: (result) => reportRecorded(deps, result) });
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
      compatible: true,
      params: nothing,
      query: nothing,
      headers: [
        {
          name: 'Idempotency-Key',
          pattern: KEY_PATTERN,
          description:
            'Opt-in exactly-once, kept 7 days: the same key and body replay the stored answer, the same key with another body is refused (409).',
        },
      ],
      body: { schema: trackBody, yaml: false, itemwise: true, maxBytes: MAX_BODY_BYTES },
      answers: {
        201: { description: 'Committed', schema: trackAnswer },
        400: { description: 'Nothing was recorded: no item is valid, or an array is too long', schema: trackRefusal },
        409: { description: 'The Idempotency-Key was used with another body' },
      },
      handle: async ({ body, apiKeyId, header }) => {
        if (body.kind !== 'json') throw new RappelError('invalid_request', 'The body must be JSON.');
        const parsed = await parseTrackInSlices(body.value);
        if (parsed.kind === 'refused') return refusal(parsed);
        const key = header('idempotency-key');
        if (key === undefined) {
          const recorded = await recorder.record(parsed.incoming);
          failpoint('after_ack_commit');
          return { kind: 'json', status: 201, body: success(parsed, recorded), headers: {} };
        }
        const now = await deps.clock();
        let recorded: RecordResult | null = null;
        const keyed = { apiKeyId, key, bodySha256: body.sha256() };
        const answer = await withTransaction(deps.pool, (tx) =>
          idempotent(tx, keyed, async () => {
            recorded = await recordEvents(tx, deps.stream, parsed.incoming, now);
            failpoint('before_ack');
            return { status: 201, body: success(parsed, recorded) };
          }),
        );
        failpoint('after_ack_commit');
        if (!answer.isReplay && recorded !== null) reportRecorded(deps, recorded);
        return { kind: 'json', status: answer.status, body: answer.body, headers: answer.isReplay ? REPLAYED : {} };
      },
    }),
  ];
}

const REPLAYED: Readonly<Record<string, string>> = { 'idempotent-replayed': 'true' };

/** UT-03: each count only if its array was sent. */
function success({ present, errors, incoming }: ParsedTrack & { kind: 'parsed' }, recorded: Recorded): object {
  const refused = inOrder([...errors, ...recorded.errors.map(itemErrorOf)]);
  const warnings = inOrder(recorded.warnings.map(({ item, ...told }) => ({ ...placeOf(item), ...told })));
  const skipped = inOrder(recorded.skipped.map(placeOf));
  const uncounted = new Set([...recorded.errors.map(({ item }) => item), ...recorded.repeated]);
  const count = (array: InputArray) =>
    incoming.filter((item) => item.inputArray === array && !uncounted.has(item)).length;
  return {
    message: 'success',
    ...(present.attributes ? { attributes_processed: count('attributes') } : {}),
    ...(present.events ? { events_processed: count('events') } : {}),
    ...(present.purchases ? { purchases_processed: count('purchases') } : {}),
    ...(recorded.repeated.length > 0 ? { repeated: recorded.repeated.length } : {}),
    ...(skipped.length > 0 ? { skipped } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
    ...(refused.length > 0 ? { errors: refused } : {}),
  };
}

interface Place {
  readonly input_array: InputArray;
  readonly index: number;
}

function placeOf({ inputArray, index }: Incoming): Place {
  return { input_array: inputArray, index };
}

const ARRAY_ORDER = { attributes: 0, events: 1, purchases: 2 } as const;

function inOrder<T extends Place>(told: readonly T[]): readonly T[] {
  return [...told].sort((a, b) => ARRAY_ORDER[a.input_array] - ARRAY_ORDER[b.input_array] || a.index - b.index);
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
  return { kind: 'json', status: 400, body, headers: {} };
}
