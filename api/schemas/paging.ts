import { z } from 'zod';
import { EARLIEST_INSTANT, LATEST_INSTANT } from '../../domain/profile/parseInstant.js';
import { parseAbsolute } from '../../domain/timing/instant.js';

/**
 * What requests ask by: pages, instants, days, ids and numbers. What the database could not take (a year it does not
 * have, more digits than a bigint has) is refused here and nowhere else. Patterns say [0-9], as \d means more elsewhere.
 */
type Part = 'id' | 'instant' | 'rank';

/** Ids have at most 15 digits: all that a number holds exactly, and less than a bigint. */
const ID = /^[1-9][0-9]{0,14}$/;
const INTEGER = /^-?[0-9]{1,15}$/;

const IS_PART: Readonly<Record<Part, (text: string) => boolean>> = {
  id: isId,
  instant: (text) => INTEGER.test(text) && Number(text) >= EARLIEST_INSTANT && Number(text) <= LATEST_INSTANT,
  rank: (text) => /^[1-9]$/.test(text),
};

export interface Page<Row> {
  readonly shown: readonly Row[];
  readonly next: string | null;
}

/**
 * Keyset paging of one list: a page's `next` is handed back as `after`. Cursors are opaque to callers; each carries the
 * name of its list, so that one of another list is refused instead of meaning some other place.
 */
export function keyset(list: string, parts: readonly Part[]) {
  const encode = (numbers: readonly number[]) => Buffer.from([list, ...numbers].join('.')).toString('base64url');
  const decode = (text: string): readonly number[] | null => {
    const [name, ...given] = Buffer.from(text, 'base64url').toString().split('.');
    const isWhole = given.length === parts.length && parts.every((part, place) => IS_PART[part](given[place] ?? ''));
    const numbers = given.map(Number);
    // One form each: what decodes to the same and was written otherwise is none of ours.
    return name === list && isWhole && encode(numbers) === text ? numbers : null;
  };
  return {
    after: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,200}$/, { error: CURSOR })
      .transform((text, context): readonly number[] => {
        const numbers = decode(text);
        if (numbers !== null) return numbers;
        context.addIssue({ code: 'custom', message: CURSOR });
        return z.NEVER;
      })
      .optional()
      .meta({ description: "The 'next' of the page before, of this list; any other text is answered 400" }),
    /** The cursor of what stands behind a row; where a page is bounded in bytes too, only its reader knows whether it is the last. */
    next: encode,
    /** Of the rows found, one more than the page has: those to show, and the cursor of the next page. */
    page: <Row>(rows: readonly Row[], size: number, numbersOf: (row: Row) => readonly number[]): Page<Row> =>
      pageOf(rows, size, (last) => encode(numbersOf(last))),
  };
}

function pageOf<Row>(rows: readonly Row[], size: number, cursorOf: (last: Row) => string): Page<Row> {
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  return { shown, next: rows.length > size && last !== undefined ? cursorOf(last) : null };
}

const CURSOR = "must be the 'next' of the page before";

/**
 * The cursor of a list in one of several orders: the letter of the order, and where in it, a text. As above, of one list and
 * in one form.
 */
export function textKeyset<Order extends string>(list: string, orders: readonly Order[]) {
  const encode = (order: Order, text: string) => Buffer.from(`${list}.${order}.${text}`).toString('base64url');
  const decode = (cursor: string): { readonly order: Order; readonly text: string } | null => {
    const [, name, letter, text = ''] =
      /^([^.]*)\.([^.]*)\.(.*)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
    const order = orders.find((each) => each === letter);
    const isOurs = name === list && order !== undefined && text !== '' && !text.includes('\u0000');
    return isOurs && encode(order, text) === cursor ? { order, text } : null;
  };
  return {
    after: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,2000}$/, { error: CURSOR })
      .transform((cursor, context) => {
        const place = decode(cursor);
        if (place !== null) return place;
        context.addIssue({ code: 'custom', message: CURSOR });
        return z.NEVER;
      })
      .optional()
      .meta({
        description: "The 'next' of the page before, of this list in this order; any other text is answered 400",
      }),
    next: encode,
    /** As above, in one of its orders. */
    page: <Row>(rows: readonly Row[], size: number, placeOf: (last: Row) => readonly [Order, string]): Page<Row> =>
      pageOf(rows, size, (last) => encode(...placeOf(last))),
  };
}

/** A whole number in a path or query, within bounds that a caller is told. */
export function wholeNumber(from: number, to: number) {
  return z
    .string()
    .transform((text, context): number => {
      const number = /^(0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : null;
      if (number !== null && number >= from && number <= to) return number;
      context.addIssue({ code: 'custom', message: `must be a whole number from ${from} to ${to}` });
      return z.NEVER;
    })
    .meta({ type: 'integer', minimum: from, maximum: to });
}

export const limit = (initial: number) =>
  wholeNumber(1, 100)
    .optional()
    .transform((count) => count ?? initial)
    .meta({ description: `How many to answer, 1 to 100; ${initial} when absent` });

export function isId(text: string): boolean {
  return ID.test(text);
}

/** An id of ours in a path, query or body: a text, as answers show it. */
export const idText = (error: string) => z.string().regex(ID, { error });

/** An instant with its zone, in the years 1 to 9999. */
export const instant = z
  .string()
  .max(40)
  .transform((text, context): number => {
    const at = parseAbsolute(text);
    if (at !== null) return at;
    context.addIssue({ code: 'custom', message: 'must be an instant with its offset, as 2026-12-01T09:00:00Z' });
    return z.NEVER;
  })
  .meta({ format: 'date-time' });

/** A bound of a period. */
export const period = (description: string) => instant.optional().meta({ description });

/** A name of somebody's own making, such as an external id or that of an event. */
export const namedText = (description: string) =>
  z
    .string()
    .min(1)
    .max(987)
    .refine((given) => given.isWellFormed() && !given.includes('\u0000'), {
      error: 'must be a text that can be stored',
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
