// The route table as tests of all of it see it: the operations of the document, and the requests of the reference, with
// other values where a test wants them.
import { allRoutes } from '../../../api/allRoutes.js';
import { EXAMPLES } from '../../../api/examples/requests.js';
import { type OpenApiDocument, openApiDocument, type Parameter } from '../../../api/openapi.js';
import type { Route } from '../../../api/route.js';

export interface Operation {
  /** `GET /v1/campaigns` */
  readonly name: string;
  readonly route: Route;
  readonly parameters: readonly Parameter[];
  /** The properties of the body of its 200, by name; none: it is no object. */
  readonly answered: Readonly<Record<string, { readonly type?: string }>>;
}

const ROUTES = allRoutes({ links: { inboxUrl: null, temporalUiUrl: null } } as never);
export const DOCUMENT: OpenApiDocument = openApiDocument(ROUTES, '1');

export const OPERATIONS: readonly Operation[] = ROUTES.map((route) => {
  const documented = DOCUMENT.paths[route.path]?.[route.method];
  const schema = Object.values(documented?.responses['200']?.content ?? {})[0]?.schema ?? {};
  return {
    name: `${route.method.toUpperCase()} ${route.path}`,
    route,
    parameters: documented?.parameters ?? [],
    answered: Object(Object(resolved(schema)).properties),
  };
});

export function resolved(schema: object): object {
  if (!('$ref' in schema)) return schema;
  return DOCUMENT.components.schemas[String(schema.$ref).split('/').at(-1) ?? ''] ?? {};
}

/** The request of the reference, with these parameters instead of its own: the path and its query, and the body. */
export function requestOf({ name, route }: Operation, values: Readonly<Record<string, string>> = {}) {
  const example = EXAMPLES.find(({ operation }) => operation === name);
  const given = { ...example?.params, ...example?.query, ...values };
  const filled = route.path.replace(/\{(\w+)\}/g, (_, each: string) => encodeURIComponent(given[each] ?? 'x'));
  const query = Object.entries(given).filter(([each]) => !route.path.includes(`{${each}}`));
  const path = query.length === 0 ? filled : `${filled}?${new URLSearchParams(query)}`;
  return { path, body: example?.body };
}
