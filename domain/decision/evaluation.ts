/** The failing of a rule or template over stored data, told apart from the failing of a database: it parks one pairing. */
export class EvaluationError extends Error {
  constructor(
    /** Short, of our own vocabulary; the message may quote data and stays in PostgreSQL. */
    readonly code: 'rules_failed' | 'template_failed',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'EvaluationError';
  }
}

/** Runs rules, which do no I/O: whatever they throw is theirs. */
export function evaluating<T>(rules: () => T): T {
  try {
    return rules();
  } catch (cause) {
    throw new EvaluationError('rules_failed', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
