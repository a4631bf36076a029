import { z } from 'zod';
import { definitionSchema } from '../../domain/campaign/definition/definitionSchema.js';
import { REASONS } from '../../domain/decision/reasons.js';
import { instant, instantText, period, wholeNumber } from './paging.js';

/** What simulations take and answer. */
export const MAX_DAYS = 90;
const MAX_SAMPLE = 50;
export const DEFAULT_SAMPLE = 10;

const during = {
  from: instant.describe('The first instant; events count from the one at which they were received'),
  to: instant.describe(`Exclusive, at most ${MAX_DAYS} days after from; in the future means now`),
  sample: z.int().min(0).max(MAX_SAMPLE).default(DEFAULT_SAMPLE).describe('How many people to tell of'),
};

export const simulationBody = z.strictObject(during).meta({ id: 'Simulation' });

/** The definition is read by what reads all of them; this is its place and its documentation. */
export const draftBody = z.strictObject({ ...during, definition: z.unknown() });
export const documentedDraftBody = z
  .strictObject({ ...during, definition: definitionSchema })
  .meta({ id: 'DraftSimulation' });

/** The same in the query, for a definition that is the whole body, as a file of YAML is. */
export const periodQuery = z.object({
  from: period('With a body in YAML: the first instant, as in the JSON body'),
  to: period('With a body in YAML: exclusive, as in the JSON body'),
  sample: wholeNumber(0, MAX_SAMPLE)
    .optional()
    .meta({ description: 'With a body in YAML: how many people to tell of; 10 when absent' }),
});

const byReason = z.partialRecord(z.enum(REASONS), z.int());

const told = z.object({
  at: instantText,
  what: z.enum(['rejected', 'entered', 'held', 'moved', 'cancelled', 'dropped', 'sent', 'parked', 'waiting']),
  reason: z.string().nullable(),
  sentence: z.string().meta({ description: 'What an operator would say' }),
  evidence: z.record(z.string(), z.json()),
});

const result = z
  .object({
    campaign: z.string(),
    from: instantText,
    to: instantText,
    activeSince: instantText.meta({ description: 'Triggers from before do not count' }),
    people: z.int().meta({ description: 'Who did what the trigger listens to' }),
    events: z.int().meta({ description: 'That were looked at' }),
    entries: z.int().meta({ description: 'Each was sent, cancelled, dropped or parked, or still waits' }),
    rejections: byReason,
    cancellations: byReason,
    drops: byReason,
    sends: z.object({ total: z.int(), perDay: z.array(z.object({ day: z.string(), count: z.int() })) }),
    parked: z.int(),
    waiting: z.int().meta({ description: 'At the end of the period' }),
    waitingAtStart: z.int().meta({ description: 'Not decided again; what was received of them counts as received' }),
    leftOut: z.int().meta({ description: 'People with more events than are looked at of one person' }),
    sample: z.array(
      z.object({ user: z.string().nullable(), userId: z.string(), timeline: z.array(told), more: z.int() }),
    ),
  })
  .meta({ id: 'SimulationResult' });

/** One line of the answer. */
export const simulationLine = z
  .union([
    z.object({ progress: z.object({ people: z.int(), events: z.int() }) }),
    z.object({ result }),
    z.object({ problem: z.object({ status: z.int(), code: z.string(), detail: z.string() }) }),
  ])
  .meta({ id: 'SimulationLine' });
