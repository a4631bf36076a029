/** Parts of statements that read and write profiles, made of the table of their fields. */
import type { Json, JsonObject } from '../../../domain/json.js';
import type { Profile } from '../../../domain/profile/profile.js';
import { restoreFields, STANDARD_FIELDS } from '../../../domain/profile/standardFields.js';

const COLUMNS: readonly string[] = [...STANDARD_FIELDS.map(({ column }) => column), 'attributes'];
const WRITTEN = STANDARD_FIELDS.filter(({ settable, isDerived }) => settable !== null || isDerived);
const WRITTEN_COLUMNS: readonly string[] = [...WRITTEN.map(({ column }) => column), 'attributes'];

/** What is read with `profileColumns` or `profileBody`; the columns of the other fields are read by `profileOf` alone. */
export interface ProfileRow {
  readonly external_id: string | null;
  readonly attributes: JsonObject;
}

export function profileOf(row: ProfileRow): Profile {
  const stored = row as unknown as Readonly<Record<string, Json>>;
  return { ...restoreFields(({ column }) => stored[column] ?? null), attributes: row.attributes };
}

/** The columns of a profile, to select: `u.external_id, u.email, …`. */
export function profileColumns(alias: string): string {
  return COLUMNS.map((column) => `${alias}.${column}`).join(', ');
}

/** The same without the attributes, of which a statement may read less. */
export function standardColumns(alias: string): string {
  return STANDARD_FIELDS.map(({ column }) => `${alias}.${column}`).join(', ');
}

/** The same as an object. */
export function profileBody(alias: string): string {
  return `jsonb_build_object(${COLUMNS.map((column) => `'${column}', ${alias}.${column}`).join(', ')})`;
}

/** What an update sets from `alias`, which has the same columns. */
export function profileAssignments(alias: string): string {
  return WRITTEN_COLUMNS.map((column) => `${column} = ${alias}.${column}`).join(', ');
}

/** A changed profile as an object of what `profileAssignments` sets. */
export function writtenValues(profile: Profile): JsonObject {
  return {
    ...Object.fromEntries(WRITTEN.map((field) => [field.column, field.valueOf(profile)])),
    attributes: profile.attributes,
  };
}

/** How changes name the fields that have a column, as a list of texts. */
export function standardNames(): string {
  return STANDARD_FIELDS.map(({ name }) => `'${name}'`).join(', ');
}
