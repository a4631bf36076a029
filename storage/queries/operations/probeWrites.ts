import type { Pool } from '../../pool.js';
import { withTransaction } from '../../withTransaction.js';

// One of all processes at a time: for the others, its result will do.
const TURN = `select pg_try_advisory_xact_lock(7276036) as "isMine"`;
const LIMIT = `set local statement_timeout = 1000`;
// An emptied table gets a new file: an update in place would succeed on a disk that is full.
const EMPTY = `truncate write_probe`;
const FILL = `insert into write_probe (filler) select repeat('x', 7000) from generate_series(1, 4)`;

/** Writes 32 kB that need new room, and commits; throws where that fails. Takes some 2 ms, and 1 s at most. */
export async function probeWrites(pool: Pool): Promise<void> {
  await withTransaction(pool, async (tx) => {
    await tx.query(LIMIT);
    const { rows } = await tx.query<{ isMine: boolean }>(TURN);
    if (rows[0]?.isMine !== true) return;
    await tx.query(EMPTY);
    await tx.query(FILL);
  });
}
