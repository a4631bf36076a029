import { PAGE_ROWS, type PageRow } from '../storage/queries/events/storedHistory.js';
import { isLastPage, nextLimit, readOn } from './readOn.js';

interface Row extends PageRow {
  readonly n: number;
}

/** What a statement answers of `total` rows, so many of which fit into a page. */
function page(total: number, fits: number, { after, limit }: { after: number; limit: number }): readonly Row[] {
  const found = Math.min(limit, total - after);
  return Array.from({ length: Math.min(found, fits) }, (_, i) => ({ n: after + 1 + i, found, bytes: 10 * (i + 1) }));
}

async function read(total: number, fits: number, most = { rows: 1e9, bytes: 1e9 }) {
  const limits: number[] = [];
  const first = page(total, fits, { after: 0, limit: PAGE_ROWS });
  const all = await readOn(first.toReversed(), most, ({ n }, limit) => {
    limits.push(limit);
    return Promise.resolve(page(total, fits, { after: n, limit }));
  });
  return { ...all, limits };
}

test.each([
  [0, 1_000],
  [1, 1_000],
  [999, 1_000],
  [1_000, 1_000],
  [1_001, 1_000],
  [2_500, 1_000],
  [50, 1],
  [500, 7],
])('H6: %d rows, %d of which fit into a page, are read whole and in order', async (total, fits) => {
  const { rows, unreadAfter } = await read(total, fits);
  expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
  expect(unreadAfter).toBeNull();
});

test('H6: what is in memory is bounded by rows and by bytes, and where it was left is told', async () => {
  expect((await read(10_000, 1_000, { rows: 3_000, bytes: 1e9 })).unreadAfter?.n).toBe(3_000);
  expect((await read(10_000, 10, { rows: 1e9, bytes: 250 })).unreadAfter?.n).toBe(30);
});

test('H6: after a page that was cut by its bytes no more is looked at than about fits', async () => {
  expect((await read(100, 4)).limits.slice(0, 3)).toEqual([6, 6, 6]);
  expect(nextLimit(6, 6)).toBe(12);
  expect(nextLimit(1_000, 1_000)).toBe(PAGE_ROWS);
});

test('H6: a page is the last where fewer were found than were asked for, and all of them shown', () => {
  expect(isLastPage({ found: 3, shown: 3 }, 4)).toBe(true);
  expect(isLastPage({ found: 4, shown: 4 }, 4)).toBe(false);
  expect(isLastPage({ found: 3, shown: 2 }, 4)).toBe(false);
});
