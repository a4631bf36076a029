import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ApiDeps } from '../deps.js';
import type { OpenApiDocument } from '../openapi.js';
import { docsPage } from '../pages/docs.js';
import { homePage } from '../pages/home.js';
import { type Answer, html, json, nothing, openRoute, type Route } from '../route.js';

/** What a browser is served. Everything comes from this server, as its content security policy demands. */
const asset = (file: string) => readFileSync(path.join(__dirname, '../assets', file), 'utf8');

export function pageRoutes({ links }: ApiDeps, document: () => OpenApiDocument): readonly Route[] {
  const home = homePage(links);
  return [
    openPage('/', 'Home page', async () => html(home)),
    openPage('/docs', 'This reference, as a page', async () => html(docsPage(document()))),
    openRoute({
      method: 'get',
      path: '/openapi.json',
      summary: 'This reference, as OpenAPI 3.1',
      tag: 'Pages',
      params: nothing,
      query: nothing,
      answers: { 200: { description: 'The document' } },
      handle: async () => json(200, document()),
    }),
    openAsset('/assets/rappel.css', 'text/css; charset=utf-8', asset('rappel.css')),
    openAsset('/assets/icon.svg', 'image/svg+xml', asset('icon.svg')),
    openAsset('/assets/home.js', 'text/javascript; charset=utf-8', asset('home.cjs')),
  ];
}

function openPage(pagePath: string, summary: string, handle: () => Promise<Answer>): Route {
  const answers = { 200: { description: 'A page', contentType: 'text/html' } };
  return openRoute({
    method: 'get',
    path: pagePath,
    summary,
    tag: 'Pages',
    params: nothing,
    query: nothing,
    answers,
    handle,
  });
}

function openAsset(assetPath: string, contentType: string, text: string): Route {
  const [type = contentType] = contentType.split(';');
  return openRoute({
    method: 'get',
    path: assetPath,
    summary: `Part of the pages: ${path.basename(assetPath)}`,
    tag: 'Pages',
    params: nothing,
    query: nothing,
    answers: { 200: { description: 'The file', contentType: type } },
    handle: async () => ({ kind: 'text', status: 200, contentType, text }),
  });
}
