// A definition as operators may write it: the canonical form, and the sugar that `normaliseDefinition` turns into it.
// What one field alone cannot tell (exceptions without delay, shares, …) is refused by `definitionRules.ts`.
import { z } from 'zod';
import { filterSchema } from '../../audience/filter.js';
import { messageEntry, messagesByChannel } from '../../channel/index.js';
import { fields, text } from '../../schema/fields.js';
import { keyText } from '../../schema/key.js';
import { tagsSchema } from '../../schema/tags.js';
import { exceptionSchema, triggerSchema } from './eventSpec.js';
import { delaySchema, durationSchema, quietHoursSchema, reEligibilitySchema, windowSchema } from './timingSpec.js';

const MAX_EXCEPTIONS = 10;
const MAX_VARIANTS = 8;

const eventEntryShape = {
  delay: delaySchema.optional(),
  exceptions: z.array(exceptionSchema).max(MAX_EXCEPTIONS).optional(),
};

/** A list of messages, or an object by channel. */
const messages = z.union([z.array(messageEntry).max(10), messagesByChannel]);

export const definitionSchema = fields({
  schemaVersion: z.literal(1).default(1),
  /** Never changes once created: other definitions refer to a campaign by it. Made from the name when absent. */
  key: keyText.optional(),
  name: text(200),
  description: text(2_000).optional(),
  tags: tagsSchema,
  audience: filterSchema.optional(),
  entry: fields({ event: fields({ trigger: triggerSchema, ...eventEntryShape }) }).optional(),
  trigger: triggerSchema.optional(),
  ...eventEntryShape,
  duration: durationSchema.optional(),
  window: windowSchema.optional(),
  quietHours: quietHoursSchema.optional(),
  recheckAudience: z.boolean().default(false),
  reEligibility: reEligibilitySchema.default('never'),
  variants: z
    .array(fields({ key: keyText, share: z.int().min(1).max(100), messages }))
    .min(1)
    .max(MAX_VARIANTS)
    .optional(),
  messages: messages.optional(),
  message: messageEntry.optional(),
}).meta({
  id: 'CampaignDefinition',
  description: 'When someone does X, and is in audience Y, wait Z, unless they do W, then send M.',
});

export type WrittenDefinition = z.output<typeof definitionSchema>;
export type WrittenMessages = z.output<typeof messages>;

/** JSON Schema 2020-12 of what may be written, sugar included. */
export function campaignJsonSchema(): object {
  return z.toJSONSchema(definitionSchema, { io: 'input' });
}
