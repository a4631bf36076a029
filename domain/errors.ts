/**
 * Every error Rappel raises on purpose, by code. `retryable` says whether the same call may succeed later;
 * `api/errors.ts` alone maps a code to an HTTP status.
 */
export const ERROR_CODES = {
  invalid_request: { retryable: false },
  invalid_definition: { retryable: false },
  unauthenticated: { retryable: false },
  forbidden: { retryable: false },
  not_found: { retryable: false },
  method_not_allowed: { retryable: false },
  conflict: { retryable: false },
  idempotency_mismatch: { retryable: false },
  payload_too_large: { retryable: false },
  rate_limited: { retryable: true },
  unavailable: { retryable: true },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One thing wrong with an input: where (a path as `trigger.where[0].atLeast`), what, and what is allowed. */
export interface Problem {
  readonly path: string;
  readonly message: string;
  readonly allowed?: string;
}

/** Nobody reads more, and an answer must not outgrow its question: 19,000 unknown fields answered 4.6 MB. */
export const MAX_PROBLEMS = 20;
const LONGEST_PATH = 300;
const LONGEST_MESSAGE = 500;

export class RappelError extends Error {
  /** The first 20, each of them cut to a length that is read. */
  readonly problems: readonly Problem[];

  constructor(
    readonly code: ErrorCode,
    message: string,
    problems: readonly Problem[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RappelError';
    this.problems = problems.slice(0, MAX_PROBLEMS).map((problem) => ({
      ...problem,
      path: cut(problem.path, LONGEST_PATH),
      message: cut(problem.message, LONGEST_MESSAGE),
    }));
  }
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}
