import { z } from 'zod';

/** Links into the Temporal UI, null where no TEMPORAL_UI_URL is set. */
export const runUrl = z.string().nullable().meta({ description: 'The run in the Temporal UI' });
export const waitingUrl = z
  .string()
  .nullable()
  .meta({ description: 'The list of those who wait in the campaign, in the Temporal UI' });
