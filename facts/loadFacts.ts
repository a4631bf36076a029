/**
 * Reads facts of people: one statement for all that is asked, none for nothing. It is made of the sources that are asked, so
 * that nothing is planned or looked up which no decision needs; docs/decisions/running/facts.md tells why.
 */
import { createHash } from 'node:crypto';
import type { Facts } from '../domain/facts/userFacts.js';
import type { Queryable } from '../storage/pool.js';
import { type Asked, audienceFactsOf, type FactRow, rowsOf, SOURCES } from './kinds.js';
import { SqlParameters } from './sqlParameters.js';

export interface Loaded {
  /** Of what comes in pages, the first page; in whatever order. */
  of<K extends FactRow['fact']>(fact: K): readonly Extract<FactRow, { fact: K }>[];
  /** What audiences read; of somebody of whom nothing is stored there is nothing. */
  audienceFactsOf(userId: number): Facts;
}

export interface FactsStatement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

export async function loadFacts(tx: Queryable, asked: Asked): Promise<Loaded> {
  const statement = factsStatement(asked);
  const rows = statement === null ? [] : (await tx.query<FactRow>(statement)).rows;
  const byUser = new Map<number, FactRow[]>();
  for (const row of rows) {
    const known = byUser.get(row.user_id);
    if (known === undefined) byUser.set(row.user_id, [row]);
    else known.push(row);
  }
  return {
    of: (fact) => rowsOf(rows, fact),
    audienceFactsOf: (userId) => audienceFactsOf(asked.audience?.needs ?? [], byUser.get(userId) ?? []),
  };
}

/** Null: nothing is asked. One name is one text, as a text depends on its sources alone. */
export function factsStatement(asked: Asked): FactsStatement | null {
  const parameters = new SqlParameters();
  const kinds: string[] = [];
  const parts: string[] = [];
  for (const { kind, sql } of SOURCES) {
    const part = sql(asked, parameters);
    if (part === null) continue;
    kinds.push(kind);
    parts.push(part);
  }
  if (parts.length === 0) return null;
  return { name: statementName(kinds), text: parts.join('union all'), values: parameters.values };
}

/** PostgreSQL tells names apart by their first 63 bytes. */
const LONGEST_NAME = 63;

function statementName(kinds: readonly string[]): string {
  const name = `facts:${kinds.join('+')}`;
  return name.length <= LONGEST_NAME ? name : `facts:${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}
