// What the value of a secret may be: all of what a request's header holds.
import { z } from 'zod';
import { withAllowed } from '../schema/fields.js';

/** Shorter ones cannot be told from other text in a receiver's answer, where they have to be masked. */
const SHORTEST = 8;
/** As much as the webhook channel sends in one header. */
const LONGEST = 4_096;
const ALLOWED = `${SHORTEST} to ${LONGEST} printable ASCII characters, no blank at either end`;

/** The messages say what is allowed and never what was given. */
export const secretValue = z
  .string()
  .min(SHORTEST, { error: () => withAllowed('is too short', ALLOWED) })
  .max(LONGEST, { error: () => withAllowed('is too long', ALLOWED) })
  .regex(/^[\x21-\x7e][\x20-\x7e]*[\x21-\x7e]$/, {
    error: () => withAllowed('holds a character that no secret may have', ALLOWED),
  });
