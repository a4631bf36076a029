// Every statement of storage/queries, read from its files, and what each source of facts adds to one.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Asked, SOURCES } from '../../facts/kinds.js';
import { SqlParameters } from '../../facts/sqlParameters.js';
import * as profileColumns from '../../storage/queries/people/profileColumns.js';

const FOLDER = path.join(__dirname, '../../storage/queries');
const CONSTANT = /^(?:export )?const ([A-Z][A-Z0-9_]*)(?:: string)? = (?:`([^`]*)`|(\d[\d_]*));$/gm;

/** Parts that are made by a function. */
const PARTS: Readonly<Record<string, (alias: string) => string>> = {
  profileAssignments: profileColumns.profileAssignments,
  profileBody: profileColumns.profileBody,
  profileColumns: profileColumns.profileColumns,
  standardColumns: profileColumns.standardColumns,
  standardNames: profileColumns.standardNames,
};

export interface Statement {
  /** Its file and the name of its constant. */
  readonly where: string;
  readonly sql: string;
}

export function statements(): readonly Statement[] {
  const constants = new Map<string, string>();
  const found: { where: string; text: string }[] = [];
  for (const place of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )) {
    const file = path.basename(place);
    for (const [, name = '', text, number] of readFileSync(path.join(FOLDER, place), 'utf8').matchAll(CONSTANT)) {
      constants.set(name === 'SQL' ? `${file}:SQL` : name, text ?? number?.replaceAll('_', '') ?? '');
      if (text !== undefined) found.push({ where: `${file} ${name}`, text });
    }
  }
  // A part may be made of parts.
  const filled = (text: string, depth = 0): string =>
    depth > 3
      ? text
      : text
          .replace(/\$\{(\w+)\}/g, (_, name: string) => filled(constants.get(name) ?? `<${name}>`, depth + 1))
          .replace(
            /\$\{(\w+)\((?:'(\w+)')?\)\}/g,
            (_, name: string, alias = '') => PARTS[name]?.(alias) ?? `<${name}>`,
          );
  return found
    .map(({ where, text }) => ({ where, sql: filled(text) }))
    .filter(({ sql }) => /^\s*(select|insert|update|delete|with)\b/i.test(sql));
}

const ONE = [1];
/** Something of every source. */
export const EVERYTHING: Asked = {
  audience: {
    userIds: ONE,
    needs: [
      { kind: 'total', eventKind: 'custom', name: 'x' },
      { kind: 'recent', eventKind: 'custom', name: 'x', days: 7 },
      { kind: 'matching', eventKind: 'custom', name: 'x', days: 7, where: [] },
      { kind: 'received', campaign: 'x', variant: null, channel: null, tag: null },
    ],
    at: 0,
  },
  open: { userIds: ONE, campaignIds: ONE, keys: [] },
  pairings: { ids: ONE },
  profile: { userIds: ONE },
  receipts: { userIds: ONE, campaignIds: ONE },
  stored: { userIds: ONE, listeners: [{ kind: 'custom', name: 'x' }], keys: [], since: 0 },
  waiting: { userIds: ONE },
};

/** Each by itself, as a statement. */
export function factStatements(): readonly Statement[] {
  return SOURCES.map(({ kind, sql }) => {
    const text = sql(EVERYTHING, new SqlParameters());
    if (text === null) throw new Error(`nothing is asked of the source ${kind}`);
    return { where: `facts ${kind}`, sql: text };
  });
}
