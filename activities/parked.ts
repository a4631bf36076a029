/** How an attempt says that its pairing is parked: its run fails, so that the Temporal UI shows it. */
import { ApplicationFailure } from '@temporalio/activity';
import { PARKED } from '../domain/ids.js';
import { TOLD } from '../telemetry/temporalLogger.js';

/** Non-retryable, and without the cause's text: that stays on the row, in PostgreSQL. */
export function parked(): ApplicationFailure {
  return ApplicationFailure.create({
    type: PARKED,
    nonRetryable: true,
    message: `${TOLD.parked}it could not be evaluated, rendered or sent; see the pairing, then retry or discard it`,
  });
}
