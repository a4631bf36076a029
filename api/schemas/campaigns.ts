import { z } from 'zod';
import { CAMPAIGN_STATES } from '../../domain/campaign/campaign.js';
import { LIFECYCLE_ACTIONS } from '../../domain/campaign/lifecycle.js';
import { instantText } from './paging.js';

/** What the campaigns resource answers. */
const counts = z
  .object({
    waiting: z.int().meta({ description: 'In their delay or a hold, or being sent right now' }),
    parked: z.int().meta({ description: 'Stopped by an error of the template or of ours; see the Temporal UI' }),
    sent: z.int(),
    cancelled: z.record(z.string(), z.int()).meta({ description: 'By reason' }),
    dropped: z.record(z.string(), z.int()).meta({ description: 'By reason' }),
    failed: z.record(z.string(), z.int()).meta({ description: 'By reason' }),
    unknown: z.record(z.string(), z.int()).meta({ description: 'By reason' }),
  })
  .meta({ id: 'CampaignCounts', description: 'Where the people are who met the trigger and entered' });

export const campaignSummary = z
  .object({
    key: z.string(),
    name: z.string(),
    state: z.enum(CAMPAIGN_STATES),
    allowedActions: z.array(z.enum(LIFECYCLE_ACTIONS)),
    version: z.int(),
    activeSince: instantText.nullable(),
    createdAt: instantText,
    updatedAt: instantText,
    sentence: z.string(),
    definitionHash: z.string(),
    counts,
  })
  .meta({ id: 'CampaignSummary' });

export const campaignAnswer = campaignSummary
  .extend({
    definition: z.record(z.string(), z.unknown()).meta({ description: 'The canonical form of the definition' }),
  })
  .meta({ id: 'Campaign' });

export const campaignPage = z
  .object({ campaigns: z.array(campaignSummary), next: z.string().nullable() })
  .meta({ id: 'CampaignPage' });

const problem = z.object({
  path: z.string(),
  message: z.string(),
  allowed: z.string().optional(),
  line: z.int().optional(),
});

export const validationAnswer = z
  .object({
    valid: z.boolean(),
    problems: z.array(problem),
    sentence: z.string().nullable().meta({ description: 'The campaign as it was understood, in one sentence' }),
    definition: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'Validation' });

export const duplicateBody = z
  .strictObject({ key: z.string().optional(), name: z.string().optional() })
  .meta({ id: 'DuplicateCampaign', description: 'By default the key gains -copy and the name (copy)' });
