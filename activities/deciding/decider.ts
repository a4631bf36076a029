/**
 * Attempts that come together are decided together: those of one campaign, about different people. Each keeps its own answer,
 * and one that fails is decided alone. See docs/decisions/running/group-commit.md.
 */
import { mostJsonBytes } from '../../domain/json.js';
import { createGroupCommit, type Queued, SHARED_LOCK_TIMEOUT_MS, type Taken } from '../../storage/groupCommit.js';
import { withTransaction } from '../../storage/withTransaction.js';
import { about, type DecidingDeps } from '../deps.js';
import { decideUnderLock } from './decideUnderLock.js';
import type { Claimed, Decide, Deciding } from './deciding.js';

/** Transactions of one campaign at a time. */
const LANES_OF_CAMPAIGN = 2;
/** Of all campaigns: more would wait for connections of the pool. */
const LANES = 8;
/** Attempts of one transaction: their people are locked, and their profiles in memory, for as long as it takes. */
const MOST_TOGETHER = 20;
/** Of their requests, by `mostJsonBytes`: they are one parameter of one statement. The first is taken whatever its size. */
const MOST_BYTES = 6_000_000;

export function createDecider(deps: DecidingDeps): Decide {
  const commit = createGroupCommit<Deciding, Claimed>({
    lanes: LANES,
    take: takeBatch,
    commit: (batch) =>
      withTransaction(
        deps.pool,
        (tx) => decideUnderLock(deps, tx, batch),
        batch.length === 1 ? {} : { lockTimeoutMs: SHARED_LOCK_TIMEOUT_MS },
      ),
  });
  return async (deciding) => {
    const claimed = await commit(deciding);
    if (claimed.kind === 'answer' && claimed.answer.kind === 'ended') {
      deps.observe.ended({ ...about(deciding.delivery), ...claimed.answer });
    }
    return claimed;
  };
}

/** The oldest of a campaign that has a lane left, with others of its revision. Whoever is being decided already waits. */
function takeBatch<Q extends Queued<Deciding>>(queue: readonly Q[], underWay: readonly (readonly Q[])[]): Taken<Q> {
  const busy = new Map<number, number>();
  for (const [first] of underWay) {
    if (first === undefined) continue;
    const { id } = first.item.delivery.campaign;
    busy.set(id, (busy.get(id) ?? 0) + 1);
  }
  const people = new Set(underWay.flat().map(({ item }) => item.delivery.userId));
  const batch: Q[] = [];
  const rest: Q[] = [];
  let bytes = 0;
  for (const each of queue) {
    const { userId, campaign } = each.item.delivery;
    const [first] = batch;
    const fits =
      first === undefined
        ? (busy.get(campaign.id) ?? 0) < LANES_OF_CAMPAIGN
        : batch.length < MOST_TOGETHER && bytes < MOST_BYTES && canShare(first.item, each.item);
    if (fits && !people.has(userId)) {
      batch.push(each);
      people.add(userId);
      bytes += bytesOf(each.item);
    } else rest.push(each);
  }
  return { batch, rest };
}

function canShare(first: Deciding, other: Deciding): boolean {
  const [a, b] = [first.delivery.campaign, other.delivery.campaign];
  return a.id === b.id && a.revision === b.revision && isPlain(first) && isPlain(other);
}

/** What renders under the lock takes its time, and a template that failed will fail all that share its transaction. */
function isPlain({ renderUnderLock, composed }: Deciding): boolean {
  return !renderUnderLock && [...composed.messages.values()].every(({ kind }) => kind !== 'failed');
}

function bytesOf({ composed }: Deciding): number {
  let bytes = 0;
  for (const message of composed.messages.values())
    if (message.kind === 'request') bytes += mostJsonBytes(message.request);
  return bytes;
}
