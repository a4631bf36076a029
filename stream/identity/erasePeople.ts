/**
 * ID-05: people are deleted. One transaction ends what they wait for and deletes who they are: from then on nothing is claimed for
 * them, and nothing recorded. What events and messages say of them is erased behind it, page by page, before the caller is
 * answered; if the process ends meanwhile, a sweep goes on with it (`finishPeople.ts`).
 */
import type { Pool, TransactionClient } from '../../storage/pool.js';
import { insertAuditRow } from '../../storage/queries/operations/insertAuditRow.js';
import {
  type DeletedUser,
  deleteUsers,
  endWaitingOf,
  forgetAddresses,
  selectEmailKeys,
} from '../../storage/queries/people/identity/deleteUsers.js';
import { eraseEvents, erasePairings, selectPairingsOf } from '../../storage/queries/people/identity/erasure.js';
import { lockNames } from '../../storage/queries/people/insertUsers.js';
import { advanceUnfinished, readUnfinished } from '../../storage/queries/people/unfinished.js';
import { SerializationFailure, withTransaction } from '../../storage/withTransaction.js';
import type { Identity } from '../incoming.js';
import { findNamed } from '../people/resolveUsers.js';
import { lockNamed } from './lockNamed.js';

/** Of the pairings of one person, of their events and of their rejections, each. */
const PAGE_ROWS = 2_000;

export interface Deletion {
  readonly people: readonly Identity[];
  readonly apiKeyId: number;
  readonly now: number;
}

export interface DeletedPeople {
  readonly count: number;
  /** How many messages they waited for. */
  readonly cancelled: number;
}

/** Deletes those of the people who exist, all in one transaction, and erases all that is kept of them. */
export async function deletePeople(pool: Pool, deletion: Deletion): Promise<DeletedPeople> {
  const { deleted, cancelled } = await withTransaction(pool, (tx) => deleteLocked(tx, deletion));
  for (const { userId, erasureId } of deleted) await eraseAll(pool, userId, erasureId);
  return { count: deleted.length, cancelled };
}

async function deleteLocked(
  tx: TransactionClient,
  { people, apiKeyId, now }: Deletion,
): Promise<{ readonly deleted: readonly DeletedUser[]; readonly cancelled: number }> {
  const found = await findNamed(tx, people);
  // Names before rows: whoever takes on one of the addresses meanwhile waits, and finds it as nobody's.
  const emailKeys = await selectEmailKeys(tx, [...found.values()]);
  await lockNames(
    tx,
    emailKeys.map((key) => `email:${key}`),
  );
  const ids = [...new Set((await lockNamed(tx, people)).values())];
  if (ids.length === 0) return { deleted: [], cancelled: 0 };
  const cancelled = await endWaitingOf(tx, ids, now);
  const deleted = await deleteUsers(tx, ids);
  if (deleted.some(({ emailKey }) => emailKey !== null && !emailKeys.includes(emailKey)))
    throw new SerializationFailure('somebody who is to be deleted got another address meanwhile');
  await forgetAddresses(tx, emailKeys);
  const after = { ids: deleted.map(({ userId }) => userId) };
  await insertAuditRow(tx, { at: now, apiKeyId, action: 'users.delete', subject: 'users', before: null, after });
  return { deleted, cancelled };
}

async function eraseAll(pool: Pool, userId: number, erasureId: number): Promise<void> {
  for (let isLast = false; !isLast; ) {
    isLast = await withTransaction(pool, async (tx) => {
      const left = await readUnfinished(tx, erasureId);
      if (left === null) return true;
      const afterId = await erasePage(tx, userId, left.after_id);
      await advanceUnfinished(tx, erasureId, afterId);
      return afterId === null;
    });
  }
}

/** Erases one page of what is kept of the person; returns the last pairing of it, null: nothing is left. */
export async function erasePage(tx: TransactionClient, userId: number, afterId: number): Promise<number | null> {
  const pairings = await selectPairingsOf(tx, { userId, afterId, limit: PAGE_ROWS });
  await erasePairings(tx, pairings);
  const isMoreOfEvents = await eraseEvents(tx, userId, PAGE_ROWS);
  if (pairings.length < PAGE_ROWS && !isMoreOfEvents) return null;
  return pairings.at(-1) ?? afterId;
}
