import type { TransactionClient } from '../../pool.js';

/** By name: the text of a setting, null where it was not set; of a secret `salt:hash`. */
export type KeptSettings = Readonly<Record<string, string | null>>;

const CLAIM = `
  insert into last_settings (process, settings) values ($1::text, $2::jsonb) on conflict (process) do nothing
`;
const LOCK = `select settings from last_settings where process = $1::text for update`;
const REPLACE = `update last_settings set settings = $2::jsonb where process = $1::text`;

/** Those of the last start, held until the transaction ends; null: this one is the first, and now kept. */
export async function lockLastSettings(
  tx: TransactionClient,
  process: string,
  first: () => Promise<KeptSettings>,
): Promise<KeptSettings | null> {
  const { rows } = await tx.query<{ settings: KeptSettings }>(LOCK, [process]);
  if (rows[0] !== undefined) return rows[0].settings;
  const { rowCount } = await tx.query(CLAIM, [process, JSON.stringify(await first())]);
  // Another process of the kind was first, at the same moment.
  return rowCount === 0 ? await lockLastSettings(tx, process, first) : null;
}

export async function keepSettings(tx: TransactionClient, process: string, settings: KeptSettings): Promise<void> {
  await tx.query(REPLACE, [process, JSON.stringify(settings)]);
}
