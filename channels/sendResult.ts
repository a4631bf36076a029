/**
 * The results that a channel may give, the only way to make one: whatever a provider said is made storable and short here.
 */
import type { JsonObject } from '../domain/json.js';
import { storableObject, storableText } from '../domain/schema/storableText.js';
import type { PreparedRequest, SendResult } from './channel.js';

const DETAIL_LENGTH = 1_000;
const REFERENCE_LENGTH = 200;

/** An empty reference counts as none. */
export function accepted(reference: string): SendResult {
  const kept = storableText(reference, REFERENCE_LENGTH);
  return { kind: 'accepted', reference: kept === '' ? null : kept };
}

export function refused(code: string, detail: string, retryAfterMs: number | null = null): SendResult {
  return { kind: 'refused', code, detail: storableText(detail, DETAIL_LENGTH), retryAfterMs };
}

export function rejected(code: string, detail: string): SendResult {
  return { kind: 'rejected', code, detail: storableText(detail, DETAIL_LENGTH) };
}

export function ambiguous(code: string, detail: string): SendResult {
  return { kind: 'ambiguous', code, detail: storableText(detail, DETAIL_LENGTH) };
}

export function misconfigured(code: string, detail: string): SendResult {
  return { kind: 'misconfigured', code, detail: storableText(detail, DETAIL_LENGTH) };
}

export function prepared(request: JsonObject): PreparedRequest {
  return { kind: 'request', request: storableObject(request) };
}

export function invalid(detail: string): PreparedRequest {
  return { kind: 'invalid', detail: storableText(detail, DETAIL_LENGTH) };
}
