import type { Problem } from '../../errors.js';
import { compileCampaign } from '../compile.js';
import { parseDefinition } from '../definition/parseDefinition.js';
import { definitionWarnings } from './definitionWarnings.js';

function problems(delay: object | undefined, duration: object | undefined): readonly Problem[] {
  const parsed = parseDefinition({
    name: 'Sale',
    trigger: { customEvent: 'x' },
    message: { channel: 'email', subject: 'x', text: 'x' },
    delay,
    duration,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return definitionWarnings(compileCampaign(parsed.definition));
}

function warnings(delay: object, duration: object): readonly string[] {
  return problems(delay, duration).map(({ message }) => message);
}

const never = [expect.stringMatching(/nobody ever receives this \(AB-40\)/)];

describe('warnings about a definition', () => {
  it('AB-40: a delay as long as the whole duration, or longer, reaches nobody', () => {
    const week = { start: '2026-12-01T00:00', end: '2026-12-08T00:00' };
    expect(warnings({ after: '7 days' }, week)).toEqual(never);
    expect(warnings({ after: '8 days' }, { ...week, zone: 'user' })).toEqual(never);
    expect(warnings({ after: '6 days' }, week)).toEqual([]);
    expect(warnings({ after: '365 days' }, { start: week.start })).toEqual([]);
    expect(warnings({ after: '365 days' }, { end: week.end })).toEqual([]);
  });

  it('AB-40: a time of day is looked up from the start on', () => {
    // A Tuesday: the next Monday 09:00 is the 7th.
    const duration = { start: '2026-12-01T12:00', zone: 'user' };
    const monday = { nextWeekday: 'monday', at: '09:00' };
    expect(warnings(monday, { ...duration, end: '2026-12-07T09:00' })).toEqual(never);
    expect(warnings(monday, { ...duration, end: '2026-12-07T09:01' })).toEqual([]);
    expect(warnings({ inDays: 3, at: '09:00' }, { ...duration, end: '2026-12-04T09:00' })).toEqual(never);
    expect(warnings({ inDays: 3, at: '09:00' }, { ...duration, end: '2026-12-04T12:00' })).toEqual([]);
  });

  it('AB-40: between two clocks it warns only of what holds for every pair of them', () => {
    const duration = { start: '2026-12-01T00:00Z', end: '2026-12-04T00:00Z' };
    expect(warnings({ inDays: 4, at: '09:00' }, duration)).toEqual([]);
    expect(warnings({ inDays: 9, at: '09:00' }, duration)).toEqual(never);
  });

  it('AB-40: says where, what, and what would be better; and nothing of a campaign without duration or delay', () => {
    const duration = { start: '2026-12-01T00:00', end: '2026-12-08T00:00' };
    expect(problems({ after: '7 days' }, duration)).toEqual([
      {
        path: 'entry.event.delay',
        message:
          'lasts to the end of the whole duration even for who triggers at its start, so nobody ever receives this (AB-40)',
        allowed: 'a shorter delay, or a longer duration',
      },
    ]);
    expect(problems({ after: '7 days' }, undefined)).toEqual([]);
    expect(problems(undefined, duration)).toEqual([]);
  });

  it('AB-40: a length is compared exactly where both ends are instants, or both of one clock', () => {
    const instants = { start: '2026-12-01T00:00Z', end: '2026-12-04T00:00Z' };
    expect(warnings({ after: '3 days' }, instants)).toEqual(never);
    expect(warnings({ after: '71 hours' }, instants)).toEqual([]);
    // A day of 25 hours in Paris.
    const paris = { start: '2026-10-24T12:00', end: '2026-10-25T12:00', zone: 'Europe/Paris' };
    expect(warnings({ after: '24 hours' }, paris)).toEqual([]);
    expect(warnings({ after: '25 hours' }, paris)).toEqual(never);
  });

  it('AB-40: between an instant and a wall clock it allows for every zone there is', () => {
    const mixed = { start: '2026-12-01T00:00', end: '2026-12-04T00:00Z', zone: 'user' };
    expect(warnings({ after: '97 hours' }, mixed)).toEqual([]);
    expect(warnings({ after: '98 hours' }, mixed)).toEqual(never);
  });

  it('AB-40: a time of day on another clock than the duration’s is given those zones and a day', () => {
    const local = { start: '2026-12-01T00:00', end: '2026-12-04T00:00', zone: 'user' };
    const nine = (inDays: number, zone: string) => ({ inDays, at: '09:00', zone });
    expect(warnings(nine(3, 'user'), local)).toEqual(never);
    expect(warnings(nine(3, 'workspace'), local)).toEqual([]);
    expect(warnings(nine(4, 'workspace'), local)).toEqual([]);
    expect(warnings(nine(5, 'workspace'), local)).toEqual(never);
    const instants = { start: '2026-12-01T00:00Z', end: '2026-12-04T00:00Z', zone: 'user' };
    expect(warnings(nine(4, 'user'), instants)).toEqual([]);
  });
});

describe('M12: conditions that nobody can fulfil are told', () => {
  const written = (more: object) => {
    const base = {
      name: 'Sale',
      trigger: { customEvent: 'x' },
      message: { channel: 'email', subject: 'x', text: 'x' },
    };
    const parsed = parseDefinition({ ...base, ...more });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return definitionWarnings(compileCampaign(parsed.definition)).map(({ path, message }) => `${path}: ${message}`);
  };
  const audience = (...all: object[]) => written({ audience: { all } });
  const where = (...tests: object[]) => written({ trigger: { customEvent: 'x', where: tests } });

  it.each([
    [
      [
        { attribute: 'tier', equals: 'gold' },
        { attribute: 'tier', equals: 'silver' },
      ],
    ],
    [[{ attribute: 'tier', isAnyOf: ['a', 'b'] }, { all: [{ attribute: 'tier', equals: 'c' }] }]],
    [
      [
        { attribute: 'age', atLeast: 30 },
        { attribute: 'age', lessThan: 30 },
      ],
    ],
    [
      [
        { attribute: 'age', equals: 5 },
        { attribute: 'age', moreThan: 5 },
      ],
    ],
    [
      [
        { attribute: 'tier', equals: 'gold' },
        { attribute: 'tier', isBlank: true },
      ],
    ],
    [
      [
        {
          any: [
            {
              all: [
                { attribute: 'tier', equals: 'a' },
                { attribute: 'tier', equals: 'b' },
              ],
            },
          ],
        },
      ],
    ],
  ])('%j', (filters) => {
    expect(audience(...filters)).toEqual([
      expect.stringMatching(/^audience: asks of '(tier|age)' what no single value/),
    ]);
  });

  it.each([
    [
      [
        { attribute: 'tier', isAnyOf: ['a', 'b'] },
        { attribute: 'tier', equals: 'b' },
      ],
    ],
    [
      [
        { attribute: 'age', atLeast: 30 },
        { attribute: 'age', atMost: 30 },
      ],
    ],
    [
      [
        {
          any: [
            { attribute: 'tier', equals: 'a' },
            { attribute: 'tier', equals: 'b' },
          ],
        },
      ],
    ],
    [
      [
        { attribute: 'points', equals: 0 },
        { attribute: 'points', isBlank: true },
      ],
    ],
    [
      [
        { attribute: 'tags', includesAnyOf: ['a'] },
        { attribute: 'tags', includesAnyOf: ['b'] },
      ],
    ],
    [[{ not: { attribute: 'tier', equals: 'a' } }, { attribute: 'tier', equals: 'a' }]],
  ])('not %j', (filters) => {
    expect(audience(...filters)).toEqual([]);
  });

  it('of properties too, but not of lists', () => {
    expect(where({ property: 'v', atLeast: 10 }, { property: 'v', atMost: 5 })).toHaveLength(1);
    expect(where({ property: 'v', atLeast: 10 }, { property: 'v', atMost: 20 })).toEqual([]);
    expect(where({ property: 'list[].k', equals: 'a' }, { property: 'list[].k', equals: 'b' })).toEqual([]);
  });
});
