import { z } from 'zod';
import type { CatalogueKind } from '../../domain/event/catalogue.js';
import {
  areNamesFull,
  arePropertiesFull,
  type ListedName,
  listNames,
  listProperties,
  type WithProperties,
} from '../../storage/queries/catalogue/catalogue.js';
import type { ApiDeps } from '../deps.js';
import { json, nothing, type Route, scopedRoute } from '../route.js';
import * as schemas from '../schemas/catalogue.js';
import { iso, limit, namedText } from '../schemas/paging.js';

/** `/v1/catalogue`: names and properties that were seen, for whoever writes filters and templates. */
const TAG = 'People';
const DESCRIPTION =
  'What is new is there within seconds. A name that holds an address or the number of somebody is not kept.';
const { seenLists } = schemas;

interface Asked {
  readonly limit: number;
  readonly after?: { readonly text: string } | undefined;
}

export function catalogueRoutes({ pool }: ApiDeps): readonly Route[] {
  async function names(kind: CatalogueKind, list: keyof typeof seenLists, query: Asked) {
    const rows = await listNames(pool, { kind, after: query.after?.text ?? '', limit: query.limit + 1 });
    return { ...pageOf(rows, list, query), isFull: await areNamesFull(pool, kind) };
  }

  const route = { method: 'get', tag: TAG, scope: 'users:read', params: nothing, description: DESCRIPTION } as const;
  return [
    scopedRoute({
      ...route,
      path: '/v1/catalogue/events',
      summary: 'List the names of custom events that were seen',
      query: z.object({ limit: limit(50), after: seenLists.events.after }),
      answers: { 200: { description: 'A page of them, by name', schema: schemas.seenEvents } },
      handle: async ({ query }) => {
        const { shown, ...page } = await names('event', 'events', query);
        return json(200, { events: shown.map((row) => ({ name: row.listed, ...seenOf(row) })), ...page });
      },
    }),
    scopedRoute({
      ...route,
      path: '/v1/catalogue/properties',
      summary: 'List the properties of an event, or of purchases, that were seen',
      query: z.object({
        event: namedText('The name of a custom event; without it, the properties of purchases, whatever the product'),
        limit: limit(50),
        after: seenLists.properties.after,
      }),
      answers: { 200: { description: 'A page of them, by name', schema: schemas.seenProperties } },
      handle: async ({ query }) => {
        const { event } = query;
        const of: WithProperties = event === undefined ? { kind: 'product', name: '' } : { kind: 'event', name: event };
        const rows = await listProperties(pool, { ...of, after: query.after?.text ?? '', limit: query.limit + 1 });
        const { shown, next } = pageOf(rows, 'properties', query);
        return json(200, { properties: shown.map(withValues), next, isFull: await arePropertiesFull(pool, of) });
      },
    }),
    scopedRoute({
      ...route,
      path: '/v1/catalogue/attributes',
      summary: 'List the names of attributes that were seen',
      query: z.object({ limit: limit(50), after: seenLists.attributes.after }),
      answers: { 200: { description: 'A page of them, by name', schema: schemas.seenAttributes } },
      handle: async ({ query }) => {
        const { shown, ...page } = await names('attribute', 'attributes', query);
        return json(200, { attributes: shown.map(withValues), ...page });
      },
    }),
    scopedRoute({
      ...route,
      path: '/v1/catalogue/products',
      summary: 'List the products that were bought by more than one person',
      query: z.object({ limit: limit(50), after: seenLists.products.after }),
      answers: { 200: { description: 'A page of them, by id', schema: schemas.seenProducts } },
      handle: async ({ query }) => {
        const { shown, ...page } = await names('product', 'products', query);
        return json(200, { products: shown.map((row) => ({ id: row.listed, ...seenOf(row) })), ...page });
      },
    }),
  ];
}

function pageOf(rows: readonly ListedName[], list: keyof typeof seenLists, { limit: size }: Asked) {
  return seenLists[list].page(rows, size, ({ listed }) => ['name', listed]);
}

function seenOf({ count, first_at, last_at }: ListedName): object {
  return { count, firstAt: iso(first_at), lastAt: iso(last_at) };
}

function withValues(row: ListedName): object {
  return { name: row.listed, types: row.types, samples: row.samples, ...seenOf(row) };
}
