import type { z } from 'zod';
import { boundsProblems } from '../../domain/campaign/definition/definitionBounds.js';
import { RappelError } from '../../domain/errors.js';
import { formatPaths, toProblems } from '../../domain/schema/problems.js';
import type { Body } from '../route.js';

/**
 * A JSON body with an audience in it, which is counted before it is read: reading costs more. Throws `invalid_request`, with
 * the place of every problem and what is allowed there.
 */
export function readAudienceBody<S extends z.ZodObject>(schema: S, body: Body): z.output<S> {
  const input: unknown = body.kind === 'json' ? body.value : undefined;
  const outOfBounds = boundsProblems(input);
  const parsed = outOfBounds.length > 0 ? null : schema.safeParse(input);
  if (parsed?.success === true) return parsed.data;
  const problems = parsed === null ? outOfBounds : toProblems(parsed.error.issues, input);
  throw new RappelError('invalid_request', 'The body is not valid.', formatPaths(problems));
}
