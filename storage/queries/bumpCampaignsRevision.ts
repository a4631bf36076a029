import type { Queryable } from '../pool.js';

const SQL = 'update campaigns_revision set revision = revision + 1';

/** In the transaction of every change of state or definition, after it: every process then reloads its index. */
export async function bumpCampaignsRevision(tx: Queryable): Promise<void> {
  await tx.query({ name: 'bumpCampaignsRevision', text: SQL });
}
