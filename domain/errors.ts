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

export class RappelError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly problems: readonly Problem[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RappelError';
  }
}
