import type { PairingState } from '../../../domain/decision/reasons.js';
import type { EventKind } from '../../../domain/event/kinds.js';
import type { TriggerSnapshot } from '../../../domain/event/matcher.js';
import type { JsonObject } from '../../../domain/json.js';
import { instant, type Queryable } from '../../pool.js';
import { CAMPAIGN_COLUMNS, type CampaignRow, campaignFromRow } from '../campaigns/campaignRow.js';
import { RUN_CAMPAIGN, RUN_USER } from '../messages/runCampaign.js';
import { ASKED_ANEW } from '../outbox/ask.js';
import { type TriggerColumns, triggerOf } from './triggerColumns.js';

export interface ParkedRow {
  readonly id: number;
  /** How its run names the campaign. */
  readonly run_campaign: string;
  /** And the person. */
  readonly run_user_id: number;
  readonly campaign_key: string;
  readonly campaign_name: string;
  readonly user_id: number;
  readonly external_id: string | null;
  readonly aliases: readonly { readonly label: string; readonly name: string }[];
  readonly occurrence_key: string;
  readonly error: string | null;
  readonly parked_at: number;
  readonly due_at: number;
  readonly trigger_kind: EventKind;
  readonly trigger_name: string;
  readonly trigger_time: number;
}

// Those of an older generation count as cancelled by the stop and wait for the sweep only.
const LIST = `
  select
    p.id, ${RUN_CAMPAIGN} as run_campaign, ${RUN_USER} as run_user_id, c.key as campaign_key, c.name as campaign_name, p.user_id, u.external_id, p.occurrence_key,
    coalesce((select jsonb_agg(jsonb_build_object('label', a.label, 'name', a.name) order by a.label)
      from user_aliases a where a.user_id = p.user_id), '[]') as aliases,
    p.evidence->>'error' as error, coalesce(p.parked_at, p.created_at) as parked_at, p.due_at,
    p.trigger_kind, p.trigger_name, p.trigger_time
  from pairings p
  join campaigns c on c.id = p.campaign_id and c.generation = p.generation
  left join users u on u.id = p.user_id
  where p.state = 'parked' and ($1::bigint is null or p.id < $1::bigint) and ($3::text is null or c.key = $3::text)
  order by p.id desc
  limit $2::int
`;

/** What could not be evaluated or rendered and waits for an operator, the newest pairing first. */
export async function listParked(
  db: Queryable,
  {
    before,
    campaign,
    limit,
  }: { readonly before: number | null; readonly campaign: string | null; readonly limit: number },
): Promise<readonly ParkedRow[]> {
  const { rows } = await db.query<ParkedRow>({ name: 'listParked', text: LIST, values: [before, limit, campaign] });
  return rows;
}

const USER_OF = `select user_id from pairings where id = $1::bigint`;

/** Whom to lock before a pairing is looked at; null: there is no such pairing. */
export async function findPairingUser(db: Queryable, pairingId: number): Promise<number | null> {
  const { rows } = await db.query<{ user_id: number }>({ name: 'findPairingUser', text: USER_OF, values: [pairingId] });
  return rows[0]?.user_id ?? null;
}

interface Row extends CampaignRow, TriggerColumns {
  readonly pairing_state: PairingState;
  readonly pairing_generation: number;
  readonly evidence: JsonObject;
  readonly due_at: number;
  readonly created_at: number;
}

const FIND = `
  select
    p.state as pairing_state, p.generation as pairing_generation, p.evidence, p.due_at, p.created_at,
    p.trigger_kind, p.trigger_name, p.trigger_time, p.trigger_seq, p.trigger_properties, p.trigger_whole_second,
    ${CAMPAIGN_COLUMNS}
  from pairings p
  join campaigns c on c.id = p.campaign_id
  join campaign_versions v on v.campaign_id = c.id and v.version = c.version
  where p.id = $1::bigint
`;

export interface ParkedPairing {
  readonly state: PairingState;
  readonly campaignKey: string;
  /** Its campaign was stopped or archived meanwhile: that cancelled it. */
  readonly isOfOldGeneration: boolean;
  readonly evidence: JsonObject;
  readonly dueAt: number;
  readonly createdAt: number;
  readonly trigger: TriggerSnapshot;
  /** Throws where the stored definition does not compile. */
  readonly compile: () => ReturnType<typeof campaignFromRow>;
}

/** Under the lock of its user. */
export async function selectParkedPairing(tx: Queryable, pairingId: number): Promise<ParkedPairing | null> {
  const { rows } = await tx.query<Row>({ name: 'selectParkedPairing', text: FIND, values: [pairingId] });
  const row = rows[0];
  if (row === undefined) return null;
  return {
    state: row.pairing_state,
    campaignKey: row.key,
    isOfOldGeneration: row.pairing_generation !== row.generation,
    evidence: row.evidence,
    dueAt: row.due_at,
    createdAt: row.created_at,
    trigger: triggerOf(row),
    compile: () => campaignFromRow(row),
  };
}

const FORGET_CLAIMS = `
  update messages m set state = 'unknown', code = 'no_answer', lease_until = null, request = null
  from pairings p
  where p.id = any($1::bigint[]) and p.state = 'parked' and m.pairing_id = p.id and m.state = 'claimed'
`;

/**
 * Of parked pairings that are given up: a send that was begun may have arrived, and counts so. Left as a claim it would
 * hold up every later message of the campaign to that person.
 */
export async function forgetClaims(tx: Queryable, pairingIds: readonly number[]): Promise<void> {
  await tx.query({ name: 'forgetClaims', text: FORGET_CLAIMS, values: [pairingIds] });
}

// Its run has failed, or never began: the outbox starts one. A row left of the first start is drained at once.
// What was parked with a claim goes on from it: what became of that send is found out first.
const RETRY = `
  with retried as (
    update pairings p set
      state = case
        when exists (select from messages m where m.pairing_id = p.id and m.state = 'claimed') then 'sending' else 'waiting'
      end,
      evidence = '{}', parked_at = null, own_failure = null, due_at = $2::timestamptz,
      wake_at = case when due_at = $2::timestamptz then wake_at else $2::timestamptz end
    where id = $1::bigint and state = 'parked'
    returning id, campaign_id
  )
  insert into outbox (target, target_id, kind, campaign_id) select 'pairing', id, 'start', campaign_id from retried
  ${ASKED_ANEW}
`;

/** Lets it wait again until `dueAt`, under the lock of its user. */
export async function retryParkedPairing(tx: Queryable, pairingId: number, dueAt: number): Promise<void> {
  await tx.query({ name: 'retryParkedPairing', text: RETRY, values: [pairingId, instant(dueAt)] });
}
