import type { About, DeliveryObserver } from '../activities/deps.js';
import type { Admissions } from '../outbox/admissions.js';
import type { WorkerDeps } from './workerDeps.js';

/** Metrics, log lines and room in the outbox's lanes, of what the activities tell. */
export function createDeliveryObserver(
  { logger, metrics }: Pick<WorkerDeps, 'logger' | 'metrics'>,
  admissions: Admissions,
): DeliveryObserver {
  return {
    began: (pairingId) => {
      admissions.due.began(pairingId);
      admissions.inTurn.began(pairingId);
    },
    ended({ outcome, reason, ...subject }) {
      metrics.outcomes.inc({ outcome, reason });
      logger.info({ ...named(subject), reason }, outcome);
    },
    sent({ channel, lateMs, ...subject }) {
      metrics.sendLateness.observe({ channel }, Math.max(0, lateMs) / 1_000);
      logger.debug({ ...named(subject), channel, lateMs }, 'accepted by the provider');
    },
    warned({ what, code, error, ...subject }) {
      logger.warn({ ...named(subject), code, ...(error === undefined ? {} : { err: error }) }, what);
    },
  };
}

/** As every log line about a delivery names it: the campaign's key, the person's internal id, the pairing's. */
function named({ campaign, userId, pairingId }: About) {
  return { campaign, user: userId, pairing: pairingId };
}
