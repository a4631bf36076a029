/** The statement that reads facts: made of the sources that are asked, and named by their kinds. */
import { createHash } from 'node:crypto';
import { type Asked, SOURCES } from './kinds.js';
import { SqlParameters } from './sqlParameters.js';

export interface FactsStatement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
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
