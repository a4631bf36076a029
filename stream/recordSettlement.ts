/**
 * Settles what providers answered. When nobody listens to the receipt it is one autocommitted statement, which writes
 * nothing if the campaigns have changed since this process looked; otherwise a transaction that also decides what the
 * receipt leads to. Follow-ups never undo a receipt.
 */
import { aboutCampaign } from '../domain/decision/listeners.js';
import type { StreamEvent } from '../domain/event/streamEvent.js';
import type { Pool, TransactionClient } from '../storage/pool.js';
import { readRevision } from '../storage/queries/events/readRevision.js';
import { addEngagement } from '../storage/queries/messages/addEngagement.js';
import { type Settlement, settleAt, settleMessages } from '../storage/queries/messages/settleMessages.js';
import { lockUsers } from '../storage/queries/people/lockUsers.js';
import { withTransaction } from '../storage/withTransaction.js';
import type { CampaignIndex } from './campaignIndex.js';
import { lockPersonOf } from './identity/lockPersonOf.js';
import { recordFollowUps } from './recordFollowUps.js';
import type { StreamDeps } from './streamDeps.js';

/** Campaigns that change faster than this are settled in a transaction, which is right whatever they are. */
const STATEMENT_ATTEMPTS = 3;

/** Returns whether the pairing moved; false: another attempt has it, or a message was no longer ours to settle. */
export async function recordSettlement(
  pool: Pool,
  stream: StreamDeps,
  settlement: Settlement,
  now: number,
): Promise<boolean> {
  if (!settlement.results.some(({ state }) => state === 'sent')) return await settleMessages(pool, settlement, now);
  let index = await stream.campaigns.latest(pool);
  for (let attempt = 1; attempt <= STATEMENT_ATTEMPTS && !isHeard(index, settlement.campaignKey); attempt++) {
    const settled = await settleAt(pool, settlement, { revision: index.revision, withEvent: true, now });
    if (!settled.moved) return settled.paired;
    index = await stream.campaigns.reload(pool);
  }
  return await withTransaction(pool, (tx) => settleAndFollow(tx, stream, settlement, now));
}

function isHeard({ listeners }: CampaignIndex, key: string): boolean {
  return listeners.campaignsHearing(aboutCampaign('received', key), 'trigger').length > 0;
}

/** Each message is received after what the one before it led to; what it leads to is decided as before it counted (EV-01). */
async function settleAndFollow(
  tx: TransactionClient,
  stream: StreamDeps,
  settlement: Settlement,
  now: number,
): Promise<boolean> {
  const { campaignKey, pairingId } = settlement;
  const userId = (await lockPersonOf(tx, pairingId)) ?? settlement.userId;
  const [user] = await lockUsers(tx, [userId]);
  const settled = await settleAt(tx, settlement, { revision: null, withEvent: false, now });
  if (settled.receipts.length === 0 || user === undefined) return settled.paired;
  const { revision, seqs } = await readRevision(tx, settled.receipts.length);
  for (const [position, properties] of settled.receipts.entries()) {
    const seq = seqs[position];
    if (seq === undefined) throw new Error('no sequence number for a receipt');
    const event: StreamEvent = {
      seq,
      userId,
      kind: 'received',
      name: campaignKey,
      time: now,
      receivedAt: now,
      properties,
      chainDepth: settled.chainDepth + 1,
    };
    await recordFollowUps(tx, stream, { event, revision, profile: user.profile, now });
    await addEngagement(tx, Number(properties.message), now);
  }
  return settled.paired;
}
