// Where in a body a value may stand: for every leaf of its JSON Schema a body that has a mark there, and otherwise as little
// as the schema asks for. The mark is replaced in the text, as some numbers cannot be written any other way.
import { resolved } from './routeTable.js';

export const NUMBER = '<number>';
export const TEXT = '<text>';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** Each named schema is gone into once: definitions nest in themselves. */
export function* places(written: Schema, entered = new Set<string>()): Generator<unknown> {
  if (written.$ref !== undefined) {
    if (entered.has(written.$ref)) return;
    entered.add(written.$ref);
  }
  const schema: Schema = resolved(written);
  for (const branch of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]) {
    yield* places(branch, entered);
  }
  if (schema.enum !== undefined || schema.const !== undefined) return;
  const types = typesOf(schema);
  if (types.includes('number') || types.includes('integer')) yield NUMBER;
  if (types.includes('string')) yield TEXT;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    for (const value of places(property, entered)) yield { ...Object(sample(schema)), [name]: value };
  }
  if (typeof schema.additionalProperties === 'object') {
    for (const value of places(schema.additionalProperties, entered)) yield { ...Object(sample(schema)), some: value };
  }
  for (const value of schema.items === undefined ? [] : places(schema.items, entered)) yield [value];
}

/** A union of plain types has them as a list. */
function typesOf({ type = [] }: Schema): readonly string[] {
  return typeof type === 'string' ? [type] : type;
}

/** What people are found by, where the schema leaves it to the caller which name is given. */
const GIVEN: Readonly<Record<string, unknown>> = {
  external_id: 'zoe',
  currency: 'EUR',
  event_id: 'e',
  campaign: 'cart-reminder',
};

function sample(written: Schema, depth = 0): unknown {
  const schema: Schema = resolved(written);
  const branch = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])][0];
  if (branch !== undefined && depth < 8) return sample(branch, depth + 1);
  if (schema.const !== undefined) return schema.const;
  const example = [...(schema.examples ?? []), ...(schema.enum ?? [])][0];
  if (example !== undefined) return example;
  switch (typesOf(schema)[0]) {
    case 'string':
      return 'x';
    case 'number':
    case 'integer':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'array':
      return schema.items === undefined ? [] : [sample(schema.items, depth + 1)];
    default:
      return sampleObject(schema, depth);
  }
}

function sampleObject({ properties = {}, required = [] }: Schema, depth: number): unknown {
  const names = Object.keys(properties).filter((name) => required.includes(name) || name in GIVEN);
  return Object.fromEntries(names.map((name) => [name, GIVEN[name] ?? sample(properties[name] ?? {}, depth + 1)]));
}
