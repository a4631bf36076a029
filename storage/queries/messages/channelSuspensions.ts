import type { ChannelName } from '../../../domain/channel/index.js';
import type { StorableText } from '../../../domain/schema/storableText.js';
import { instant, type Queryable } from '../../pool.js';

export interface NewSuspension {
  readonly channel: ChannelName;
  readonly code: string;
  readonly detail: StorableText;
  readonly failures: number;
  readonly retryAt: number;
}

// In the audit log only where it was not suspended, and without the detail, which repeats what a server said.
const SUSPEND = `
  with suspended as (
    insert into channel_suspensions as s (channel, code, detail, failures, since, retry_at)
    values ($1::text, $2::text, $3::text, $4::int, $5::timestamptz, $6::timestamptz)
    on conflict (channel) do update set
      code = excluded.code, detail = excluded.detail, failures = greatest(s.failures, excluded.failures),
      retry_at = greatest(s.retry_at, excluded.retry_at)
    returning channel, code, xmax = 0 as is_new
  )
  insert into audit_log (at, actor, action, subject, before, after)
  select $5::timestamptz, 'worker', 'channel.suspend', 'channel/' || channel,
    jsonb_build_object('suspended', false), jsonb_build_object('suspended', true, 'code', code)
  from suspended where is_new
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

const RESUME = `
  with resumed as (delete from channel_suspensions where channel = $1::text returning channel, code, since)
  insert into audit_log (at, actor, action, subject, before, after)
  select $2::timestamptz, 'worker', 'channel.resume', 'channel/' || channel,
    jsonb_build_object('suspended', true, 'code', code, 'since', since), jsonb_build_object('suspended', false)
  from resumed
`;

export async function resumeChannel(db: Queryable, channel: ChannelName, now: number): Promise<void> {
  await db.query({ name: 'resumeChannel', text: RESUME, values: [channel, instant(now)] });
}
