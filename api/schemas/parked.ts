import { z } from 'zod';
import { OUTCOMES, REASONS } from '../../domain/decision/reasons.js';
import { instantText } from './paging.js';

/** What the parked resource answers. */
export const parkedPage = z
  .object({
    parked: z.array(
      z.object({
        id: z.string(),
        campaign: z.string(),
        campaignName: z.string(),
        user: z.string().nullable().meta({ description: 'External id; null without one' }),
        userId: z.string().meta({ description: "Rappel's own id of the person" }),
        who: z.string().meta({ description: 'How explanations name the person' }),
        error: z.string().nullable().meta({ description: 'Why its rules or its template could not be evaluated' }),
        since: instantText,
        dueAt: instantText,
        trigger: z.object({ kind: z.string(), name: z.string(), time: instantText }),
        runUrl: z.string().nullable().meta({ description: 'The run in the Temporal UI' }),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'ParkedPage' });

export const parkedChange = z
  .object({
    id: z.string(),
    state: z.enum(['waiting', 'done']),
    dueAt: instantText.nullable().meta({ description: 'When it is tried, if it waits' }),
    outcome: z.enum(OUTCOMES).nullable(),
    reason: z.enum(REASONS).nullable(),
  })
  .meta({ id: 'ParkedChange' });
