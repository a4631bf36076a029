import { z } from 'zod';
import { exampleOf } from './examples/examples.js';
import type { ExampleRequest } from './examples/requests.js';
import { refusalsOf } from './refusals.js';
import type { AnswerDoc, BodyDoc, HeaderDoc, Route } from './route.js';
import { problemDocument } from './schemas/problem.js';

/**
 * The OpenAPI 3.1 document, made from the route table and the zod schemas that validate. Nothing about a route is
 * written twice.
 */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly security: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>>; readonly securitySchemes: object };
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** Empty: open to everybody. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, Content>> }>
  >;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: object;
  readonly example?: string;
}

export interface Content {
  readonly schema: object;
  readonly example?: unknown;
}

/** The second half is what no schema here says. */
const DESCRIPTION =
  'The open, durable campaign engine: the right message to the right person at the right moment, and the reason when ' +
  'there is none. No text may hold U+0000 or half of a surrogate pair, and no number more digits than a double keeps ' +
  '(send it in quotes); instants lie in the years 1 to 9999. Each is refused with its place in `problems`.';

export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const schemas: Record<string, object> = {};
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rappel',
      version,
      description: DESCRIPTION,
    },
    security: [],
    paths,
    components: {
      schemas,
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: "An API key with the route's scope" } },
    },
  };
}

function operation(route: Route, schemas: Record<string, object>): Operation {
  const { body } = route;
  const example = exampleOf(`${route.method.toUpperCase()} ${route.path}`);
  const responses: Record<string, Operation['responses'][string]> = {};
  for (const [status, doc] of Object.entries({ ...refusalsOf(route), ...route.answers })) {
    const answer = example?.answer?.status === Number(status) ? example.answer : undefined;
    responses[status] = response(Number(status), doc, { route, schemas, example: answer?.body });
  }
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: [route.tag],
    // The scope stands where OAuth would have it; OpenAPI 3.1 allows roles for any scheme.
    security: route.scope === null ? [] : [{ apiKey: [route.scope] }],
    parameters: parametersOf(route, example),
    ...(body === null ? {} : { requestBody: requestBody(body, { schemas, example: example?.body }) }),
    responses,
  };
}

const JSON_TYPE = 'application/json';
const YAML_TYPE = 'application/yaml';
const PROBLEM_TYPE = 'application/problem+json';

interface Documenting {
  readonly schemas: Record<string, object>;
  readonly example: unknown;
}

function requestBody(
  { schema, yaml, yamlSchema = schema, optional }: BodyDoc,
  { schemas, example }: Documenting,
): Operation['requestBody'] {
  const ofJson = content(JSON_TYPE, { schema: schemaOf(schema, 'input', schemas), example });
  const ofYaml = () => content(YAML_TYPE, { schema: schemaOf(yamlSchema, 'input', schemas) });
  return { required: optional !== true, content: yaml ? { ...ofJson, ...ofYaml() } : ofJson };
}

function response(
  status: number,
  { description, schema, contentType, isEmpty }: AnswerDoc,
  { route, schemas, example }: Documenting & { readonly route: Route },
): Operation['responses'][string] {
  if (isEmpty === true) return { description };
  if (contentType !== undefined && schema === undefined) {
    return { description, content: content(contentType, { schema: { type: 'string' }, example }) };
  }
  const type = status >= 400 && route.compatible !== true ? PROBLEM_TYPE : JSON_TYPE;
  const shown = schema ?? (status >= 400 ? problemDocument : undefined);
  const documented = shown === undefined ? {} : schemaOf(shown, 'output', schemas);
  return { description, content: content(contentType ?? type, { schema: documented, example }) };
}

function content(type: string, { schema, example }: Content): Readonly<Record<string, Content>> {
  return { [type]: example === undefined ? { schema } : { schema, example } };
}

function parametersOf(route: Route, example: ExampleRequest | undefined): readonly Parameter[] {
  const given = (place: 'path' | 'query', name: string) => example?.[place === 'path' ? 'params' : 'query']?.[name];
  return [
    ...shape(route.params).map(([name, schema]) => parameter('path', { name, schema, example: given('path', name) })),
    ...shape(route.query).map(([name, schema]) => parameter('query', { name, schema, example: given('query', name) })),
    ...(route.headers ?? []).map(header),
  ];
}

function header({ name, description, pattern }: HeaderDoc): Parameter {
  return { name, in: 'header', required: false, description, schema: { type: 'string', pattern } };
}

function shape(object: z.ZodObject): readonly (readonly [string, z.core.$ZodType])[] {
  return Object.entries(object.shape);
}

interface Documented {
  readonly name: string;
  readonly schema: z.core.$ZodType;
  readonly example: string | undefined;
}

function parameter(place: 'path' | 'query', { name, schema, example }: Documented): Parameter {
  const { $schema: _dialect, description, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return {
    name,
    in: place,
    required: place === 'path' || !z.safeParse(schema, undefined).success,
    ...(description === undefined ? {} : { description }),
    schema: rest,
    ...(example === undefined ? {} : { example }),
  };
}

/** `GET /v1/campaigns/{key}` → `getV1CampaignsKey` */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z]+/).filter((word) => word !== '');
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** The schema, with everything that has a name moved to the components and referred to. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Record<string, object>): object {
  const { $schema: _dialect, $defs, ...root } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  const name = schema.meta()?.id;
  const prefix = name ?? 'Anonymous';
  for (const [key, definition] of Object.entries($defs ?? {}))
    schemas[componentName(key, prefix)] = rebased(definition, prefix);
  const rebasedRoot = rebased(root, prefix);
  if (name === undefined) return rebasedRoot;
  // A schema that refers to itself is already among its own definitions.
  schemas[name] ??= rebasedRoot;
  return { $ref: `#/components/schemas/${name}` };
}

/** zod calls nameless shared parts __schema0, anew in each document. */
function componentName(key: string, prefix: string): string {
  return key.startsWith('__') ? `${prefix}${key.slice(2)}` : key;
}

/** The schema with its references leading to the components. */
function rebased(schema: object, prefix: string): object {
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]: [string, unknown]) => [
      key,
      key === '$ref' && typeof value === 'string' ? componentReference(value, prefix) : rebasedValue(value, prefix),
    ]),
  );
}

function rebasedValue(value: unknown, prefix: string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => rebasedValue(item, prefix));
  return typeof value === 'object' && value !== null ? rebased(value, prefix) : value;
}

function componentReference(reference: string, prefix: string): string {
  const key = reference === '#' ? prefix : componentName(reference.replace(/^#\/\$defs\//, ''), prefix);
  return `#/components/schemas/${key}`;
}
