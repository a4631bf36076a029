// What each column of a CSV file, or each field of a line of NDJSON, becomes: `E-mail=email`, `Notes=` (left out),
// `Postcode=postcode:text` (never a number).
import { UsageError } from '../usageError.js';

const CELL_TYPES = ['text', 'number', 'boolean', 'json'] as const;
export type CellType = (typeof CELL_TYPES)[number];

export interface Target {
  /** As `/users/track` names it; null: it is left out. */
  readonly to: string | null;
  /** Null: told by the value. */
  readonly type: CellType | null;
}

/** What was asked for, by the name that the file has. */
export type Mapping = ReadonlyMap<string, Target>;

export interface Column extends Target {
  readonly from: string;
}

/** What names a person. */
const NAMES = ['external_id', 'email', 'phone', 'braze_id', 'user_alias', 'user_alias.alias_name'];

export function parseMapping(texts: readonly string[]): Mapping {
  const mapping = new Map<string, Target>();
  for (const text of texts) {
    const at = text.lastIndexOf('=');
    if (at < 1) throw new UsageError(`--map '${text}' is not <column>=<field>, as --map 'E-mail=email'`);
    const from = text.slice(0, at);
    if (mapping.has(from)) throw new UsageError(`--map names '${from}' twice`);
    const [, named = '', type = null] = /^(.*?)(?::(\w+))?$/s.exec(text.slice(at + 1)) ?? [];
    const known = CELL_TYPES.find((each) => each === type) ?? null;
    if (type !== null && known === null)
      throw new UsageError(`--map '${text}': there is no type '${type}': ${CELL_TYPES.join(', ')}`);
    mapping.set(from, { to: named !== '' ? named : known === null ? null : from, type: known });
  }
  return mapping;
}

/** One text for the same mapping, in whatever order it was given. */
export function mappingText(mapping: Mapping): string {
  const entries = [...mapping].sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(entries.map(([from, { to, type }]) => [from, to, type]));
}

/** The columns of a header. Throws a `UsageError` where the header and the mapping do not make people of the rows. */
export function columnsOf(header: readonly string[], mapping: Mapping): readonly Column[] {
  const columns = header.map((from): Column => {
    const target = mapping.get(from) ?? { to: from === '' ? null : from, type: null };
    return { from, ...target };
  });
  const given = `the columns are ${header.map((name) => `'${name}'`).join(', ')}`;
  for (const from of mapping.keys())
    if (!header.includes(from)) throw new UsageError(`There is no column '${from}': ${given}`);
  const targets = columns.flatMap(({ to }) => to ?? []);
  const twice = targets.find((to, place) => targets.indexOf(to) !== place);
  if (twice !== undefined) throw new UsageError(`Two columns become '${twice}': leave one out by --map '<column>='`);
  if (!targets.some((to) => NAMES.includes(to)))
    throw new UsageError(
      `No column names the person: map one by --map '<column>=external_id' (or email, phone); ${given}`,
    );
  return columns;
}

/** The fields of a line of NDJSON under the names that they are to have; what is no object stays as it is. */
export function renameFields(value: unknown, mapping: Mapping): unknown {
  if (mapping.size === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const renamed = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    const target = mapping.get(name);
    if (target === undefined) return [[name, field]];
    return target.to === null
      ? []
      : [[target.to, target.type === 'text' && typeof field === 'number' ? String(field) : field]];
  });
  return Object.fromEntries(renamed);
}
