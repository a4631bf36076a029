import { CHANNELS, contentsOf } from '../channel/index.js';
import type { UsedSecret } from '../secret/secretReference.js';
import type { Campaign } from './campaign.js';

/** Every place of the variants that names a secret, in their order. */
export function secretsOf(variants: Campaign['variants']): readonly UsedSecret[] {
  return variants.flatMap(({ messages }, index) =>
    contentsOf(messages).flatMap(([channel, content]) =>
      CHANNELS[channel].secretsIn(content).map(({ path, name }) => ({
        path: `variants[${index}].messages.${channel}.${path}`,
        name,
      })),
    ),
  );
}
