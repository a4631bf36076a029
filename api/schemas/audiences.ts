import { z } from 'zod';
import { filterSchema } from '../../domain/audience/filter.js';
import { CHANNEL_NAMES } from '../../domain/channel/index.js';
import { instantText, keyset } from './paging.js';
import { personFields } from './personReference.js';

/** What the routes about audiences take and answer. */
const audience = filterSchema.meta({ description: 'The audience, as a campaign has it' });

export const audienceList = keyset('audience', ['id']);

export const sizeBody = z
  .strictObject({
    audience,
    perFilter: z.boolean().default(false).meta({ description: 'Whether to tell how many people pass each filter too' }),
  })
  .meta({ id: 'AudienceSizeQuestion' });

export const audienceBody = z.strictObject({ audience }).meta({ id: 'AudienceQuestion' });

export const checkBody = z.strictObject({ audience, ...personFields }).meta({ id: 'AudienceCheckQuestion' });

const about = z.boolean().meta({ description: 'Whether the numbers are estimates' });
const madeOf = z
  .string()
  .meta({ description: 'How they were made: "counted", or from how many people drawn at random' });

export const sizeAnswer = z
  .object({
    people: z.int().meta({ description: 'How many people the audience has' }),
    reachable: z
      .object(Object.fromEntries(CHANNEL_NAMES.map((name) => [name, z.int()])))
      .meta({ description: 'Of them, those whom each channel can be sent to as their profile is' }),
    of: z.int().meta({ description: 'Everybody there is' }),
    about,
    madeOf,
    filters: z
      .object({
        filters: z.array(
          z.object({
            filter: z.string().meta({ description: 'In words' }),
            alone: z.int().meta({ description: 'How many people pass it' }),
            here: z
              .int()
              .meta({ description: 'How many of those pass it who pass what stands before it in its groups `all`' }),
          }),
        ),
        about,
        madeOf,
      })
      .nullable()
      .meta({ description: 'In the order of writing; null unless asked for' }),
    at: instantText,
  })
  .meta({ id: 'AudienceSize' });

const leaf = z.object({
  filter: z.string().meta({ description: 'In words' }),
  pass: z.boolean(),
  value: z.json().meta({ description: 'Which it saw' }),
  problem: z.string().optional().meta({ description: 'Why it cannot be answered, where it cannot' }),
});

const group = z.object({
  group: z.enum(['all', 'any', 'none', 'not']),
  pass: z.boolean(),
  get filters(): z.ZodArray<typeof checked> {
    return z.array(checked);
  },
});

const segment = z.object({
  segment: z.string().meta({ description: 'Its key' }),
  pass: z.boolean(),
  get filters(): z.ZodArray<typeof checked> {
    return z.array(checked).meta({ description: "The segment's own filter, as the only one" });
  },
});

const checked: z.ZodType = z.lazy(() => z.union([group, segment, leaf])).meta({ id: 'CheckedFilter' });

const person = {
  user: z.string().nullable().meta({ description: 'External id; null without one' }),
  userId: z.string().meta({ description: "Rappel's own id of the person" }),
  audience: checked.meta({ description: 'What each filter says of the person' }),
};

export const pageAnswer = z
  .object({
    people: z.array(z.object(person)),
    next: z
      .string()
      .nullable()
      .meta({ description: 'For the next page; a page may be short and yet have one, where many were looked at' }),
    at: instantText,
  })
  .meta({ id: 'AudiencePage' });

export const checkAnswer = z
  .object({ ...person, pass: z.boolean(), at: instantText.meta({ description: 'The instant of the answer' }) })
  .meta({ id: 'AudienceCheck' });
