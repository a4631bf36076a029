import type { TransactionClient } from '../../../storage/pool.js';
import { insertAuditRow } from '../../../storage/queries/operations/insertAuditRow.js';
import type { IdentifiedPerson } from '../../../stream/identity/identify.js';
import type { Merged } from '../../../stream/identity/mergePeople.js';
import type { ApiDeps } from '../../deps.js';

/** What is done about people who were merged, whichever request it was that merged them. */
type Outcome = Merged | IdentifiedPerson;

/** In the transaction that merges; nothing where it merges nobody. */
export async function auditMerge(
  tx: TransactionClient,
  outcome: Outcome,
  { at, apiKeyId }: { readonly at: number; readonly apiKeyId: number },
): Promise<void> {
  if (outcome.kind !== 'merged') return;
  const { people: after } = outcome;
  await insertAuditRow(tx, { at, apiKeyId, action: 'users.merge', subject: 'users', before: null, after });
}

/** After the transactions: what waited may be due at another instant now. */
export function wakeIfMoved({ wakeOutbox }: Pick<ApiDeps, 'wakeOutbox'>, outcomes: readonly Outcome[]): void {
  if (outcomes.some((each) => each.kind === 'merged' && each.outboxWritten)) wakeOutbox();
}

/** `left_out` of an answer; no field where there was room for all. */
export function leftOutOf(items: readonly { readonly index: number; readonly outcome: Outcome }[]): object {
  const leftOut = items.flatMap(({ index, outcome }) =>
    outcome.kind === 'merged' && outcome.leftOut.length > 0 ? [{ index, attributes: outcome.leftOut.length }] : [],
  );
  return leftOut.length === 0 ? {} : { left_out: leftOut };
}
