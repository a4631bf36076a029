import { z } from 'zod';

/** What answers say of what is wrong: one thing with one field, and the whole of a refusal. */
export const problem = z.object({
  path: z.string(),
  message: z.string(),
  allowed: z.string().optional(),
  line: z.int().optional().meta({ description: 'Of a body in YAML' }),
});

const refusal = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  message: z.string().meta({ description: 'As detail' }),
});

export const problemDocument = refusal
  .extend({ problems: z.array(problem).optional() })
  .meta({ id: 'Problem', description: 'RFC 9457' });

/** Of `POST /users/track`, which tells of each item. */
export const trackRefusal = problemDocument
  .extend({
    errors: z
      .array(z.object({ type: z.string(), input_array: z.enum(['attributes', 'events', 'purchases']), index: z.int() }))
      .optional(),
  })
  .meta({ id: 'TrackRefusal', description: '`errors`: what is wrong with each item' });
