import { BoundedCounts } from './boundedCounts.js';

function tally() {
  const told: [string, number][] = [];
  const made = new BoundedCounts<string>(
    {
      tell: async (subject, count) => void told.push([subject, count]),
      tellOthers: async (count) => void told.push(['others', count]),
    },
    60_000,
  );
  return { told, made };
}

async function flood(made: BoundedCounts<string>, subjects: number): Promise<void> {
  for (let n = 0; n < subjects; n++) await made.note(`${n}`, `${n}`);
  await made.flush();
}

test('the first of a subject and window is told at once, the others as one when it is over', async () => {
  const { told, made } = tally();
  for (let n = 0; n < 5; n++) await made.note('a', 'a');
  expect(told).toEqual([['a', 1]]);
  await made.flush();
  expect(told).toEqual([
    ['a', 1],
    ['a', 4],
  ]);
  await made.note('a', 'a');
  expect(told.at(-1)).toEqual(['a', 1]);
});

test('a flood that lasts is told by the hour: 201 an hour and not a minute, and nothing of it is lost', async () => {
  const { told, made } = tally();
  const windows: number[] = [];
  for (let n = 0; n < 8; n++) {
    await flood(made, 150);
    windows.push(made.window / 60_000);
  }
  expect(windows).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  expect(told.reduce((sum, [, count]) => sum + count, 0)).toBe(8 * 150);
  expect(told.filter(([subject]) => subject === 'others')).toEqual(Array(8).fill(['others', 50]));
  await flood(made, 100);
  expect(made.window).toBe(60_000);
});
