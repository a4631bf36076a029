import type { Queryable } from '../../../pool.js';
import { SerializationFailure } from '../../../withTransaction.js';

/** Whether an external id is the one that its person has, or one that they had before a rename. */
export type ExternalIdState = 'current' | 'former';

const STATES = `
  select external_id, 'former' as state from former_external_ids where external_id = any($1::text[])
  union all
  select external_id, 'current' from users where external_id = any($1::text[])
`;

/** What each of them is; absent: nobody's. */
export async function externalIdStates(
  tx: Queryable,
  externalIds: readonly string[],
): Promise<ReadonlyMap<string, ExternalIdState>> {
  const { rows } = await tx.query<{ external_id: string; state: ExternalIdState }>({
    name: 'externalIdStates',
    text: STATES,
    values: [externalIds],
  });
  return new Map(rows.map((row) => [row.external_id, row.state]));
}

const RENAME = `
  with renamed as (
    update users set external_id = $2::text, version = version + 1 where external_id = $1::text returning id
  )
  insert into former_external_ids (external_id, user_id) select $1::text, id from renamed
`;

const UNIQUE_VIOLATION = '23505';

/**
 * Gives the person another external id, under their lock, and keeps the one they had as a former one. Where somebody is made
 * with the new one at this moment, the transaction is run again, and sees them.
 */
export async function renameExternalId(tx: Queryable, from: string, to: string): Promise<void> {
  await unlessTaken(() => tx.query({ name: 'renameExternalId', text: RENAME, values: [from, to] }));
}

async function unlessTaken<T>(statement: () => Promise<T>): Promise<T> {
  try {
    return await statement();
  } catch (error) {
    if ((error as { code?: string } | null)?.code !== UNIQUE_VIOLATION) throw error;
    throw new SerializationFailure('somebody was made with the new external id meanwhile');
  }
}

const ASSIGN = `
  update users set external_id = $2::text, version = version + 1 where id = $1::bigint and external_id is null
`;

/** Gives somebody an external id that nobody has, under their lock; false: they have another. */
export async function assignExternalId(tx: Queryable, userId: number, externalId: string): Promise<boolean> {
  const assigned = await unlessTaken(() =>
    tx.query({ name: 'assignExternalId', text: ASSIGN, values: [userId, externalId] }),
  );
  return assigned.rowCount === 1;
}

const REMOVE = `delete from former_external_ids where external_id = any($1::text[]) returning external_id`;

/** Returns those that were former ones: they are nobody's now. */
export async function removeFormerExternalIds(
  tx: Queryable,
  externalIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ external_id: string }>({
    name: 'removeFormerExternalIds',
    text: REMOVE,
    values: [externalIds],
  });
  return new Set(rows.map((row) => row.external_id));
}
