// Turns rendered content into the HTTP request that is stored with the claim. Signature and timestamp are not in it:
// they belong to the attempt.

import { z } from 'zod';
import type { JsonObject } from '../../domain/json.js';
import { secretReference } from '../../domain/secret/secretReference.js';
import type { PreparedRequest } from '../channel.js';
import { invalid, prepared } from '../sendResult.js';
import { type AllowedHosts, checkTarget } from './target.js';

const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'GET'] as const;
const MAX_BODY_BYTES = 1_048_576;
const MAX_HEADERS = 50;
const MAX_HEADER_LENGTH = 4_096;

const headerValue = z.union([z.string(), secretReference]);

const contentSchema = z.object({
  url: z.string(),
  method: z.enum(METHODS).default('POST'),
  headers: z.record(z.string(), headerValue).default({}),
  body: z.union([z.string(), z.record(z.string(), z.json())]).optional(),
});

/** The stored form of a webhook. Stored requests outlive a release: add optional fields only. */
export const webhookRequestSchema = z.object({
  url: z.string(),
  method: z.enum(METHODS),
  /** A reference stays one: its value is put in by each attempt to send, and stored nowhere else. */
  headers: z.record(z.string(), headerValue),
  body: z.string(),
});
export type WebhookRequest = z.infer<typeof webhookRequestSchema>;

/** What the HTTP connection and the signature decide, never the content. */
const RESERVED_HEADERS = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'http2-settings',
]);
const RESERVED_PREFIXES = ['webhook-', 'proxy-'];
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** What node can put on the wire: one byte a character, no control characters but the tab. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export function prepareWebhook(content: JsonObject, allowed: AllowedHosts): PreparedRequest {
  const parsed = contentSchema.safeParse(content);
  if (!parsed.success) return invalid(`not a webhook: ${z.prettifyError(parsed.error)}`);
  const { url: rawUrl, method, headers: rawHeaders, body: rawBody } = parsed.data;

  const target = checkTarget(rawUrl, allowed);
  if (target.kind === 'refused') return invalid(`url: ${target.detail}`);
  if (method === 'GET' && rawBody !== undefined) return invalid('body: a GET request has none');
  const body = typeof rawBody === 'string' ? rawBody : rawBody === undefined ? '' : JSON.stringify(rawBody);
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) return invalid(`body: longer than ${MAX_BODY_BYTES} bytes`);

  const headers: Record<string, z.infer<typeof headerValue>> = { 'user-agent': 'Rappel', accept: '*/*' };
  if (rawBody !== undefined) headers['content-type'] = contentTypeOf(rawBody);
  const entries = Object.entries(rawHeaders);
  if (entries.length > MAX_HEADERS) return invalid(`headers: more than ${MAX_HEADERS}`);
  for (const [rawName, rawValue] of entries) {
    const name = rawName.toLowerCase();
    const value = typeof rawValue === 'string' ? rawValue.trim() : rawValue;
    const problem = headerProblem(name, typeof value === 'string' ? value : '');
    if (problem !== null) return invalid(`headers.${rawName}: ${problem}`);
    headers[name] = value;
  }
  const request = { url: target.url.href, method, headers, body } satisfies WebhookRequest;
  return prepared(request);
}

/** What keeps a header from being sent; its name in any letter case. */
export function headerProblem(rawName: string, value: string): string | null {
  const name = rawName.toLowerCase();
  if (!HEADER_NAME.test(name)) return 'not a header name';
  if (RESERVED_HEADERS.has(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix))) {
    return 'this header is set by Rappel itself';
  }
  if (value.length > MAX_HEADER_LENGTH) return `longer than ${MAX_HEADER_LENGTH} characters`;
  return HEADER_VALUE.test(value) ? null : 'holds a line break or a character that no header can carry';
}

function contentTypeOf(body: string | object): string {
  return typeof body === 'object' || isJson(body) ? 'application/json' : 'text/plain; charset=utf-8';
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
