// What every part of a definition is written with: strict objects that name the field probably meant, and bounded texts.
import { z } from 'zod';

/** Parts a message into what is wrong and what is allowed: `problems.ts` splits it again. */
export const ALLOWED_SEPARATOR = '\u001f';

export function withAllowed(message: string, allowed: string): string {
  return `${message}${ALLOWED_SEPARATOR}${allowed}`;
}

/** A strict object: an unknown field is refused, never ignored. */
export function fields<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const names = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    // `problems.ts` finds the nearest of these names for each unknown one.
    error: (issue) => (issue.code === 'unrecognized_keys' ? withAllowed('unknown field', names) : undefined),
  });
}

/** A text of 1 to `max` characters that is not only blanks. */
export function text(max: number): z.ZodString {
  return z
    .string()
    .max(max, { error: () => withAllowed('is too long', `at most ${max} characters`) })
    .regex(/\S/, { error: () => withAllowed('is empty', `1 to ${max} characters`) });
}
