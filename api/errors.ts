import { types } from 'node:util';
import { type ErrorCode, type Problem, RappelError } from '../domain/errors.js';
import { isDatabaseUnavailable } from '../storage/unavailable.js';

/**
 * The only place that turns an error into an HTTP answer (problem+json, RFC 9457). What was not raised on purpose
 * leaves no trace of itself in the answer: no stack, no SQL, no values.
 */
const STATUS_OF: Readonly<Record<ErrorCode, number>> = {
  invalid_request: 400,
  invalid_definition: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  idempotency_mismatch: 409,
  payload_too_large: 413,
  rate_limited: 429,
  unavailable: 503,
};

const TITLE_OF: Readonly<Record<ErrorCode | 'internal', string>> = {
  invalid_request: 'The request cannot be understood',
  invalid_definition: 'The definition is not valid',
  unauthenticated: 'A valid API key is required',
  forbidden: 'This API key may not do that',
  not_found: 'There is no such thing',
  method_not_allowed: 'This path does not take that method',
  conflict: 'The current state does not allow that',
  idempotency_mismatch: 'This Idempotency-Key was used with another request',
  payload_too_large: 'The body is too large',
  rate_limited: 'Too many requests',
  unavailable: 'Temporarily unavailable',
  internal: 'Something went wrong on our side',
};

export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** As `detail`: the field where clients of the track API look for it (UT-03). */
  readonly message: string;
  readonly problems?: readonly Problem[];
}

export function problemOf(error: unknown): ProblemDocument {
  const known = asRappelError(error);
  if (known === null) return document('internal', 500, 'Try again; the log has the details under this request id.', []);
  return document(known.code, STATUS_OF[known.code], known.message, known.problems);
}

/** Not "nothing was recorded": the answer to a commit may be what was lost. */
const UNAVAILABLE =
  'The database does not answer. What you sent may have been recorded: send the same again, which is harmless with the ' +
  'same Idempotency-Key, or for events that have an event_id.';

/** The deliberate error an unknown one stands for; null: a defect of ours. */
export function asRappelError(error: unknown): RappelError | null {
  if (error instanceof RappelError) return error;
  if (isDatabaseUnavailable(error)) {
    return new RappelError('unavailable', UNAVAILABLE, [], { cause: error });
  }
  return asBodyError(error);
}

function document(
  code: ErrorCode | 'internal',
  status: number,
  detail: string,
  problems: readonly Problem[],
): ProblemDocument {
  const base = { type: `urn:rappel:problem:${code}`, title: TITLE_OF[code], status, detail, code, message: detail };
  return problems.length === 0 ? base : { ...base, problems };
}

/** The errors of Express and its body parsers, by their `type` and `status`; their own messages may quote the body. */
function asBodyError(error: unknown): RappelError | null {
  if (!types.isNativeError(error) || !('status' in error) || typeof error.status !== 'number') return null;
  if (error.status < 400 || error.status > 499) return null;
  if (error.status === 413) return new RappelError('payload_too_large', `The body may have at most ${limitOf(error)}.`);
  return new RappelError('invalid_request', 'The request is malformed: its path, encoding or body cannot be read.');
}

/** As the body's reader was told; it counts in bytes. */
function limitOf(error: Error): string {
  return 'limit' in error && typeof error.limit === 'number' ? `${error.limit / 1_048_576} MiB` : '1 MiB';
}
