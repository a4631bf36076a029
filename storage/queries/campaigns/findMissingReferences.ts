import type { References } from '../../../domain/campaign/references.js';
import type { Queryable } from '../../pool.js';

const SQL = `
  select 'campaign' as kind, k.key from unnest($1::text[]) as k(key)
  where not exists (select from campaigns c where c.key = k.key)
  union all
  select 'location', k.key from unnest($2::text[]) as k(key)
  where not exists (select from locations l where l.key = k.key)
`;

export interface MissingReference {
  readonly kind: 'campaign' | 'location';
  readonly key: string;
}

export async function findMissingReferences(
  tx: Queryable,
  { campaigns, locations }: References,
): Promise<readonly MissingReference[]> {
  if (campaigns.length + locations.length === 0) return [];
  const { rows } = await tx.query<MissingReference>({
    name: 'findMissingReferences',
    text: SQL,
    values: [campaigns, locations],
  });
  return rows;
}
