/**
 * Tells Temporal that an activity's worker lives, so that one whose worker died is taken up again after the heartbeat
 * timeout instead of after all the time it might have taken.
 */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';

/** Beats per timeout: two may be late or lost. */
const BEATS = 3;

export function heartbeats(context: Context): ActivityInterceptors {
  const { heartbeatTimeoutMs } = context.info;
  return {
    inbound: {
      async execute(input, next) {
        if (heartbeatTimeoutMs === undefined) return await next(input);
        const timer = setInterval(() => context.heartbeat(), heartbeatTimeoutMs / BEATS);
        try {
          return await next(input);
        } finally {
          clearInterval(timer);
        }
      },
    },
  };
}
