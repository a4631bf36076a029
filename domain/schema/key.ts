// How definitions name each other: campaigns, locations and subscription groups by a key that never changes.
import { z } from 'zod';
import { withAllowed } from './fields.js';

const KEY_PATTERN = /^[a-z0-9][a-z0-9_-]{0,99}$/;

export const keyText = z.string().regex(KEY_PATTERN, {
  error: () => withAllowed('is not a key', '1 to 100 of a–z, 0–9, - and _, beginning with a letter or digit'),
});
