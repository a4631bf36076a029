/**
 * What Temporal learns when an attempt fails by our own doing (a database away, a bug): that it did, and a short code.
 * The error itself may quote a row, so its text stays in the worker's log.
 */
import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { failpoint } from '../telemetry/failpoints.js';
import type { AttemptAnswer, AttemptInput } from '../workflows/contracts.js';
import type { ActivityDeps } from './deps.js';

const CODE = /^[A-Za-z0-9_]{1,40}$/;
const FRAME = /^\s+at /;

type Attempt = (deps: ActivityDeps, input: AttemptInput) => Promise<AttemptAnswer>;

export function withOwnFailures(deps: ActivityDeps, attempt: Attempt): (input: AttemptInput) => Promise<AttemptAnswer> {
  return async (input) => {
    try {
      const answer = await attempt(deps, input);
      failpoint('activity_done');
      return answer;
    } catch (error) {
      if (error instanceof ApplicationFailure || error instanceof CancelledFailure) throw error;
      const code = codeOf(error);
      deps.observe.warned({ pairingId: input.pairingId, what: 'an attempt failed, to be repeated', code, error });
      const failure = ApplicationFailure.retryable(`the attempt failed (${code}): see the worker's log`, 'OwnFailure');
      // Where, without the text that the error's own stack begins with.
      const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => FRAME.test(line)) : [];
      failure.stack = frames.join('\n');
      throw failure;
    }
  };
}

/** An SQLSTATE, an errno or the error's class. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  for (const name of ['code', 'name']) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === 'string' && CODE.test(value)) return value;
  }
  return 'unknown';
}
