/**
 * What Temporal learns when an attempt fails by our own doing (a database away, a bug): that it did, and a short code.
 * The error itself may quote a row, so its text stays in the worker's log. An attempt that fails in the same way five times
 * in a row parks its pairing, whatever the cause: it would go on failing, and nobody would see it. One whose repetition
 * would send another copy, or would meet the same value that cannot be stored, is parked at once.
 */
import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { storableText } from '../domain/schema/storableText.js';
import { countOwnFailure, parkFailing } from '../storage/queries/pairings/ownFailures.js';
import { isDatabaseUnavailable, isGivenUp, isUnstorable } from '../storage/unavailable.js';
import { framesOf } from '../telemetry/describeError.js';
import { failpoint } from '../telemetry/failpoints.js';
import { TOLD } from '../telemetry/temporalLogger.js';
import type { AttemptAnswer, AttemptInput } from '../workflows/contracts.js';
import type { About, ActivityDeps } from './deps.js';
import { parked } from './parked.js';
import { UnsettledError } from './unsettledError.js';

const CODE = /^[A-Za-z0-9_]{1,40}$/;

type Attempt = (deps: ActivityDeps, input: AttemptInput) => Promise<AttemptAnswer>;

/** Failures of one kind in a row, after which the pairing is parked: some 15 s of retries. */
const MOST_FAILURES = 5;
const ERROR_LENGTH = 1_000;

export function withOwnFailures(deps: ActivityDeps, attempt: Attempt): (input: AttemptInput) => Promise<AttemptAnswer> {
  return async (input) => {
    try {
      const answer = await attempt(deps, input);
      failpoint('activity_done');
      return answer;
    } catch (error) {
      if (error instanceof ApplicationFailure || error instanceof CancelledFailure) throw error;
      const code = codeOf(error);
      const { failures, ...subject } = await count(deps, input, { error, code });
      const isLast = failures >= MOST_FAILURES || error instanceof UnsettledError || isUnstorable(error);
      if (isLast && (await park(deps, input, { error, code }))) {
        deps.observe.warned({ ...subject, what: 'parked', code, error });
        throw parked();
      }
      deps.observe.warned({ ...subject, what: 'an attempt failed, to be repeated', code, error });
      const failure = ApplicationFailure.retryable(`${TOLD.failed}(${code}): see the worker's log`, 'OwnFailure');
      // Where, without the text that the error's own stack begins with: Temporal keeps it.
      failure.stack = framesOf(error).join('\n');
      throw failure;
    }
  };
}

interface Failed {
  readonly error: unknown;
  readonly code: string;
}

/**
 * A database that is away says nothing of the message: such failures are repeated without a count. One that gives up a
 * statement may be overloaded, so this counts only once the message is too late to be sent: it may never end.
 */
async function count(
  { pool, clock, workspace }: ActivityDeps,
  { pairingId, now }: AttemptInput,
  { error, code }: Failed,
): Promise<About & { readonly failures: number }> {
  const unknown = { pairingId, campaign: null, userId: null, failures: 0 };
  const mayBeOverload = isGivenUp(error);
  if (!mayBeOverload && isDatabaseUnavailable(error)) return unknown;
  try {
    const plannedBefore = mayBeOverload ? Math.max(await clock(), now) - workspace.maxLatenessMs : null;
    return { ...unknown, ...(await countOwnFailure(pool, pairingId, { code, plannedBefore })) };
  } catch {
    // The failure itself is what must be told.
    return unknown;
  }
}

async function park({ pool }: ActivityDeps, { pairingId }: AttemptInput, { error, code }: Failed): Promise<boolean> {
  const message = error instanceof Error ? error.message : String(error);
  const told =
    error instanceof UnsettledError
      ? message
      : isUnstorable(error)
        ? `a value cannot be stored (${code}): ${message}`
        : `${MOST_FAILURES} attempts failed in the same way (${code}): ${message}`;
  return await parkFailing(pool, pairingId, storableText(told, ERROR_LENGTH)).catch(() => false);
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
