// One HTTP exchange, bounded in time and size, that remembers the one thing undici's errors do not tell: whether the
// request had begun to leave. A queued request that outlives its time is never written afterwards.

import type { Agent, Dispatcher } from 'undici';

export interface HttpRequest {
  readonly url: URL;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Exchange =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null; readonly body: string }
  | { readonly kind: 'failed'; readonly hasBegun: boolean; readonly error: unknown }
  | { readonly kind: 'expired'; readonly hasBegun: boolean };

export const MAX_RESPONSE_BYTES = 65_536;
/** Once the status is known the body is only for reading by people: not worth holding the message for. */
const BODY_PATIENCE_MS = 2_000;

export function exchange(agent: Agent, request: HttpRequest, timeoutMs: number): Promise<Exchange> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | null = null;
    let hasBegun = false;
    let isOver = false;
    let status: number | null = null;
    let retryAfter: string | null = null;
    let received = 0;
    const chunks: Buffer[] = [];

    const answered = (known: number): Exchange => {
      const body = Buffer.concat(chunks).subarray(0, MAX_RESPONSE_BYTES).toString('utf8');
      return { kind: 'answered', status: known, retryAfter, body };
    };
    const finish = (result: Exchange): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      resolve(result);
    };
    const abort = (reason: string): void => controller?.abort(new Error(reason));
    const expire = (): void => {
      finish(status === null ? { kind: 'expired', hasBegun } : answered(status));
      abort('out of time');
    };
    let timer = setTimeout(expire, timeoutMs);
    const endsAt = performance.now() + timeoutMs;

    agent.dispatch(
      {
        origin: request.url.origin,
        path: `${request.url.pathname}${request.url.search}`,
        method: request.method,
        headers: { ...request.headers },
        body: request.method === 'GET' ? null : request.body,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      },
      {
        onRequestStart(started) {
          controller = started;
          if (isOver) return started.abort(new Error('out of time before it was sent'));
          hasBegun = true;
        },
        onResponseStart(_controller, code, headers) {
          if (code < 200) return;
          status = code;
          const value = headers['retry-after'];
          retryAfter = typeof value === 'string' ? value : null;
          clearTimeout(timer);
          timer = setTimeout(expire, Math.max(0, Math.min(BODY_PATIENCE_MS, endsAt - performance.now())));
        },
        onResponseData(_controller, chunk) {
          if (status === null || isOver) return;
          chunks.push(chunk);
          received += chunk.length;
          if (received < MAX_RESPONSE_BYTES) return;
          finish(answered(status));
          abort('response longer than is read');
        },
        onResponseEnd() {
          if (status !== null) finish(answered(status));
        },
        onResponseError(_controller, error) {
          finish(status === null ? { kind: 'failed', hasBegun, error } : answered(status));
        },
      },
    );
  });
}
