// How a definition names a secret instead of holding its value: `{ secret: name }` as the value of a webhook's header.
import type { z } from 'zod';
import type { Campaign } from '../campaign/campaign.js';
import type { Json } from '../json.js';
import { isJsonObject } from '../profile/attributeChange.js';
import { fields } from '../schema/fields.js';
import { keyText } from '../schema/key.js';

export const secretReference = fields({ secret: keyText });

export type SecretReference = z.output<typeof secretReference>;

export interface UsedSecret {
  /** Where in the definition. */
  readonly path: string;
  readonly name: string;
}

/** Every place of the variants that names a secret, in their order. */
export function secretsOf(variants: Campaign['variants']): readonly UsedSecret[] {
  return variants.flatMap(({ messages }, index) =>
    namedIn(messages.webhook?.headers).map(([header, name]) => ({
      path: `variants[${index}].messages.webhook.headers.${header}`,
      name,
    })),
  );
}

/** The headers whose value is a reference, each with the name of its secret. */
function namedIn(headers: Json | undefined): readonly (readonly [string, string])[] {
  if (headers === undefined || !isJsonObject(headers)) return [];
  return Object.entries(headers).flatMap(([header, value]) => {
    const read = secretReference.safeParse(value);
    return read.success ? [[header, read.data.secret] as const] : [];
  });
}
