import { z } from 'zod';
import { CAMPAIGN_STATES } from '../../domain/campaign/campaign.js';
import { LIFECYCLE_ACTIONS } from '../../domain/campaign/lifecycle.js';
import { waitingUrl } from './links.js';
import { instantText } from './paging.js';
import { problem } from './problem.js';

/** What the campaigns resource answers. */
const reasons = z.record(z.string(), z.int()).meta({ description: 'By reason' });

const counts = z
  .object({
    metTrigger: z.int().meta({ description: 'How often its trigger was met: turned away and entered' }),
    turnedAway: reasons,
    entered: z.int(),
    waiting: z.int().meta({ description: 'In their delay or a hold, or being sent, now' }),
    parked: z.int().meta({ description: 'Stopped by an error of the template or of ours, now; see /v1/parked' }),
    sent: z.int(),
    cancelled: reasons,
    dropped: reasons,
    failed: reasons,
    unknown: reasons,
  })
  .meta({ id: 'CampaignCounts', description: 'Where the people are who met the trigger, each meeting counted' });

export const funnelAnswer = counts
  .extend({
    campaign: z.string(),
    version: z.int().nullable().meta({ description: 'Null: all versions' }),
    from: z.string().nullable().meta({ description: 'The first UTC day; null: from the beginning' }),
    to: z.string().nullable().meta({ description: 'The last UTC day; null: until now' }),
    asOf: instantText,
  })
  .meta({ id: 'Funnel' });

export const campaignSummary = z
  .object({
    key: z.string(),
    name: z.string(),
    state: z.enum(CAMPAIGN_STATES),
    allowedActions: z.array(z.enum(LIFECYCLE_ACTIONS)),
    tags: z.array(z.string()),
    version: z.int(),
    activeSince: instantText.nullable(),
    createdAt: instantText,
    updatedAt: instantText,
    sentence: z.string(),
    definitionHash: z.string(),
    counts,
    waitingUrl,
  })
  .meta({ id: 'CampaignSummary' });

const warnings = z.array(problem).meta({ description: 'What is allowed and yet can hardly be meant' });

export const campaignAnswer = campaignSummary
  .extend({
    warnings,
    definition: z.record(z.string(), z.unknown()).meta({ description: 'The canonical form of the definition' }),
  })
  .meta({ id: 'Campaign' });

export const campaignPage = z
  .object({ campaigns: z.array(campaignSummary), next: z.string().nullable() })
  .meta({ id: 'CampaignPage' });

export const validationAnswer = z
  .object({
    valid: z.boolean(),
    problems: z.array(problem),
    warnings,
    sentence: z.string().nullable().meta({ description: 'The campaign as it was understood, in one sentence' }),
    definition: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'Validation' });

export const duplicateBody = z.strictObject({ key: z.string().optional(), name: z.string().optional() }).meta({
  id: 'DuplicateCampaign',
  description: 'By default the key gains -copy and the name (copy); both are as in a definition',
});

export const previewQuery = z.object({
  preview: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'true: answer what the change would do to the people who wait, and write nothing' }),
});

const byReason = z.record(z.string(), z.int());

const dropped = z.object({ count: z.int(), byReason });

export const previewAnswer = z
  .object({
    preview: z.literal(true),
    key: z.string(),
    state: z.enum(CAMPAIGN_STATES).meta({ description: 'After the change' }),
    sentence: z.string().meta({ description: 'The campaign as it would be' }),
    warnings,
    waiting: z.int(),
    isComplete: z.boolean().meta({ description: 'False: more people wait; the counts are of the first of them' }),
    keepTheirTime: z.int(),
    sooner: z.int().meta({ description: 'Held now for hours that would no longer hold them' }),
    held: z.object({
      count: z.int(),
      byReason,
      earliest: instantText.nullable(),
      latest: instantText.nullable(),
    }),
    dropped,
    examples: z
      .array(
        z.object({
          user: z.string().nullable().meta({ description: 'External id; null without one' }),
          userId: z.string().meta({ description: "Rappel's own id of the person" }),
          effect: z.enum(['keeps', 'sooner', 'held', 'dropped']),
          plannedFor: instantText,
          until: instantText.nullable(),
          reason: z.string().nullable(),
          sentence: z.string(),
        }),
      )
      .meta({ description: 'Up to ten of each effect, those whom the change touches first' }),
  })
  .meta({ id: 'ChangePreview' });

export const changeAnswer = z.union([campaignAnswer, previewAnswer]);

/** A change of state, done: who waited and now gets nothing, and what it means in words. */
const stateChanged = campaignAnswer.extend({ dropped, effect: z.string() }).meta({ id: 'CampaignStateChanged' });

export const stateAnswer = z.union([stateChanged, previewAnswer]);
