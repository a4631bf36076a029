import { FILTER_TAGS } from '../../audience/filter.js';
import { type ParsedDefinition, parseDefinition } from '../definition/parseDefinition.js';

const BASE = {
  name: 'Welcome',
  trigger: { customEvent: 'registered' },
  messages: [{ channel: 'email', subject: 'Welcome', text: 'Hello' }],
};

/** Each problem as an operator reads it: where, what, and what is allowed. */
function told(parsed: ParsedDefinition): readonly string[] {
  const problems = parsed.ok ? [] : parsed.problems;
  return problems.map(
    ({ path, message, allowed }) => `${path}: ${message}${allowed === undefined ? '' : ` | ${allowed}`}`,
  );
}

const FILTERS = `one of ${['all', 'any', 'none', 'not', 'segment', ...FILTER_TAGS].join(', ')}`;

describe('what an operator reads of a wrong audience: where, what, and what is allowed', () => {
  it.each<[string, object, readonly string[]]>([
    ['an empty audience', { audience: {} }, [`audience: is empty | ${FILTERS}`]],
    [
      'a misspelt filter',
      { audience: { all: [{ atribute: 'a', equals: 1 }] } },
      [`audience.all[0].atribute: is an unknown field; did you mean "attribute"? | ${FILTERS}`],
    ],
    [
      'SG-23: a path through two lists',
      { audience: { attribute: 'a[].b[]', equals: 1 } },
      [
        'audience.attribute: is not the path of an attribute | a name, or a path such as cart.value, items[].sku or "a.b".c, with at most one [] in it',
      ],
    ],
    [
      'SG-20: a text for a number',
      { audience: { attribute: 'a', atLeast: '18' } },
      ['audience.atLeast: is a text | a number'],
    ],
    [
      'SG-20: a list for a single value',
      { audience: { attribute: 'a', equals: ['x'] } },
      ['audience.equals: is a list | a text or a number or true or false'],
    ],
    [
      'SG-21: a text that is too long',
      { audience: { attribute: 'a', equals: 'x'.repeat(1_001) } },
      ['audience.equals: is too large | at most 1000 characters'],
    ],
    [
      'SG-21: a broken regular expression',
      { audience: { attribute: 'a', matchesRegex: '(a' } },
      [
        'audience.matchesRegex: is not a regular expression: error parsing regexp: missing closing ): `(a` | ' +
          'RE2 syntax, without look-around or back-references',
      ],
    ],
    [
      'SG-03: a date that there is not',
      { audience: { attribute: 'a', before: '2026-02-30' } },
      [
        "audience.before: is not a date | such as 2026-12-01 or 2026-12-01T09:00 by the workspace's clock, " +
          'or with an offset: 2026-12-01T09:00+01:00',
      ],
    ],
    [
      'SG-02: more days than are kept',
      { audience: { eventCount: 'a', atLeast: 1, inLast: '31 days' } },
      ['audience.inLast: is not a number of days | 1 to 30 whole days, such as "7 days"'],
    ],
    [
      'SG-11: a count that is compared with nothing',
      { audience: { purchaseCount: 'any' } },
      ['audience: needs an operator | equals, doesNotEqual, atLeast, atMost, moreThan, lessThan'],
    ],
  ])('of %s', (_what, written, problems) => {
    expect(told(parseDefinition({ ...BASE, ...written }))).toEqual(problems);
  });
});
