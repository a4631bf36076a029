/**
 * What the installation lacks (a secret that was deleted by hand, or whose key is lost) holds the messages that need it, and no
 * others: they go out once it is there. Known of this process alone.
 */

import type { ChannelName } from '../../domain/channel/index.js';
import type { JsonObject } from '../../domain/json.js';
import type { About, ActivityDeps } from '../deps.js';
import type { Held } from './hold.js';

interface Wanted {
  readonly channel: ChannelName;
  readonly request: JsonObject;
}

/** Until when to hold; null when each of the requests can be sent as far as the installation goes. */
export async function checkLacking(
  deps: ActivityDeps,
  requests: readonly Wanted[],
  { subject, now }: { readonly subject: About; readonly now: number },
): Promise<Held | null> {
  for (const { channel, request } of requests) {
    const why = await deps.channels[channel].lacks(request);
    if (why === null) continue;
    deps.observe.warned({ ...subject, what: `${channel} held: ${why}`, code: 'secret_missing' });
    return { until: deps.turns.next(now), heldFor: 'secret_missing' };
  }
  return null;
}
