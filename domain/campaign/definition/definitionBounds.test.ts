import { boundsProblems, MAX_VALUES } from './definitionBounds.js';
import { readYaml } from './definitionText.js';

const filters = (n: number) => Array.from({ length: n }, (_, i) => ({ attribute: 'a', equals: i }));

describe('how much a definition may hold', () => {
  it('M2: counts values before anything is read', () => {
    expect(boundsProblems({ list: Array(MAX_VALUES - 3).fill(1) })).toEqual([]);
    expect(boundsProblems({ list: Array(MAX_VALUES).fill(1) })).toEqual([
      { path: [], message: 'has too many values', allowed: 'at most 4000' },
    ]);
  });

  it('M2: counts the filters of a branch, wherever it stands', () => {
    expect(boundsProblems({ audience: { not: { any: filters(100) } } })).toEqual([]);
    expect(boundsProblems({ audience: { all: [{ not: { any: filters(101) } }] } })).toEqual([
      { path: ['audience', 'all', 0, 'not', 'any'], message: 'has too many filters', allowed: 'at most 100' },
    ]);
  });

  it('M1: counts the regular expressions of all of it together', () => {
    const patterns = (n: number) => ({
      any: Array.from({ length: n }, () => ({ attribute: 'a', matchesRegex: 'a{900}' })),
    });
    expect(boundsProblems({ audience: patterns(11) })).toEqual([]);
    expect(boundsProblems({ audience: patterns(12) })).toMatchObject([
      { message: expect.stringContaining('about 10800 instructions') },
    ]);
  });

  it('M2: counts the parts of a text as it is read', () => {
    expect(readYaml('- 1\n'.repeat(2_000)).ok).toBe(true);
    expect(readYaml('- 1\n'.repeat(4_000))).toMatchObject({ ok: false, problems: [{ message: 'has too many parts' }] });
  });
});
