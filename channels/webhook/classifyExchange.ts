// Says what an HTTP exchange means for the message (WH-02): 2xx received; 408, 429 and 5xx worth another try; every
// other answer final; no answer after the request began to leave: nobody knows.

import type { SendResult } from '../channel.js';
import { accepted, ambiguous, refused, rejected } from '../sendResult.js';
import type { Exchange } from './exchange.js';
import { ADDRESS_NOT_ALLOWED } from './guardedAgents.js';

const MAX_RETRY_AFTER_MS = 3_600_000;
const TLS_ERROR = /^(ERR_TLS|ERR_SSL|EPROTO$|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_CA)/;
const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection_refused',
  ENOTFOUND: 'host_unknown',
  EAI_AGAIN: 'host_unresolved',
  ETIMEDOUT: 'timeout',
};

export function classifyExchange(result: Exchange, now: number): SendResult {
  switch (result.kind) {
    case 'answered':
      return classifyAnswer(result, now);
    case 'expired':
      return result.hasBegun
        ? ambiguous('reply_timeout', 'no answer within the time of the attempt')
        : refused('timeout', 'the request could not begin within the time of the attempt');
    case 'failed':
      return classifyFailure(result);
  }
}

function classifyAnswer(answer: Extract<Exchange, { kind: 'answered' }>, now: number): SendResult {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return accepted(`HTTP ${status}`);
  const detail = `HTTP ${status}: ${body}`;
  const code = `http_${status}`;
  if (status === 408 || status === 429 || status >= 500) {
    return refused(code, detail, retryAfterMs(answer.retryAfter, now));
  }
  return rejected(code, detail);
}

function classifyFailure({ error, hasBegun }: Extract<Exchange, { kind: 'failed' }>): SendResult {
  const code = errorCode(error);
  const detail = error instanceof Error ? `${code}: ${error.message}` : String(error);
  if (code === ADDRESS_NOT_ALLOWED) return rejected('address_not_allowed', detail);
  if (hasBegun) return ambiguous('reply_lost', detail);
  if (TLS_ERROR.test(code)) return refused('tls_failed', detail);
  return refused(CODES[code] ?? 'connection_lost', detail);
}

/** Seconds or an HTTP date, never negative, never above an hour: a receiver may slow us, not park its messages for ever. */
export function retryAfterMs(value: string | null, now: number): number | null {
  if (value === null) return null;
  const text = value.trim();
  const wait = /^\d{1,10}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS);
}

/** An attempt at several addresses fails with an AggregateError: its first cause tells as much as any. */
function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string') return code;
  const causes: unknown = Reflect.get(error, 'errors');
  return Array.isArray(causes) ? errorCode(causes[0]) : '';
}
