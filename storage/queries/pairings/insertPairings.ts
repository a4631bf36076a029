import type { TriggerSnapshot } from '../../../domain/event/matcher.js';
import type { Json } from '../../../domain/json.js';
import { instant, type Queryable } from '../../pool.js';

export interface NewPairing {
  readonly campaignId: number;
  readonly userId: number;
  readonly occurrenceKey: string;
  readonly campaignVersion: number;
  readonly generation: number;
  readonly variant: string;
  readonly trigger: TriggerSnapshot;
  readonly chainDepth: number;
  readonly dueAt: number;
  /** An exception that was recorded before this late trigger: the pairing is born cancelled (AB-38). */
  readonly cancelled: { readonly [key: string]: Json } | null;
  /** Why its rules could not be evaluated (`error`; `stage` entry: it has not been let in): it is born parked. */
  readonly failure: { readonly error: string; readonly stage?: 'entry' } | null;
}

// One statement: a waiting pairing without its outbox row would never start.
const SQL = `
  with entered as (
    insert into pairings (
      campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, outcome, reason, evidence,
      trigger_kind, trigger_name, trigger_time, trigger_seq, trigger_properties,
      trigger_whole_second, chain_depth, due_at, wake_at, created_at, parked_at, settled_at
    )
    select
      campaign_id, user_id, occurrence_key, campaign_version, generation, variant,
      case when failure is not null then 'parked' when cancelled is null then 'waiting' else 'done' end,
      case when cancelled is null then null else 'cancelled' end,
      case when cancelled is null then null else 'exception' end,
      coalesce(cancelled, failure, '{}'),
      trigger_kind, trigger_name, trigger_time, trigger_seq, trigger_properties, trigger_whole_second, chain_depth,
      due_at, due_at, $2::timestamptz, case when failure is not null then $2::timestamptz end,
      case when cancelled is null then null else $2::timestamptz end
    from jsonb_to_recordset($1::jsonb) as p(
      campaign_id bigint, user_id bigint, occurrence_key text, campaign_version int, generation int, variant text,
      trigger_kind text, trigger_name text, trigger_time timestamptz, trigger_seq bigint, trigger_properties jsonb,
      trigger_whole_second boolean, chain_depth smallint, due_at timestamptz, cancelled jsonb, failure jsonb
    )
    on conflict (campaign_id, user_id, occurrence_key) do nothing
    returning id, campaign_id, state, due_at
  )
  insert into outbox (target, target_id, kind, campaign_id, due_at)
  select 'pairing', id, 'start', campaign_id, due_at from entered where state = 'waiting'
`;

/** Writes the pairings and, for those that wait, the request to start their workflow. Returns how many were asked for. */
export async function insertPairings(tx: Queryable, pairings: readonly NewPairing[], now: number): Promise<number> {
  if (pairings.length === 0) return 0;
  const rows = pairings.map(({ trigger, ...pairing }) => ({
    campaign_id: pairing.campaignId,
    user_id: pairing.userId,
    occurrence_key: pairing.occurrenceKey,
    campaign_version: pairing.campaignVersion,
    generation: pairing.generation,
    variant: pairing.variant,
    trigger_kind: trigger.kind,
    trigger_name: trigger.name,
    trigger_time: instant(trigger.time),
    trigger_seq: trigger.seq,
    trigger_properties: trigger.properties,
    trigger_whole_second: trigger.isWholeSecond === true,
    chain_depth: pairing.chainDepth,
    due_at: instant(pairing.dueAt),
    cancelled: pairing.cancelled,
    failure: pairing.failure,
  }));
  const { rowCount } = await tx.query({
    name: 'insertPairings',
    text: SQL,
    values: [JSON.stringify(rows), instant(now)],
  });
  return rowCount ?? 0;
}
