import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { describeError } from '../../telemetry/describeError.js';
import type { Logger } from '../../telemetry/logger.js';
import { clientAddress } from './clientAddress.js';

/**
 * One log line per request with its id, which the answer carries as `x-request-id`, and the address it came from. Never
 * the URL, headers or body: paths and queries hold external ids, headers hold keys. The route's template says what was
 * asked.
 */
const templates = new WeakMap<object, string>();

/** Notes which route answers, for the log line. */
export function noteRoute(request: object, template: string): void {
  templates.set(request, template);
}

export function routeNoted(request: object): string {
  return templates.get(request) ?? '(none)';
}

const keys = new WeakMap<object, number>();

/** Notes whose key it came with, for the log lines. */
export function noteKey(request: object, apiKeyId: number): void {
  keys.set(request, apiKeyId);
}

export function keyNoted(request: object): number | null {
  return keys.get(request) ?? null;
}

const errors = new WeakMap<object, unknown>();

/** Notes what went wrong, for the log line. */
export function noteError(response: object, error: unknown): void {
  errors.set(response, error);
}

/** Ours, as pino-http makes a logger for each request: a tenth of what recording the events of one costs. */
export function requestLog(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const id = randomUUID();
    response.setHeader('x-request-id', id);
    const startedAt = performance.now();
    // Now: a socket that was closed no longer knows.
    const client = clientAddress(request);
    response.once('close', () => {
      const isFailure = response.statusCode >= 500;
      const level = isFailure ? 'error' : 'debug';
      if (!logger.isLevelEnabled(level)) return;
      const ending = response.writableFinished ? 'completed' : 'aborted';
      logger[level](
        {
          req: { id, method: request.method, client, apiKeyId: keyNoted(request) },
          res: { statusCode: response.statusCode },
          route: routeNoted(request),
          responseTime: Math.round(performance.now() - startedAt),
          ...(errors.has(response) ? { err: describeError(errors.get(response)) } : {}),
        },
        `request ${isFailure ? 'errored' : ending}`,
      );
    });
    next();
  };
}
