// What can be asked of `npm run test:fuzz`.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Stop } from '../../cli/dev/output.mjs';

const CASES = 2_000;

export function readOptions(args) {
  const { values } = parse(args);
  return {
    seed: wholeNumber('--seed', values.seed, randomInt(1_000_000)),
    cases: wholeNumber('--cases', values.cases, CASES),
    isWhole: values.whole,
  };
}

function parse(args) {
  const options = {
    seed: { type: 'string' },
    cases: { type: 'string' },
    whole: { type: 'boolean', default: false },
  };
  try {
    return parseArgs({ args, options });
  } catch (error) {
    throw new Stop(
      `${error.message}. Known: --seed N, --cases N, --whole (also each bound of each schema, and calls that follow each other)`,
    );
  }
}

function wholeNumber(name, text, otherwise) {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new Stop(`${name} must be a whole number, not '${text}'`);
  return Number(text);
}
