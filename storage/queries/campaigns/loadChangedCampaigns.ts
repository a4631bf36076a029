import type { Campaign, CampaignState } from '../../../domain/campaign/campaign.js';
import type { Queryable } from '../../pool.js';
import { type CampaignRow, campaignFromRow } from './campaignRow.js';

type Row = { readonly latest: number } & { readonly [Column in keyof CampaignRow]: CampaignRow[Column] | null };

// Without the bodies of messages, which are most of a definition and of no use to whoever only listens. What is not of
// the form that every definition has is left as it is: it does not compile, and that is told of this campaign alone.
const WITHOUT_BODIES = `
  case when jsonb_typeof(v.definition->'variants') = 'array' then jsonb_set(v.definition, '{variants}', (
    select coalesce(jsonb_agg(
      case when jsonb_typeof(of.variant->'messages') = 'object' then jsonb_set(of.variant, '{messages}', (
        select coalesce(jsonb_object_agg(channel, '{}'::jsonb), '{}') from jsonb_object_keys(of.variant->'messages') channel
      )) else of.variant end
      order by of.n
    ), '[]')
    from jsonb_array_elements(v.definition->'variants') with ordinality as of(variant, n)
  )) else v.definition end
`;

// One statement, so that the campaigns and the revision they are of cannot disagree.
const SQL = `
  select r.revision as latest, c.id, c.key, c.name, c.version, c.revision, c.generation, c.state, c.active_since, c.segments,
    case when c.state = 'active' then ${WITHOUT_BODIES} end as definition
  from campaigns_revision r
  left join campaigns c on c.revision > $1::bigint or ($1::bigint is null and c.state = 'active')
  left join campaign_versions v on v.campaign_id = c.id and v.version = c.version
  order by c.id
`;

/** A stored definition that does not compile: of a newer release, or edited by hand. */
export interface BrokenCampaign {
  readonly id: number;
  readonly key: string;
  readonly error: Error;
}

export interface ChangedCampaigns {
  readonly revision: number;
  /** Active, as they are now; the contents of their messages are empty. */
  readonly active: readonly Campaign[];
  /** Ids of those that listen to nothing: not active, or broken, which match nothing until mended and harm no other. */
  readonly silent: readonly number[];
  readonly broken: readonly BrokenCampaign[];
}

/** What changed after the revision `known`; null: all that are active. */
export async function loadChangedCampaigns(tx: Queryable, known: number | null): Promise<ChangedCampaigns> {
  const { rows } = await tx.query<Row>({ name: 'loadChangedCampaigns', text: SQL, values: [known] });
  const first = rows[0];
  if (first === undefined) throw new Error('campaigns_revision is empty: migrate the database');
  const active: Campaign[] = [];
  const broken: BrokenCampaign[] = [];
  const changed = rows.filter((each): each is Row & CampaignRow => each.id !== null);
  for (const row of changed.filter(isActive)) {
    try {
      active.push(campaignFromRow(row));
    } catch (cause) {
      const error = new Error(`campaign ${row.id} (${row.key}) has a definition that does not compile`, { cause });
      broken.push({ id: row.id, key: row.key, error });
    }
  }
  const stopped = changed.filter((row) => !isActive(row));
  return { revision: first.latest, active, silent: [...stopped, ...broken].map(({ id }) => id), broken };
}

function isActive({ state }: { readonly state: CampaignState }): boolean {
  return state === 'active';
}
