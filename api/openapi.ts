import { z } from 'zod';
import { exampleOf } from './examples/examples.js';
import type { ExampleRequest } from './examples/requests.js';
import type { AnswerDoc, Route } from './route.js';

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

export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const schemas: Record<string, object> = {};
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, schemas) };
  }
  schemas.Problem = schemaOf(problemDocument, 'output', schemas);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rappel',
      version,
      description:
        'The open, durable campaign engine: the right message to the right person at the right moment, and the reason when there is none.',
    },
    security: [],
    paths,
    components: {
      schemas,
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: "An API key with the route's scope" } },
    },
  };
}

const problemDocument = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  message: z.string(),
  problems: z.array(z.object({ path: z.string(), message: z.string(), allowed: z.string().optional() })).optional(),
});

function operation(route: Route, schemas: Record<string, object>): Operation {
  const { body } = route;
  const example = exampleOf(`${route.method.toUpperCase()} ${route.path}`);
  const responses: Record<string, Operation['responses'][string]> = {};
  for (const [status, doc] of Object.entries(route.answers)) {
    const answer = example?.answer?.status === Number(status) ? example.answer : undefined;
    responses[status] = response(Number(status), doc, { schemas, example: answer?.body });
  }
  if (route.scope !== null) Object.assign(responses, REFUSALS);
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: [route.tag],
    // The scope stands where OAuth would have it; OpenAPI 3.1 allows roles for any scheme.
    security: route.scope === null ? [] : [{ apiKey: [route.scope] }],
    parameters: parametersOf(route, example),
    ...(body === null
      ? {}
      : {
          requestBody: {
            required: body.optional !== true,
            content: content(body.yaml ? [JSON_TYPE, YAML_TYPE] : [JSON_TYPE], {
              schema: schemaOf(body.schema, 'input', schemas),
              example: example?.body,
            }),
          },
        }),
    responses,
  };
}

const JSON_TYPE = 'application/json';
const YAML_TYPE = 'application/yaml';
const PROBLEM = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
const REFUSALS = {
  401: { description: 'No valid API key', content: PROBLEM },
  403: { description: 'The API key lacks the scope', content: PROBLEM },
  429: { description: 'Too many requests; Retry-After says when to come back', content: PROBLEM },
};

interface Answering {
  readonly schemas: Record<string, object>;
  readonly example: unknown;
}

function response(
  status: number,
  { description, schema, contentType = JSON_TYPE }: AnswerDoc,
  { schemas, example }: Answering,
): Operation['responses'][string] {
  if (status >= 400) return { description, content: PROBLEM };
  const shown = schema === undefined ? {} : schemaOf(schema, 'output', schemas);
  return { description, content: content([contentType], { schema: shown, example }) };
}

/** The example is that of the first type. */
function content(
  types: readonly string[],
  { schema, example }: { readonly schema: object; readonly example: unknown },
): Readonly<Record<string, Content>> {
  return Object.fromEntries(
    types.map((type, place) => [type, place > 0 || example === undefined ? { schema } : { schema, example }]),
  );
}

function parametersOf(route: Route, example: ExampleRequest | undefined): readonly Parameter[] {
  const given = (place: 'path' | 'query', name: string) => example?.[place === 'path' ? 'params' : 'query']?.[name];
  return [
    ...shape(route.params).map(([name, schema]) => parameter('path', { name, schema, example: given('path', name) })),
    ...shape(route.query).map(([name, schema]) => parameter('query', { name, schema, example: given('query', name) })),
    ...(route.headers ?? []).map(
      ({ name, description }): Parameter => ({
        name,
        in: 'header',
        required: false,
        description,
        schema: { type: 'string' },
      }),
    ),
  ];
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
