// A segment: an audience with a name, for campaigns and other segments to refer to.
import { z } from 'zod';
import { keyProblems } from '../../campaign/checks/definitionRules.js';
import { boundsProblems } from '../../campaign/definition/definitionBounds.js';
import type { Written } from '../../campaign/definition/readWritten.js';
import { slugOf } from '../../campaign/definition/slug.js';
import { fields, text } from '../../schema/fields.js';
import { keyText } from '../../schema/key.js';
import { toProblems } from '../../schema/problems.js';
import { tagsSchema } from '../../schema/tags.js';
import { type Filter, filterSchema } from '../filter.js';

/** The canonical form, as stored. Parsing it again yields itself. */
export interface SegmentDefinition {
  readonly schemaVersion: 1;
  readonly key: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly tags: readonly string[];
  readonly audience: Filter;
  readonly trackSize: boolean;
}

export const segmentSchema = fields({
  schemaVersion: z.literal(1).default(1),
  /** Never changes once created: campaigns refer to a segment by it. Made from the name when absent. */
  key: keyText.optional(),
  name: text(200),
  description: text(2_000).optional(),
  tags: tagsSchema,
  audience: filterSchema,
  trackSize: z.boolean().default(false).meta({ description: 'Whether its size is kept each day, for a chart' }),
}).meta({ id: 'SegmentDefinition', description: 'People who pass a tree of filters, under a name.' });

export function readSegment(input: unknown): Written<SegmentDefinition> {
  const outOfBounds = boundsProblems(input);
  if (outOfBounds.length > 0) return { ok: false, problems: outOfBounds };
  const written = segmentSchema.safeParse(input);
  if (!written.success) return { ok: false, problems: toProblems(written.error.issues, input) };
  const { key = slugOf(written.data.name), description, ...others } = written.data;
  if (key === null) return { ok: false, problems: keyProblems(written.data) };
  return { ok: true, definition: { ...others, key, ...(description === undefined ? {} : { description }) } };
}
