/** What definitions are sorted by: "onboarding", "black friday". */
import { z } from 'zod';
import { text } from './fields.js';

const MOST_TAGS = 10;

/** In order of the alphabet, each once, so that the order of writing makes no other version. */
export const tagsSchema = z
  .array(text(50))
  .max(MOST_TAGS)
  .default([])
  .overwrite((tags) => [...new Set(tags)].sort())
  .meta({ description: 'Words to find and group it by' });
