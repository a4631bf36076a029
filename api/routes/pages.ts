import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { ApiDeps, DevAccess } from '../deps.js';
import { hasCookie } from '../middleware/ownPage.js';
import type { OpenApiDocument } from '../openapi.js';
import { accessSection, linkPage } from '../pages/access.js';
import { campaignPage } from '../pages/campaign.js';
import { docsPage } from '../pages/docs.js';
import { guidePage, readGuides } from '../pages/guides.js';
import { homePage } from '../pages/home.js';
import { personPage } from '../pages/person.js';
import { type Answer, html, json, nothing, openRoute, type Route, sameForAll } from '../route.js';
import { internalId } from '../schemas/personReference.js';

/** What a browser is served. Everything comes from this server, as its content security policy demands. */
const asset = (file: string) => readFileSync(path.join(__dirname, '../assets', file), 'utf8');

export function pageRoutes({ links, devAccess }: ApiDeps, document: () => OpenApiDocument): readonly Route[] {
  const access = accessSection(devAccess);
  const shown = (text: string) => opened(text, devAccess);
  const home = shown(homePage(links, access));
  const campaign = shown(campaignPage(access));
  const person = shown(personPage(access));
  const guides = readGuides(path.join(__dirname, '../../docs'));
  return [
    openPage({ path: '/', summary: 'Home page', answers: byLink }, home),
    openPage(
      { path: '/campaigns/{key}', summary: 'The page of a campaign', params: anyKey, answers: byLink },
      campaign,
    ),
    openPage({ path: '/people/{id}', summary: 'The page of a person', params: anyId, answers: byLink }, person),
    openPage(
      { path: '/docs', summary: 'This reference, as a page' },
      sameForAll(() => html(docsPage(document(), guides))),
    ),
    openPage({ path: '/docs/{guide}', summary: 'A guide', ...aGuide }, async ({ params: { guide } }) =>
      html(guidePage(guides, `${guide}`)),
    ),
    openPage(
      { path: '/docs/decisions/{guide}', summary: 'Why something is as it is', ...aGuide },
      async ({ params: { guide } }) => html(guidePage(guides, `decisions/${guide}`)),
    ),
    openRoute({
      method: 'get',
      path: '/openapi.json',
      summary: 'This reference, as OpenAPI 3.1',
      tag: 'Pages',
      params: nothing,
      query: nothing,
      answers: { 200: { description: 'The document', schema: z.record(z.string(), z.unknown()) } },
      handle: sameForAll(() => json(200, document())),
    }),
    openAsset('/assets/rappel.css', 'text/css; charset=utf-8', asset('rappel.css')),
    openAsset('/assets/icon.svg', 'image/svg+xml', asset('icon.svg')),
    ...['shared', 'home', 'campaign', 'person', 'docs'].map((name) =>
      openAsset(`/assets/${name}.js`, 'text/javascript; charset=utf-8', asset(`${name}.cjs`)),
    ),
  ];
}

const aGuide = {
  params: z.object({ guide: z.string().max(100) }),
  answers: { 404: { description: 'There is no such guide' } },
};
const byLink = { 401: { description: 'It opens by the link that npm start prints', contentType: 'text/html' } };
const anyKey = z.object({ key: z.string().max(100) });
const anyId = z.object({ id: internalId });

interface PageCall {
  readonly params: Readonly<Record<string, unknown>>;
  readonly header: (name: string) => string | undefined;
}

type PageHandler = (call: PageCall) => Promise<Answer>;

/** A page of the workspace: where it opens by a link, only for a browser that has opened it. */
function opened(text: string, devAccess: DevAccess | null): PageHandler {
  const refusal: Answer = { ...html(linkPage()), status: 401, headers: { 'cache-control': 'no-store' } };
  return async ({ header }) =>
    devAccess === null || hasCookie(devAccess.session, header('cookie')) ? html(text) : refusal;
}

interface PageDoc extends Pick<Route, 'path' | 'summary'>, Partial<Pick<Route, 'params' | 'answers'>> {}

function openPage({ answers, params = nothing, ...doc }: PageDoc, handle: PageHandler): Route {
  return openRoute({
    ...doc,
    method: 'get',
    tag: 'Pages',
    params,
    query: nothing,
    answers: { 200: { description: 'A page', contentType: 'text/html' }, ...answers },
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
