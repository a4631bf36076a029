import { instant, type Queryable } from '../../pool.js';

const SQL = `
  insert into campaigns (key, name, created_at, updated_at)
  values ($1::text, $2::text, $3::timestamptz, $3::timestamptz)
  on conflict (key) do nothing
  returning id
`;

/** A draft at version 1, whose definition must follow in the same transaction; null: the key is taken. */
export async function insertCampaign(
  tx: Queryable,
  { key, name }: { readonly key: string; readonly name: string },
  now: number,
): Promise<number | null> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'insertCampaign',
    text: SQL,
    values: [key, name, instant(now)],
  });
  return rows[0]?.id ?? null;
}
