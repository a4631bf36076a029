/** A suspended channel (its own host or credentials are wrong) holds its pairings until a check of it passes. */
import { channelsOf } from '../../domain/channel/index.js';
import { suspensionDelay } from '../../domain/decision/sending/retry.js';
import { storableText } from '../../domain/schema/storableText.js';
import { resumeChannel, suspendChannel } from '../../storage/queries/messages/channelSuspensions.js';
import type { Delivery } from '../../storage/queries/messages/selectDelivery.js';
import { type ActivityDeps, about } from '../deps.js';

/** Spreads the pairings that wait for one channel, so that its first good minute is not a stampede. */
const SPREAD_MS = 10_000;
const DETAIL_LENGTH = 1_000;

/**
 * Until when a channel this pairing uses is suspended; null when none is, or when the check that was due has passed.
 * Outside any lock: the check talks to the channel's host.
 */
export async function checkSuspension(deps: ActivityDeps, delivery: Delivery, now: number): Promise<number | null> {
  const used = channelsOf(delivery.variant.messages);
  const suspension = delivery.suspensions.find(({ channel }) => used.includes(channel));
  // Before the due instant the gates hold it anyway.
  if (suspension === undefined || now < delivery.dueAt) return null;
  const { channel } = suspension;
  let { retryAt } = suspension;
  if (now >= retryAt) {
    const failure = await deps.channels[channel].check().then(
      () => null,
      (error: unknown) => storableText(error instanceof Error ? error.message : String(error), DETAIL_LENGTH),
    );
    if (failure === null) {
      await resumeChannel(deps.pool, channel, now);
      deps.observe.warned({ ...about(delivery), what: `channel ${channel} resumed`, code: 'check_passed' });
      return null;
    }
    const failures = suspension.failures + 1;
    retryAt = now + suspensionDelay(failures);
    await suspendChannel(deps.pool, { channel, code: 'check_failed', detail: failure, failures, retryAt }, now);
  }
  return retryAt + Math.round(deps.random() * SPREAD_MS);
}
