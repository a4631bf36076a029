import type { Queryable } from '../../pool.js';

const SQL = 'update campaigns_revision set revision = revision + 1';

/** In the transaction of a change of locations or secrets: every process then reads them again. A change of a campaign does it by itself. */
export async function bumpCampaignsRevision(tx: Queryable): Promise<void> {
  await tx.query({ name: 'bumpCampaignsRevision', text: SQL });
}
