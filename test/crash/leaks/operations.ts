/** Requests of every operation that its own document tells of, with a canary in each text they can hold. */
import type { Installation } from '../installation.js';
import { canary } from './canaries.js';
import { plantSchema, type Schemas } from './plantSchema.js';

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
}

interface Operation {
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Schemas };
}

export interface Asked {
  readonly operation: string;
  readonly url: string;
  readonly init: RequestInit;
}

export async function plantedRequests({ url: home, call }: Installation): Promise<readonly Asked[]> {
  const document = (await (await call('GET', '/openapi.json')).json()) as Document;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const name = `${method.toUpperCase()} ${path}`;
      return bodiesOf(name, operation, document.components.schemas).map((body) => ({
        operation: name,
        url: home + urlOf(name, path, operation.parameters),
        init: { method: method.toUpperCase(), ...headersOf(name, operation.parameters), ...body },
      }));
    }),
  );
}

function urlOf(operation: string, path: string, parameters: readonly Parameter[]): string {
  const query = parameters
    .filter((each) => each.in === 'query')
    .map(({ name }) => [name, canary(`${operation} query ${name}`)]);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => canary(`${operation} path ${name}`));
  return query.length === 0 ? filled : `${filled}?${new URLSearchParams(query as [string, string][]).toString()}`;
}

function headersOf(operation: string, parameters: readonly Parameter[]) {
  const own = parameters
    .filter((each) => each.in === 'header')
    .map(({ name }) => [name, canary(`${operation} header ${name}`)]);
  return { headers: Object.fromEntries([...own, ['user-agent', canary(`${operation} user agent`)]]) };
}

function bodiesOf(operation: string, { requestBody }: Operation, schemas: Schemas): readonly { body?: string }[] {
  const schema = requestBody?.content['application/json']?.schema;
  if (schema === undefined) return [{}];
  return plantSchema(schema, `${operation} body`, schemas).map((body) => ({ body: JSON.stringify(body) }));
}

/** The names by which the caller asked for what is not there: they are in the answer so that a typing error is seen. */
export const REPEATED = [
  'DELETE /v1/locations/{key} path key',
  'DELETE /v1/secrets/{name} path name',
  'GET /docs/decisions/{guide} path guide',
  'GET /docs/{guide} path guide',
  'GET /v1/campaigns/{key} path key',
  'GET /v1/locations/{key} path key',
  'GET /v1/segments/{key} path key',
  'POST /v1/audiences/size body.audience.all[].segment',
  'POST /v1/audiences/size body.audience.any[].segment',
  'POST /v1/audiences/size body.audience.none[].segment',
  'POST /v1/audiences/size body.audience.not.segment',
  'POST /v1/audiences/size body.audience.segment',
  'POST /v1/campaigns/{key}/duplicate path key',
  'POST /v1/segments body.audience.all[].segment',
  'POST /v1/segments body.audience.any[].segment',
  'POST /v1/segments body.audience.none[].segment',
  'POST /v1/segments body.audience.not.segment',
  'POST /v1/segments body.audience.segment',
  'POST /v1/segments body.key',
];
