import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { ApiDeps } from '../deps.js';
import type { OpenApiDocument } from '../openapi.js';
import { campaignPage } from '../pages/campaign.js';
import { docsPage } from '../pages/docs.js';
import { guidePage, readGuides } from '../pages/guides.js';
import { homePage } from '../pages/home.js';
import { personPage } from '../pages/person.js';
import { type Answer, html, json, nothing, openRoute, type Route } from '../route.js';
import { internalId } from '../schemas/personReference.js';

/** What a browser is served. Everything comes from this server, as its content security policy demands. */
const asset = (file: string) => readFileSync(path.join(__dirname, '../assets', file), 'utf8');

export function pageRoutes({ links }: ApiDeps, document: () => OpenApiDocument): readonly Route[] {
  const home = homePage(links);
  const campaign = campaignPage();
  const person = personPage();
  const guides = readGuides(path.join(__dirname, '../../docs'));
  return [
    openPage('/', 'Home page', async () => html(home)),
    openPage('/campaigns/{key}', 'The page of a campaign', async () => html(campaign), anyKey),
    openPage('/people/{id}', 'The page of a person', async () => html(person), anyId),
    openPage('/docs', 'This reference, as a page', async () => html(docsPage(document(), guides))),
    openPage('/docs/{guide}', 'A guide', async ({ guide }) => html(guidePage(guides, `${guide}`)), aGuide),
    openPage(
      '/docs/decisions/{guide}',
      'Why something is as it is',
      async ({ guide }) => html(guidePage(guides, `decisions/${guide}`)),
      aGuide,
    ),
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
    ...['shared', 'home', 'campaign', 'person', 'docs'].map((name) =>
      openAsset(`/assets/${name}.js`, 'text/javascript; charset=utf-8', asset(`${name}.cjs`)),
    ),
  ];
}

const aGuide = z.object({ guide: z.string().max(100) });
const anyKey = z.object({ key: z.string().max(100) });
const anyId = z.object({ id: internalId });

function openPage(
  pagePath: string,
  summary: string,
  handle: (params: Readonly<Record<string, unknown>>) => Promise<Answer>,
  params: z.ZodObject = nothing,
): Route {
  const answers = { 200: { description: 'A page', contentType: 'text/html' } };
  return openRoute({
    method: 'get',
    path: pagePath,
    summary,
    tag: 'Pages',
    params,
    query: nothing,
    answers,
    handle: async (call) => await handle(call.params),
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
