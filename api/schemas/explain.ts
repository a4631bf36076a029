import { z } from 'zod';
import { REASONS } from '../../domain/decision/reasons.js';
import { runUrl, waitingUrl } from './links.js';
import { instantText } from './paging.js';

const reason = z.enum(REASONS);
const evidence = z.record(z.string(), z.json()).describe('The values seen by the gate that decided');

const status = z.enum([
  'received',
  'will_receive',
  'will_not_receive',
  'being_sent',
  'did_not_receive',
  'in_doubt',
  'parked',
  'never_entered',
  'unknown_person',
]);

const chapter = z.object({
  kind: z.enum(['pairing', 'rejection']),
  status,
  reason: reason.nullable(),
  sentence: z.string(),
  trigger: z.object({ kind: z.string(), name: z.string(), time: instantText }),
  dueAt: instantText.nullable(),
  occurrenceKey: z.string().nullable(),
  runUrl: runUrl.describe('The run in the Temporal UI; null of a rejection, which has none'),
  evidence,
  messages: z.array(
    z.object({
      channel: z.string(),
      state: z.string(),
      receivedAt: instantText.nullable(),
      code: z.string().nullable(),
      detail: z.string().nullable(),
      refusals: z.int().describe('How often the provider refused it for now'),
      refused: z
        .array(z.object({ triedAt: instantText, refusedAt: instantText, code: z.string(), detail: z.string() }))
        .max(5)
        .describe('The last 5 refusals, oldest first'),
    }),
  ),
});

export const explanation = z
  .object({
    campaign: z.string(),
    user: z.string().nullable().describe('External id; null without one'),
    userId: z.string().nullable().describe("Rappel's own id; null where nobody is known by that name"),
    status,
    reason: z
      .enum([
        ...REASONS,
        'no_trigger',
        'property_filter',
        'campaign_not_active',
        'imported',
        'decision_forgotten',
        'unknown_person',
      ])
      .nullable(),
    sentence: z.string().describe('What an operator would say'),
    evidence,
    runUrl: runUrl.describe('The run of the meeting that is the answer, in the Temporal UI'),
    waitingUrl,
    history: z.array(chapter).max(20),
    ifTriggeredNow: z.object({ enters: z.boolean(), reason: reason.nullable(), sentence: z.string() }).nullable(),
    sharedWith: z
      .array(z.object({ userId: z.string(), user: z.string().nullable() }))
      .max(10)
      .describe('Others who have the address that was asked for'),
  })
  .meta({ id: 'Explanation' });
