import { parseDefinition } from '../definition/parseDefinition.js';

const day = { from: '09:00', to: '17:00' };

function problems(written: object): readonly string[] {
  const parsed = parseDefinition({
    name: 'C',
    trigger: { customEvent: 'x' },
    message: { channel: 'email', subject: 's', text: 't' },
    ...written,
  });
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('M11: hours in which nothing could ever be sent are refused', () => {
  it.each<[string, object, RegExp]>([
    ['12 hours after the middle of the day', { delay: { after: '12 hours' }, window: day }, /^window: .*\(AB-50\)/],
    ['36 hours', { delay: { after: '36 hours' }, window: day }, /^window: /],
    ['a time of day outside', { delay: { inDays: 1, at: '18:00' }, window: day }, /^window: /],
    ['a weekday at 17:00, the end', { delay: { nextWeekday: 'monday', at: '17:00' }, window: day }, /^window: /],
    [
      'a time of day in quiet hours that drop',
      { delay: { inDays: 1, at: '23:00' }, quietHours: { from: '22:00', to: '06:00', policy: 'abort' } },
      /^quietHours: .*23:00/,
    ],
  ])('%s', (_, written, problem) => {
    expect(problems(written)).toEqual([expect.stringMatching(problem)]);
  });

  it.each<[string, object]>([
    ['a day later', { delay: { after: '1 day' }, window: day }],
    ['almost the length of the window', { delay: { after: '7 hours' }, window: day }],
    ['a little more, which a change of the clock may bring in', { delay: { after: '8 hours' }, window: day }],
    ['at the next opening', { delay: { after: '12 hours' }, window: { ...day, missed: 'nextAvailable' } }],
    ['another clock', { delay: { inDays: 1, at: '18:00', zone: 'workspace' }, window: day }],
    ['the time of opening', { delay: { inDays: 1, at: '09:00' }, window: day }],
    ['a window over midnight', { delay: { inDays: 1, at: '01:00' }, window: { from: '22:00', to: '02:00' } }],
    ['quiet hours that hold', { delay: { inDays: 1, at: '23:00' }, quietHours: { from: '22:00', to: '06:00' } }],
  ])('but not %s', (_, written) => {
    expect(problems(written)).toEqual([]);
  });
});
