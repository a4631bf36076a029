import type { RecordResult } from '../stream/recordEvents.js';
import type { ApiDeps } from './deps.js';

/** After the commit of a recording: wakes what waits for it, and tells operators what it decided, in ids and reasons. */
export function reportRecorded({ logger, metrics, catalogue, wakeOutbox }: ApiDeps, recorded: RecordResult): void {
  if (recorded.outboxWritten) wakeOutbox();
  catalogue?.see(recorded.events);
  for (const reason of recorded.rejections) metrics.rejections.inc({ reason });
  for (const { campaign, userId, pairingId } of recorded.cancelled) {
    metrics.outcomes.inc({ outcome: 'cancelled', reason: 'exception' });
    const pairing = pairingId === null ? {} : { pairing: pairingId };
    logger.info({ campaign, user: userId, ...pairing, reason: 'exception' }, 'cancelled');
  }
}
