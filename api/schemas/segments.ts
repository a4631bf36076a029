import { z } from 'zod';
import { SEGMENT_ACTIONS, SEGMENT_STATES } from '../../domain/audience/segment/lifecycle.js';
import { CAMPAIGN_STATES } from '../../domain/campaign/campaign.js';
import { instantText, keyset } from './paging.js';
import { problem } from './problem.js';

/** What the segments resource answers. */
export const segmentList = keyset('segments', ['id']);
export const versionList = keyset('versions', ['id']);
export const sizeList = keyset('sizes', ['id']);

const definition = z.record(z.string(), z.unknown()).meta({ description: 'The canonical form of the definition' });

const segmentFields = {
  key: z.string(),
  name: z.string(),
  state: z.enum(SEGMENT_STATES),
  allowedActions: z.array(z.enum(SEGMENT_ACTIONS)),
  tags: z.array(z.string()),
  version: z.int(),
  createdAt: instantText,
  updatedAt: instantText,
  sentence: z.string().meta({ description: 'Who is in it, in words' }),
  definitionHash: z.string(),
};

const warnings = z.array(problem).meta({ description: 'What it asks for and nobody has shown yet: likely mistyped' });

export const segmentAnswer = z.object({ ...segmentFields, warnings, definition }).meta({ id: 'Segment' });

export const segmentPage = z
  .object({ segments: z.array(z.object(segmentFields)), next: z.string().nullable() })
  .meta({ id: 'SegmentPage' });

export const versionPage = z
  .object({
    versions: z.array(z.object({ version: z.int(), createdAt: instantText, sentence: z.string(), definition })),
    next: z.string().nullable(),
  })
  .meta({ id: 'SegmentVersionPage' });

export const sizePage = z
  .object({
    sizes: z.array(
      z.object({
        day: z.string().meta({ description: 'The UTC day, as 2026-12-01' }),
        people: z.int(),
        about: z.boolean().meta({ description: 'Estimated, not counted' }),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'SegmentSizePage' });

const person = z.object({
  user: z.string().nullable().meta({ description: 'External id; null without one' }),
  userId: z.string().meta({ description: "Rappel's own id of the person" }),
});

const campaign = {
  key: z.string(),
  name: z.string(),
  state: z.enum(CAMPAIGN_STATES),
  waiting: z.int().meta({ description: 'How many people wait in it now' }),
};

const segments = z.array(z.string()).meta({ description: 'Keys of the segments that refer to it' });

const editPreview = z
  .object({
    preview: z.literal(true),
    key: z.string(),
    version: z.int().meta({ description: 'The current one' }),
    warnings,
    people: z.object({
      before: z.int(),
      after: z.int(),
      joining: z.int().meta({ description: 'Not in it now, and in it after the change' }),
      leaving: z.int().meta({ description: 'In it now, and not after the change' }),
      about: z.boolean().meta({ description: 'Whether one of the numbers is an estimate' }),
      examples: z.object({ joining: z.array(person), leaving: z.array(person) }),
    }),
    segments,
    campaignCount: z.int().meta({ description: 'How many campaigns refer to it or to one of `segments`' }),
    campaigns: z
      .array(
        z.object({
          ...campaign,
          recheckAudience: z.boolean(),
          dropped: z
            .object({
              count: z.int(),
              byReason: z.record(z.string(), z.int()),
              isComplete: z.boolean().meta({ description: 'False: more people wait than were looked at' }),
            })
            .nullable()
            .meta({
              description:
                'Who would get nothing of those who wait, where an active campaign asks again at the send; null elsewhere, and ' +
                'of campaigns for which there was no time',
            }),
        }),
      )
      .meta({
        description: 'The first 100 of these: new entries are decided by it as it will be',
      }),
  })
  .meta({ id: 'SegmentEditPreview' });

export const editAnswer = z.union([segmentAnswer, editPreview]);

const statePreview = z
  .object({
    preview: z.literal(true),
    key: z.string(),
    segments,
    campaigns: z.array(z.object(campaign)),
  })
  .meta({ id: 'SegmentStatePreview' });

const stateChanged = segmentAnswer
  .extend({
    segments: segments.meta({ description: 'Keys of the segments that were archived with it' }),
    campaigns: z.array(z.object({ key: z.string(), dropped: z.int() })).meta({
      description: 'The campaigns that were archived with it, and how many people who waited in each get nothing',
    }),
  })
  .meta({ id: 'SegmentStateChanged' });

export const stateAnswer = z.union([stateChanged, statePreview]);

export const memberLine = z.union([
  person.extend({ cursor: z.string().meta({ description: 'Goes on behind this person, as `after`' }) }),
  z.object({ done: z.literal(true), at: instantText, people: z.int().meta({ description: 'Lines of this answer' }) }),
]);

export const segmentsOfPersonPage = z
  .object({
    segments: z.array(
      z.object({
        key: z.string(),
        name: z.string(),
        isMember: z.boolean(),
        problem: z.string().nullable().meta({ description: 'Why it cannot be answered, where it cannot' }),
      }),
    ),
    next: z.string().nullable(),
    at: instantText,
  })
  .meta({ id: 'SegmentsOfPerson' });
