import { z } from 'zod';
import { parseAbsolute } from '../../domain/timing/instant.js';

/** Keyset paging: a page's `next` is handed back as `after`. Cursors are opaque; only their numbers matter to us. */
export function encodeCursor(numbers: readonly number[]): string {
  return Buffer.from(numbers.join('.')).toString('base64url');
}

/** A cursor of so many whole numbers. */
export function cursor(length: number) {
  return z
    .string()
    .max(200)
    .transform((text, context): readonly number[] => {
      const parts = Buffer.from(text, 'base64url').toString().split('.');
      if (parts.length === length && parts.every((part) => /^-?\d{1,15}$/.test(part))) return parts.map(Number);
      context.addIssue({ code: 'custom', message: "must be the 'next' of the page before" });
      return z.NEVER;
    })
    .optional()
    .meta({ description: "The 'next' of the page before" });
}

export const limit = (initial: number) =>
  z
    .string()
    .regex(/^([1-9]\d?|100)$/, { error: 'must be a whole number from 1 to 100' })
    .default(String(initial))
    .transform(Number)
    .meta({ description: `How many to answer, 1 to 100; ${initial} when absent` });

/** A bound of a period: an instant with its zone. */
export const period = (description: string) =>
  z
    .string()
    .max(40)
    .transform((text, context): number => {
      const at = parseAbsolute(text);
      if (at !== null) return at;
      context.addIssue({ code: 'custom', message: 'must be an instant such as 2026-12-01T00:00:00Z' });
      return z.NEVER;
    })
    .optional()
    .meta({ description });

/** A day of the calendar, as `2026-12-01`. */
export const day = (description: string) =>
  z.iso
    .date({ error: 'must be a day such as 2026-12-01' })
    // The calendar of PostgreSQL has no year 0.
    .refine((text) => !text.startsWith('0000'), { error: 'must be a day such as 2026-12-01' })
    .optional()
    .meta({ description });

/** Instants in answers: ISO 8601, UTC. */
export const instantText = z.string().meta({ format: 'date-time' });

export function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
