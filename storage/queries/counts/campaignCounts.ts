import type { CampaignState } from '../../../domain/campaign/campaign.js';
import { type ByReason, type Funnel, funnelOf, type KeptCount, waitsInEnded } from '../../../domain/campaign/funnel.js';
import type { Queryable } from '../../pool.js';

/** UTC days, as `2026-12-01`, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

interface Row extends KeptCount {
  readonly campaign_id: number;
}

const TOTALS = `
  select k.campaign_id, k.generation < c.generation as "isClosing", k.metric, k.reason, sum(k.n) as count
  from (
    select * from campaign_counts where campaign_id = any($1::bigint[]) and shard = 0 and day = '-infinity'
    union all
    select * from campaign_counts where campaign_id = any($1::bigint[]) and shard > 0
  ) k
  join campaigns c on c.id = k.campaign_id
  where $2::int is null or k.version = $2::int
  group by 1, 2, 3, 4
`;

const DURING = `
  select k.campaign_id, k.generation < c.generation as "isClosing", k.metric, k.reason, sum(k.n) as count
  from campaign_counts k
  join campaigns c on c.id = k.campaign_id
  where k.campaign_id = $1::bigint and k.shard = any('{0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15}')
    and k.day between $3::date and $4::date and ($2::int is null or k.version = $2::int)
  group by 1, 2, 3, 4
`;

// Few at a time, and a count of them would be two more writes a message. Of ended generations, where it tells who is
// cancelled by the stop from who is not.
const SENDING = `
  select p.campaign_id, true as "isClosing", 'sending' as metric, '' as reason, count(*) as count
  from pairings p
  join campaigns c on c.id = p.campaign_id
  where p.campaign_id = any($1::bigint[]) and p.state = 'sending' and p.generation < c.generation
    and ($2::int is null or p.campaign_version = $2::int)
  group by 1
`;

async function totalsOf(db: Queryable, ids: readonly number[], version: number | null): Promise<readonly Row[]> {
  const { rows } = await db.query<Row>({ name: 'campaignTotals', text: TOTALS, values: [ids, version] });
  const closing = ids.filter((id) => waitsInEnded(rows.filter(({ campaign_id }) => campaign_id === id)));
  if (closing.length === 0) return rows;
  const sending = await db.query<Row>({ name: 'countSending', text: SENDING, values: [closing, version] });
  return [...rows, ...sending.rows];
}

export interface Counted {
  readonly id: number;
  readonly state: CampaignState;
}

/** The funnels of campaigns, by id, of all that ever happened; from the kept counts, whatever the number of people. */
export async function funnelsOf(db: Queryable, campaigns: readonly Counted[]): Promise<ReadonlyMap<number, Funnel>> {
  const ids = campaigns.map(({ id }) => id);
  const rows = await totalsOf(db, ids, null);
  return new Map(
    campaigns.map((campaign) => {
      const own = rows.filter(({ campaign_id }) => campaign_id === campaign.id);
      return [campaign.id, funnelOf(own, own, closedAs(campaign))];
    }),
  );
}

const SENDING_NOW = `
  select count(*) as count from pairings where campaign_id = $1::bigint and state = 'sending'
`;

/** Whom an end of the present generation would drop: who waits or is parked; who is being sent is not. */
export async function countDroppedByEnd(db: Queryable, campaign: Counted): Promise<number> {
  const funnel = (await funnelsOf(db, [campaign])).get(campaign.id);
  const { rows } = await db.query<{ count: number }>({
    name: 'countSendingNow',
    text: SENDING_NOW,
    values: [campaign.id],
  });
  return (funnel?.waiting ?? 0) + (funnel?.parked ?? 0) - (rows[0]?.count ?? 0);
}

export interface FunnelAsked {
  /** Null: all of them. */
  readonly version: number | null;
  /** Null: ever. */
  readonly days: Days | null;
  /** The UTC day of now. */
  readonly today: string;
}

/** The funnel of one campaign; of days: what happened on them, and who waits and is parked now. */
export async function funnelDuring(
  db: Queryable,
  campaign: Counted,
  { version, days, today }: FunnelAsked,
): Promise<Funnel> {
  const totals = await totalsOf(db, [campaign.id], version);
  if (days === null) return funnelOf(totals, totals, closedAs(campaign));
  const during = await db.query<Row>({
    name: 'campaignDays',
    text: DURING,
    values: [campaign.id, version, days.from, days.to],
  });
  return funnelOf(totals, during.rows, days.to < today ? null : closedAs(campaign));
}

const LATEST_ACTIVE = `
  select id, key, state from campaigns where state = 'active' order by active_since desc, id desc limit 100
`;

/** For the metrics: the funnel of the active campaigns launched last, 100 at most, without reasons, by campaign key. */
export async function campaignPeople(db: Queryable): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
  const { rows } = await db.query<Counted & { readonly key: string }>({ name: 'latestActive', text: LATEST_ACTIVE });
  const funnels = await funnelsOf(db, rows);
  return new Map(
    rows.map(({ id, key }) => [
      key,
      Object.fromEntries(
        Object.entries<number | ByReason>({ ...funnels.get(id) }).map(([step, counted]) => [step, totalOf(counted)]),
      ),
    ]),
  );
}

function totalOf(counted: number | ByReason): number {
  return typeof counted === 'number' ? counted : Object.values(counted).reduce((sum, count) => sum + count, 0);
}

function closedAs({ state }: Counted): 'campaign_stopped' | 'campaign_archived' {
  return state === 'archived' ? 'campaign_archived' : 'campaign_stopped';
}
