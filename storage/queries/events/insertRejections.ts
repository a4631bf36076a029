import type { Reason } from '../../../domain/decision/reasons.js';
import type { Json } from '../../../domain/json.js';
import { instant, type Queryable } from '../../pool.js';

export interface NewRejection {
  readonly campaignId: number;
  readonly generation: number;
  readonly version: number;
  readonly userId: number;
  readonly eventSeq: number;
  readonly eventTime: number;
  readonly reason: Reason;
  readonly evidence: { readonly [key: string]: Json };
}

const SQL = `
  insert into rejections (
    recorded_at, campaign_id, generation, version, user_id, event_seq, event_time, reason, evidence
  )
  select $2::timestamptz, campaign_id, generation, version, user_id, event_seq, event_time, reason, evidence
  from jsonb_to_recordset($1::jsonb) as r(
    campaign_id bigint, generation int, version int, user_id bigint, event_seq bigint, event_time timestamptz, reason text, evidence jsonb
  )
`;

export async function insertRejections(tx: Queryable, rejections: readonly NewRejection[], now: number): Promise<void> {
  if (rejections.length === 0) return;
  const rows = rejections.map((rejection) => ({
    campaign_id: rejection.campaignId,
    generation: rejection.generation,
    version: rejection.version,
    user_id: rejection.userId,
    event_seq: rejection.eventSeq,
    event_time: instant(rejection.eventTime),
    reason: rejection.reason,
    evidence: rejection.evidence,
  }));
  await tx.query({ name: 'insertRejections', text: SQL, values: [JSON.stringify(rows), instant(now)] });
}
