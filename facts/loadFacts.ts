/**
 * Reads facts of people: one statement for all that is asked, none for nothing. It is made of the sources that are asked, so
 * that nothing is planned or looked up which no decision needs; docs/decisions/running/facts.md tells why.
 */
import type { Facts } from '../domain/facts/userFacts.js';
import type { Queryable } from '../storage/pool.js';
import { factsStatement } from './factsStatement.js';
import { type Asked, audienceFactsOf, type FactRow, rowsOf } from './kinds.js';
import { loadMatching } from './loadMatching.js';
import { isCutTogether } from './sources/matching.js';

export interface Loaded {
  /** Of what comes in pages, the first page; in whatever order. */
  of<K extends FactRow['fact']>(fact: K): readonly Extract<FactRow, { fact: K }>[];
  /** What audiences read; of somebody of whom nothing is stored there is nothing. */
  audienceFactsOf(userId: number): Facts;
}

export async function loadFacts(tx: Queryable, asked: Asked): Promise<Loaded> {
  const statement = factsStatement(asked);
  const answered = statement === null ? [] : (await tx.query<FactRow>(statement)).rows;
  const isCut = asked.audience !== undefined && isCutTogether(rowsOf(answered, 'matching'));
  const rows = isCut ? answered.filter(({ fact }) => fact !== 'matching') : answered;
  const matching = isCut ? await loadMatching(tx, asked.audience) : null;
  const byUser = new Map<number, FactRow[]>();
  for (const row of rows) {
    const known = byUser.get(row.user_id);
    if (known === undefined) byUser.set(row.user_id, [row]);
    else known.push(row);
  }
  return {
    of: (fact) => rowsOf(rows, fact),
    audienceFactsOf: (userId) => {
      const facts = audienceFactsOf(asked.audience?.needs ?? [], byUser.get(userId) ?? []);
      return { ...facts, matching: matching?.get(userId) ?? facts.matching };
    },
  };
}
