// What the text of a cell is: CSV knows no types, `/users/track` does.
import { parseExactJson } from '../../domain/schema/exactJson.js';
import type { CellType, Column } from './columns.js';

/** Texts whatever they look like: a phone number of digits is no number. */
const TEXTS: ReadonlySet<string> = new Set([
  'external_id',
  'braze_id',
  'email',
  'phone',
  'time_zone',
  'email_subscribe',
  'push_subscribe',
  'first_name',
  'last_name',
  'country',
  'home_city',
  'language',
  'gender',
  'dob',
  'date_of_birth',
  'user_alias.alias_label',
  'user_alias.alias_name',
]);
const JSONS: ReadonlySet<string> = new Set(['subscription_groups', 'user_alias', 'push_tokens']);

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;
/** What a number holds exactly, sign and point included. */
const MOST_DIGITS = 15;

export type Cell = { readonly value: unknown } | { readonly refusal: string };

/** The item of a row; or why it is none. An empty cell says nothing, and changes nothing. */
export function itemOfCells(cells: readonly string[], columns: readonly Column[]): Cell {
  if (cells.length !== columns.length)
    return { refusal: `The line has ${cells.length} columns where the first line of the file has ${columns.length}` };
  const fields: [string, unknown][] = [];
  const alias: [string, unknown][] = [];
  for (const [place, column] of columns.entries()) {
    const text = cells[place] ?? '';
    if (column.to === null || text === '') continue;
    const cell = readCell(text, column.type ?? typeOf(column.to, text));
    if ('refusal' in cell) return { refusal: `'${column.to}' ${cell.refusal}` };
    const part = /^user_alias\.(alias_label|alias_name)$/.exec(column.to)?.[1];
    if (part === undefined) fields.push([column.to, cell.value]);
    else alias.push([part, cell.value]);
  }
  if (alias.length > 0) fields.push(['user_alias', Object.fromEntries(alias)]);
  return { value: Object.fromEntries(fields) };
}

/** Of a cell whose column has no type. */
export function typeOf(field: string, text: string): CellType {
  if (TEXTS.has(field)) return 'text';
  if (JSONS.has(field)) return 'json';
  if (field === '_update_existing_only' || field === '_merge_objects') return 'boolean';
  if (NUMBER.test(text) && text.length <= MOST_DIGITS) return 'number';
  return /^(?:true|false)$/i.test(text) ? 'boolean' : 'text';
}

function readCell(text: string, type: CellType): Cell {
  switch (type) {
    case 'text':
      return { value: text };
    case 'number':
      return NUMBER.test(text) ? readJson(text) : { refusal: 'must be a number, as 12 or -0.5' };
    case 'boolean':
      if (/^(?:true|1)$/i.test(text)) return { value: true };
      return /^(?:false|0)$/i.test(text) ? { value: false } : { refusal: 'must be true or false' };
    case 'json':
      return readJson(text);
  }
}

function readJson(text: string): Cell {
  try {
    return { value: parseExactJson(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { refusal: 'must be JSON' };
  }
}
