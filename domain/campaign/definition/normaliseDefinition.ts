// Sugar to canonical form, once everything has been found right.
import type { Messages } from '../../channel/index.js';
import type { CampaignDefinition, VariantDefinition } from './definition.js';
import type { WrittenDefinition, WrittenMessages } from './definitionSchema.js';
import { slugOf } from './slug.js';
import { isDelay } from './timingSpec.js';

/** The one variant of a campaign that names none. */
const ONLY_VARIANT = 'a';

export function normaliseDefinition(written: WrittenDefinition): CampaignDefinition {
  const key = written.key ?? slugOf(written.name);
  const { trigger, delay, exceptions } = written.entry?.event ?? written;
  if (key === null || trigger === undefined)
    throw new TypeError('Only a definition without problems can be normalised.');
  return {
    schemaVersion: written.schemaVersion,
    key,
    name: written.name,
    ...(written.description === undefined ? {} : { description: written.description }),
    ...(written.tags.length === 0 ? {} : { tags: written.tags }),
    ...(written.audience === undefined ? {} : { audience: written.audience }),
    entry: {
      event: {
        trigger,
        ...(isDelay(delay) ? { delay } : {}),
        ...(exceptions === undefined || exceptions.length === 0 ? {} : { exceptions }),
      },
    },
    ...(written.duration === undefined ? {} : { duration: written.duration }),
    ...(written.window === undefined ? {} : { window: written.window }),
    ...(written.quietHours === undefined ? {} : { quietHours: written.quietHours }),
    recheckAudience: written.recheckAudience,
    reEligibility: written.reEligibility,
    variants: variantsOf(written),
  };
}

function variantsOf(written: WrittenDefinition): readonly VariantDefinition[] {
  if (written.variants !== undefined) {
    return written.variants.map(({ key, share, messages }) => ({ key, share, messages: byChannel(messages) }));
  }
  const messages = written.message === undefined ? (written.messages ?? []) : [written.message];
  return [{ key: ONLY_VARIANT, share: 100, messages: byChannel(messages) }];
}

function byChannel(messages: WrittenMessages): Messages {
  if (!Array.isArray(messages)) return messages;
  return Object.fromEntries(messages.map(({ channel, ...content }) => [channel, content]));
}
