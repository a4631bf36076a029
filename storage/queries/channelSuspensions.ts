import type { ChannelName } from '../../domain/campaign/campaign.js';
import type { StorableText } from '../../domain/schema/storableText.js';
import { instant, type Queryable } from '../pool.js';

export interface NewSuspension {
  readonly channel: ChannelName;
  readonly code: string;
  readonly detail: StorableText;
  readonly failures: number;
  readonly retryAt: number;
}

const SUSPEND = `
  insert into channel_suspensions as s (channel, code, detail, failures, since, retry_at)
  values ($1::text, $2::text, $3::text, $4::int, $5::timestamptz, $6::timestamptz)
  on conflict (channel) do update set
    code = excluded.code, detail = excluded.detail, failures = greatest(s.failures, excluded.failures),
    retry_at = greatest(s.retry_at, excluded.retry_at)
`;

/** Nothing is cancelled: pairings of the channel hold until a check of it passes. */
export async function suspendChannel(db: Queryable, suspension: NewSuspension, now: number): Promise<void> {
  const { channel, code, detail, failures, retryAt } = suspension;
  await db.query({
    name: 'suspendChannel',
    text: SUSPEND,
    values: [channel, code, detail, failures, instant(now), instant(retryAt)],
  });
}

const RESUME = `delete from channel_suspensions where channel = $1::text`;

export async function resumeChannel(db: Queryable, channel: ChannelName): Promise<void> {
  await db.query({ name: 'resumeChannel', text: RESUME, values: [channel] });
}
