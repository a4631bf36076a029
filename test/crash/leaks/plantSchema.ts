/**
 * Values that fit a JSON schema in their shape and have a canary in every text of it: the list of what comes from outside
 * is the code's own, through the OpenAPI document. Each alternative of a schema is in one of the values at least.
 */
import { canary } from './canaries.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export type Schemas = Readonly<Record<string, Schema>>;

/** A schema within itself (an audience of audiences) is followed so often. */
const DEEPEST = 2;

export function plantSchema(
  schema: Schema,
  place: string,
  schemas: Schemas,
  within: readonly string[] = [],
): readonly unknown[] {
  const follow = (next: Schema, at: string, inside = within) => plantSchema(next, at, schemas, inside);
  const { $ref, properties, items } = schema;
  if ($ref !== undefined) {
    if (within.filter((each) => each === $ref).length >= DEEPEST) return [];
    return follow(schemas[$ref.split('/').at(-1) ?? ''] ?? {}, place, [...within, $ref]);
  }
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (alternatives.length > 0) return alternatives.flatMap((each) => follow(each, place));
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum !== undefined) return schema.enum.slice(0, 1);
  if (properties !== undefined || schema.type === 'object') return plantObject(schema, place, follow);
  if (items !== undefined) return follow(items, `${place}[]`).map((item) => [item]);
  if (schema.type === 'number' || schema.type === 'integer') return [7];
  if (schema.type === 'boolean') return [true];
  return [canary(place)];
}

function plantObject(
  { properties = {}, additionalProperties = false }: Schema,
  place: string,
  follow: (next: Schema, at: string) => readonly unknown[],
): readonly unknown[] {
  const others = typeof additionalProperties === 'object' ? additionalProperties : {};
  const fields: (readonly [string, readonly unknown[]])[] = Object.entries(properties).map(([name, each]) => [
    name,
    follow(each, `${place}.${name}`),
  ]);
  if (additionalProperties !== false) fields.push([canary(`${place}.* (name)`), follow(others, `${place}.*`)]);
  const most = Math.max(1, ...fields.map(([, values]) => values.length));
  return Array.from({ length: most }, (_, n) =>
    Object.fromEntries(
      fields
        .filter(([, values]) => values.length > 0)
        .map(([name, values]) => [name, values[Math.min(n, values.length - 1)]]),
    ),
  );
}
