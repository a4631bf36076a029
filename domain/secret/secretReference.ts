// How a definition names a secret instead of holding its value: `{ secret: name }` as the value of a webhook's header.
import type { z } from 'zod';
import { fields } from '../schema/fields.js';
import { keyText } from '../schema/key.js';

export const secretReference = fields({ secret: keyText });

export type SecretReference = z.output<typeof secretReference>;

export interface UsedSecret {
  /** Where in the definition, or in the content of a message. */
  readonly path: string;
  readonly name: string;
}
