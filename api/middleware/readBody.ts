import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { types } from 'node:util';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { RappelError } from '../../domain/errors.js';
import { parseExactJson } from '../../domain/schema/exactJson.js';
import { formatPath } from '../../domain/schema/problems.js';
import { storableProblems } from '../../domain/schema/storable.js';
import type { Body, BodyDoc } from '../route.js';

/**
 * Reads a body, bounded after decompression, with its hash for idempotency keys. It must be UTF-8: what is not would change
 * letters (josé and josè would be one). Duplicate JSON names: the last wins. Numbers keep their digits or are marked.
 */
export const MAX_BYTES = 1_048_576;
const JSON_TYPES = ['application/json', '+json'];
const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];

export async function readBody(request: Request, response: Response, doc: BodyDoc): Promise<Body> {
  const types = doc.yaml ? [...JSON_TYPES, ...YAML_TYPES] : JSON_TYPES;
  if (typeof request.is(types) !== 'string') {
    if (doc.optional === true && !hasBody(request)) return { kind: 'none' };
    const allowed = doc.yaml ? 'application/json or application/yaml' : 'application/json';
    throw new RappelError('invalid_request', `A body is required, with the header 'Content-Type: ${allowed}'.`);
  }
  const text = await readText(request, response, doc.maxBytes ?? MAX_BYTES);
  const sha256 = () => createHash('sha256').update(text).digest();
  if (doc.yaml && typeof request.is(YAML_TYPES) === 'string') return { kind: 'yaml', text, sha256 };
  return { kind: 'json', value: parse(text, doc), sha256 };
}

/** Without its byte order mark. */
async function readText(request: Request, response: Response, limit: number): Promise<string> {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(request.get('content-type') ?? '')?.[1];
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset))
    throw notUtf8(`its Content-Type says '${charset}'`);
  await run(express.raw({ limit, type: () => true }), request, response);
  const bytes: unknown = request.body;
  if (!Buffer.isBuffer(bytes)) return '';
  if (!isUtf8(bytes)) throw notUtf8('it holds bytes that are no UTF-8');
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}

function notUtf8(why: string): RappelError {
  return new RappelError('invalid_request', `The body is not UTF-8: ${why}. Send it as UTF-8.`);
}

/** No body at all counts as an empty object. */
function parse(text: string, doc: BodyDoc): unknown {
  let value: unknown;
  try {
    value = text.trim() === '' ? {} : parseExactJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RappelError('invalid_request', 'The body is not valid JSON.');
  }
  // Items and definitions are judged by their own readers, which say more.
  if (doc.yaml || doc.itemwise === true) return value;
  const problems = storableProblems(value);
  if (problems.length === 0) return value;
  const told = problems.map(({ path, message }) => ({ path: formatPath(path), message }));
  throw new RappelError('invalid_request', 'The body is not valid.', told);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function run(parser: RequestHandler, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    parser(request, response, (error: unknown) => {
      if (error === undefined) resolve();
      else reject(types.isNativeError(error) ? error : new Error('the body could not be read', { cause: error }));
    });
  });
}
