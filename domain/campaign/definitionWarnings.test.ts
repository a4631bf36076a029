import { compileCampaign } from './compile.js';
import { parseDefinition } from './definition.js';
import { definitionWarnings } from './definitionWarnings.js';

function warnings(delay: object, duration: object): readonly string[] {
  const parsed = parseDefinition({
    name: 'Sale',
    trigger: { customEvent: 'x' },
    message: { channel: 'email', subject: 'x', text: 'x' },
    delay,
    duration,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return definitionWarnings(compileCampaign(parsed.definition)).map(({ message }) => message);
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
});
