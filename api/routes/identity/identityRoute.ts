import { RappelError } from '../../../domain/errors.js';
import type { AnswerDoc, Body } from '../../route.js';

/** What the routes that say who is who answer to a body that is not valid. */
export const refusedWhole: AnswerDoc = { description: 'Nothing was changed; `problems` says which items are wrong' };

export function jsonOf(body: Body): unknown {
  if (body.kind !== 'json') throw new RappelError('invalid_request', 'The body must be JSON.');
  return body.value;
}
