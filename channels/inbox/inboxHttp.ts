// Serves the inbox for reading: pages for people, `/api/messages` for scripts. It changes nothing, and answers only
// under the name it was started with, so that a web site cannot read it through a name of its own (DNS rebinding).

import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import path from 'node:path';
import { CONTENT_SECURITY_POLICY, LIST_POLICY, listPage, mailPage, messagePage } from './inboxPages.js';
import type { CaughtMail, MailStore } from './mailStore.js';

const PAGE_SIZE = 50;
const MAX_LIMIT = 200;
const LOOPBACK_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

interface Answer {
  readonly status: number;
  readonly type: 'text/html' | 'application/json' | 'text/javascript';
  readonly body: string;
  readonly policy?: string;
}

const SCRIPT = readFileSync(path.join(__dirname, 'inboxPage.cjs'), 'utf8');

/** `isLocal`: the server listens on loopback, and only loopback names are its own. */
export function inboxListener(store: MailStore, isLocal: boolean): RequestListener {
  return (request, response) => write(response, request, answer(store, request, isLocal));
}

function answer(store: MailStore, request: IncomingMessage, isLocal: boolean): Answer {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (isLocal && !LOOPBACK_NAME.test(host))
    return html(403, messagePage('Open the inbox under localhost or 127.0.0.1.'));
  if (request.method !== 'GET' && request.method !== 'HEAD') return html(405, messagePage('Only GET is allowed.'));
  const target = `http://inbox${request.url ?? '/'}`;
  if (!URL.canParse(target)) return html(400, messagePage('Not a URL.'));
  const { pathname, searchParams } = new URL(target);

  if (pathname === '/') return list(store, searchParams);
  if (pathname === '/inbox.js') return { status: 200, type: 'text/javascript', body: SCRIPT };
  if (pathname === '/api/messages') return listJson(store, searchParams);
  const found = /^(\/api)?\/messages\/(\d{1,9})$/.exec(pathname);
  const mail = found === null ? null : store.find(Number(found[2]));
  if (mail === null) return html(404, messagePage('No such mail.'));
  return found?.[1] === '/api' ? json(200, messageJson(mail)) : html(200, mailPage(mail));
}

function list(store: MailStore, parameters: URLSearchParams): Answer {
  const before = wholeNumber(parameters.get('before'), Number.MAX_SAFE_INTEGER);
  if (before === null) return html(400, messagePage('before: a whole number is allowed.'));
  const mails = store.listBefore(before, PAGE_SIZE);
  const last = mails.at(-1);
  const hasOlder = last !== undefined && store.listBefore(last.id, 1).length > 0;
  const page = listPage({ mails, olderBefore: hasOlder ? last.id : null, total: store.size });
  return { ...html(200, page), policy: LIST_POLICY };
}

/** Oldest first; `next` is the `after` of the next page, null when there is none yet. */
function listJson(store: MailStore, parameters: URLSearchParams): Answer {
  const limit = wholeNumber(parameters.get('limit'), PAGE_SIZE);
  const after = wholeNumber(parameters.get('after'), 0);
  if (limit === null || limit < 1 || limit > MAX_LIMIT)
    return json(400, { error: `limit: 1 to ${MAX_LIMIT} is allowed` });
  if (after === null) return json(400, { error: 'after: the id of a message is allowed' });
  const mails = store.listAfter(after, limit);
  const last = mails.at(-1);
  const next = last !== undefined && store.listAfter(last.id, 1).length > 0 ? last.id : null;
  return json(200, { messages: mails.map(messageJson), next });
}

function messageJson({ receivedAt, ...mail }: CaughtMail): object {
  return { ...mail, receivedAt: new Date(receivedAt).toISOString() };
}

function wholeNumber(text: string | null, otherwise: number): number | null {
  if (text === null) return otherwise;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function html(status: number, body: string): Answer {
  return { status, type: 'text/html', body };
}

function json(status: number, body: object): Answer {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}

function write(response: ServerResponse, request: IncomingMessage, { status, type, body, policy }: Answer): void {
  response.writeHead(status, {
    ...HEADERS,
    ...(policy === undefined ? {} : { 'content-security-policy': policy }),
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
