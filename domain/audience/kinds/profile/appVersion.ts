// The version of an app that a person used most recently (SG-16). Of whom none is known, "less than" holds, and "at most".
import { z } from 'zod';
import { compareVersions, latestVersion, readVersion, VERSION_PATTERN } from '../../../device/appVersion.js';
import { devicesOf } from '../../../device/devices.js';
import { fields, text, withAllowed } from '../../../schema/fields.js';
import type { FilterKind } from '../../filterKind.js';
import { compareNumbers } from '../../numberOperators.js';
import { withOperator } from '../../withOperator.js';

const OPERATORS = ['equals', 'atLeast', 'atMost', 'moreThan', 'lessThan'] as const;
type VersionOperator = (typeof OPERATORS)[number];

const version = z
  .string()
  .max(100)
  .regex(new RegExp(`${VERSION_PATTERN}$`), {
    error: () => withAllowed('is not a version', 'numbers with dots between, such as 2.10.1'),
  })
  .optional();

const schema = fields({
  appVersion: withOperator(
    fields({
      /** Absent: of whichever app. */
      app: text(255).optional(),
      equals: version,
      atLeast: version,
      atMost: version,
      moreThan: version,
      lessThan: version,
    }),
    OPERATORS,
  ),
});

export type AppVersionFilter = z.infer<typeof schema>;

export interface VersionComparison {
  readonly op: VersionOperator;
  readonly operand: readonly number[];
  readonly words: string;
  /** Whether who has no version passes. */
  readonly takesNone: boolean;
}

/** Every operator given; they are ANDed. */
export function versionComparisons({ appVersion }: AppVersionFilter): readonly VersionComparison[] {
  return OPERATORS.flatMap((op): readonly VersionComparison[] => {
    const given = appVersion[op];
    const operand = given === undefined ? null : readVersion(given);
    if (given === undefined || operand === null) return [];
    return [{ op, operand, words: `${WORDS[op]} ${given}`, takesNone: op === 'lessThan' || op === 'atMost' }];
  });
}

const WORDS: Readonly<Record<VersionOperator, string>> = {
  equals: 'exactly',
  atLeast: 'at least',
  atMost: 'at most',
  moreThan: 'more than',
  lessThan: 'less than',
};

export const appVersionKind: FilterKind<'appVersion', AppVersionFilter> = {
  tag: 'appVersion',
  schema,
  needs: () => [],
  evaluate: (filter, { profile }) => {
    const value = latestVersion(devicesOf(profile), filter.appVersion.app);
    const comparisons = versionComparisons(filter);
    if (value === null) return { pass: comparisons.every(({ takesNone }) => takesNone), value };
    const used = readVersion(value);
    const pass =
      used !== null && comparisons.every(({ op, operand }) => compareNumbers(op, compareVersions(used, operand), 0));
    return { pass, value };
  },
  describe: (filter) => {
    const { app } = filter.appVersion;
    const tests = versionComparisons(filter).map(({ words }) => words);
    return `latest version${app === undefined ? '' : ` of ${app}`} ${tests.join(' and ')}`;
  },
};
