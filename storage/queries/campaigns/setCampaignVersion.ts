import { instant, type Queryable } from '../../pool.js';

const SQL = `
  update campaigns set version = $2::int, name = $3::text, updated_at = $4::timestamptz where id = $1::bigint
`;

/** Under the campaign's lock, after the version itself was inserted. */
export async function setCampaignVersion(
  tx: Queryable,
  { id, version, name }: { readonly id: number; readonly version: number; readonly name: string },
  now: number,
): Promise<void> {
  await tx.query({ name: 'setCampaignVersion', text: SQL, values: [id, version, name, instant(now)] });
}
