import type { Queryable } from '../../pool.js';

const SQL = `
  select revision, to_json(array(select nextval('events_seq') from generate_series(1, $1::int))) as seqs
  from campaigns_revision
`;

export interface Drawn {
  readonly revision: number;
  readonly seqs: readonly number[];
}

/**
 * The first statement after the lock: the revision of the campaigns to decide with, and as many event sequence
 * numbers as asked, ascending. Drawn under the lock, so that a person's later event always has the greater one.
 */
export async function readRevision(tx: Queryable, seqCount: number): Promise<Drawn> {
  const { rows } = await tx.query<Drawn>({
    name: 'readRevision',
    text: SQL,
    values: [seqCount],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('campaigns_revision is empty: migrate the database');
  return row;
}
