import { MAX_BYTES } from './middleware/readBody.js';
import type { AnswerDoc, Route } from './route.js';
import { problemDocument } from './schemas/problem.js';

const schema = problemDocument;
const INVALID = { description: 'The path, query or body is not valid, or an API key stands in the URL', schema };
const TOO_MANY = { description: 'Too many requests; Retry-After says when to come back', schema };
/** Said by the HTTP parser, before there is a request that anything of ours could answer. */
const TOO_LONG = {
  description: 'The address and the headers have more than 16 KiB together; there is no body',
  isEmpty: true,
};
const OF_KEYS = {
  401: { description: 'No valid API key', schema },
  403: { description: 'The API key lacks the scope', schema },
  503: { description: 'The database does not answer; the same request may succeed after Retry-After', schema },
};

/** What a route may be refused with besides what it says itself: made from what it is, so that none forgets any. */
export function refusalsOf({ scope, body, isProbe }: Route): Readonly<Record<number, AnswerDoc>> {
  const refusals: Record<number, AnswerDoc> = { 400: INVALID, 431: TOO_LONG };
  if (scope !== null) Object.assign(refusals, OF_KEYS);
  if (isProbe !== true) refusals[429] = TOO_MANY;
  if (body !== null) {
    const most = (body.maxBytes ?? MAX_BYTES) / 1_048_576;
    refusals[413] = { description: `The body has more than ${most} MiB`, schema };
  }
  return refusals;
}
