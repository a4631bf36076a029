import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { types } from 'node:util';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { RappelError } from '../../domain/errors.js';
import type { Body, BodyDoc } from '../route.js';

/**
 * Reads a body of at most 1 MiB (after decompression) and remembers its hash, for idempotency keys. Duplicate JSON
 * names: the last wins. Nothing is interpreted here beyond JSON itself.
 */
const LIMIT = '1mb';
const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];

const hashes = new WeakMap<IncomingMessage, Buffer>();

function remember(request: IncomingMessage, _response: ServerResponse, bytes: Buffer): void {
  hashes.set(request, createHash('sha256').update(bytes).digest());
}

const readJson = express.json({ limit: LIMIT, strict: false, type: ['application/json', '+json'], verify: remember });
const readYaml = express.text({ limit: LIMIT, type: YAML_TYPES, verify: remember });

export async function readBody(request: Request, response: Response, doc: BodyDoc): Promise<Body> {
  if (doc.yaml && typeof request.is(YAML_TYPES) === 'string') {
    await run(readYaml, request, response);
    const text: unknown = request.body;
    return { kind: 'yaml', text: typeof text === 'string' ? text : '', sha256: hashOf(request) };
  }
  await run(readJson, request, response);
  if (hashes.has(request)) {
    const value: unknown = request.body;
    return { kind: 'json', value, sha256: hashOf(request) };
  }
  if (doc.optional === true && !hasBody(request)) return { kind: 'none' };
  const allowed = doc.yaml ? 'application/json or application/yaml' : 'application/json';
  throw new RappelError('invalid_request', `A body is required, with the header 'Content-Type: ${allowed}'.`);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function hashOf(request: IncomingMessage): Buffer {
  return hashes.get(request) ?? createHash('sha256').digest();
}

function run(parser: RequestHandler, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    parser(request, response, (error: unknown) => {
      if (error === undefined) resolve();
      else reject(types.isNativeError(error) ? error : new Error('the body could not be read', { cause: error }));
    });
  });
}
