/** Reads pages of a person's history until there is no more, or more than one decision may keep in memory. */
import { PAGE_ROWS, type PageRow } from '../storage/queries/events/storedHistory.js';

export interface Most {
  readonly rows: number;
  /** Of properties, as JSON. */
  readonly bytes: number;
}

export interface ReadOn<Row> {
  readonly rows: readonly Row[];
  /** What comes after this one was not read; null: there is no more. */
  readonly unreadAfter: Row | null;
}

/** `first`: the first page, of at most `PAGE_ROWS`, in whatever order. */
export async function readOn<Row extends PageRow>(
  first: readonly Row[],
  most: Most,
  nextAfter: (last: Row, limit: number) => Promise<readonly Row[]>,
): Promise<ReadOn<Row>> {
  let page: readonly Row[] = first.toSorted((a, b) => a.bytes - b.bytes);
  let limit = PAGE_ROWS;
  const rows: Row[] = [];
  for (let bytes = 0; ; ) {
    for (const row of page) rows.push(row);
    const last = page.at(-1);
    if (last === undefined || isLastPage({ found: last.found, shown: page.length }, limit))
      return { rows, unreadAfter: null };
    bytes += last.bytes;
    if (rows.length >= most.rows || bytes >= most.bytes) return { rows, unreadAfter: last };
    limit = nextLimit(page.length, limit);
    page = await nextAfter(last, limit);
  }
}

/** Whether nothing comes after a page: so many were found, so many shown, and at most `limit` looked at. */
export function isLastPage(
  { found, shown }: { readonly found: number; readonly shown: number },
  limit: number,
): boolean {
  return found < limit && shown === found;
}

/** What was looked at and did not fit was read in vain: the next page looks at about as much as fits. */
export function nextLimit(shown: number, limit: number): number {
  return Math.min(PAGE_ROWS, shown < limit ? Math.max(2, Math.ceil(shown * 1.5)) : limit * 2);
}
