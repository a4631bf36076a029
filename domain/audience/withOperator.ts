// A filter without an operator says nothing, and must not pass for everybody.
import type { z } from 'zod';
import { withAllowed } from '../schema/fields.js';

export function withOperator<S extends z.ZodObject>(schema: S, operators: readonly string[]): S {
  return schema.refine((filter) => operators.some((operator) => filter[operator] !== undefined), {
    error: () => withAllowed('needs an operator', operators.join(', ')),
  });
}
