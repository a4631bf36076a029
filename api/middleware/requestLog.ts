import { randomUUID } from 'node:crypto';
import { types } from 'node:util';
import type { RequestHandler } from 'express';
import { pinoHttp } from 'pino-http';
import type { Logger } from '../../telemetry/logger.js';

/**
 * One log line per request with its id, which the answer carries as `x-request-id`. Never the URL, headers or body:
 * paths and queries hold external ids, headers hold keys. The route's template says what was asked.
 */
const templates = new WeakMap<object, string>();

/** Notes which route answers, for the log line. */
export function noteRoute(request: object, template: string): void {
  templates.set(request, template);
}

export function routeNoted(request: object): string {
  return templates.get(request) ?? '(none)';
}

export function requestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: (_request, response) => {
      const id = randomUUID();
      response.setHeader('x-request-id', id);
      return id;
    },
    serializers: {
      req: ({ id, method }: { id: unknown; method: unknown }) => ({ id, method }),
      res: ({ statusCode }: { statusCode: unknown }) => ({ statusCode }),
      err: describeError,
    },
    // Ours take the request, answer and error themselves, and let nothing else of them through.
    wrapSerializers: false,
    // Asked twice: when the request comes, and again when its route is known.
    customProps: (request) => (templates.has(request) ? { route: routeNoted(request) } : {}),
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'error' : 'debug'),
  });
}

/** Where an error came from, without what it says: messages of the database and of parsers quote values. */
export function describeError(error: unknown): object {
  if (!types.isNativeError(error)) return { type: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const code = 'code' in error ? String(error.code) : undefined;
  const cause = error.cause === undefined ? undefined : describeError(error.cause);
  return { type: error.name, code, stack: frames.slice(0, 12).join('\n'), cause };
}
