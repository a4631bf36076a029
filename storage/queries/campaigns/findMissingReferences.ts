import type { References } from '../../../domain/campaign/references.js';
import type { Queryable } from '../../pool.js';

const SQL = `
  select 'campaign' as kind, k.key from unnest($1::text[]) as k(key)
  where not exists (select from campaigns c where c.key = k.key)
  union all
  select 'location', k.key from unnest($2::text[]) as k(key)
  where not exists (select from locations l where l.key = k.key)
  union all
  select 'segment', k.key from unnest($3::text[]) as k(key)
  where not exists (select from segments s where s.key = k.key and s.state = 'active')
`;

export interface MissingReference {
  /** A segment that is archived is missing too. */
  readonly kind: 'campaign' | 'location' | 'segment';
  readonly key: string;
}

export async function findMissingReferences(
  tx: Queryable,
  { campaigns, locations, segments }: References,
): Promise<readonly MissingReference[]> {
  if (campaigns.length + locations.length + segments.length === 0) return [];
  const { rows } = await tx.query<MissingReference>({
    name: 'findMissingReferences',
    text: SQL,
    values: [campaigns, locations, segments],
  });
  return rows;
}
