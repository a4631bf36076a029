// Every statement of storage/queries, read from its files.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
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
