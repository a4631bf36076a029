/** External ids that change: the former one names its person too, until it is removed. */
import type { TransactionClient } from '../../storage/pool.js';
import {
  externalIdStates,
  removeFormerExternalIds,
  renameExternalId,
} from '../../storage/queries/people/identity/externalIds.js';
import type { Identity } from '../incoming.js';
import { lockNamed } from './lockNamed.js';

export interface ExternalIdRename {
  readonly from: string;
  readonly to: string;
}

/** Why an item changed nothing, by its place in the request. */
export interface ExternalIdError {
  readonly index: number;
  readonly why: 'unknown' | 'former' | 'current' | 'taken' | 'same';
}

/** Renames one after the other; returns which of them could not be renamed. */
export async function renameExternalIds(
  tx: TransactionClient,
  renames: readonly ExternalIdRename[],
): Promise<readonly ExternalIdError[]> {
  await lockNamed(
    tx,
    renames.map(({ from }) => named(from)),
  );
  const errors: ExternalIdError[] = [];
  for (const [index, { from, to }] of renames.entries()) {
    const states = await externalIdStates(tx, [from, to]);
    const why = whyNot({ from, to }, states);
    if (why === null) await renameExternalId(tx, from, to);
    else errors.push({ index, why });
  }
  return errors;
}

function whyNot(
  { from, to }: ExternalIdRename,
  states: Awaited<ReturnType<typeof externalIdStates>>,
): ExternalIdError['why'] | null {
  const state = states.get(from);
  if (state === undefined) return 'unknown';
  if (state === 'former') return 'former';
  if (from === to) return 'same';
  return states.has(to) ? 'taken' : null;
}

/** Removes former external ids: they are nobody's from then on. Returns which of them are none. */
export async function removeExternalIds(
  tx: TransactionClient,
  externalIds: readonly string[],
): Promise<readonly ExternalIdError[]> {
  await lockNamed(tx, externalIds.map(named));
  const removed = await removeFormerExternalIds(tx, externalIds);
  const kept = externalIds.filter((id) => !removed.has(id));
  const states = await externalIdStates(tx, kept);
  return externalIds.flatMap((id, index): ExternalIdError[] => {
    if (removed.has(id)) return [];
    return [{ index, why: states.has(id) ? 'current' : 'unknown' }];
  });
}

function named(value: string): Identity {
  return { kind: 'externalId', value };
}
