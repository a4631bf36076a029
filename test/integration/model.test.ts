// The model of one campaign against the real code: one history a person, hundreds of people to a database.
// RAPPEL_MODEL_HISTORIES (default 2000) and RAPPEL_MODEL_SEED choose how many and which; `npm run soak` runs many.
import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { type History, histories, inRecordedOrder, renumber } from '../model/histories.js';
import { type Fate, fates } from '../model/oracle.js';
import { HORIZON, type RealDeps, realFates } from './model/realRun.js';
import { type Model, startModel } from './model/startModel.js';

const PEOPLE = 40;
const HISTORIES = Number(process.env.RAPPEL_MODEL_HISTORIES ?? 2_000);
const SEED = Number(process.env.RAPPEL_MODEL_SEED ?? randomInt(2 ** 31));

/** For `npm run soak`: progress, and at the end how often each ending came up. */
const PRINTS = process.env.RAPPEL_MODEL_PRINT === '1';

const ENDINGS = [
  'cancelled: campaign_stopped',
  'cancelled: exception',
  'dropped: after_end',
  'dropped: already_received',
  'dropped: left_audience',
  'dropped: not_yet_re_eligible',
  'dropped: outside_window',
  'refused: after_end',
  'refused: already_received',
  'refused: before_launch',
  'refused: not_yet_re_eligible',
  'refused: outside_audience',
  'refused: outside_window',
  'sent',
];

describe('the model of one campaign', () => {
  let deps: Model;

  beforeAll(async () => {
    deps = await startModel();
  });
  afterAll(() => deps.stop());

  it(
    `agrees with the real code on ${HISTORIES} histories (seed ${SEED})`,
    async () => {
      const counts = new Map<string, number>();
      let done = 0;
      const agrees = async (history: History): Promise<void> => {
        const real = await realFates(deps, history);
        for (const { fate } of real.flat()) counts.set(fate, (counts.get(fate) ?? 0) + 1);
        const person = history.people.findIndex((_, index) => disagree(history, index, real[index] ?? []));
        if (person >= 0) throw new Error(await report(deps, { ...history, people: [history.people[person] ?? []] }));
        done += PEOPLE;
        if (PRINTS && done % 1_000 === 0) process.stderr.write(`${done} histories agree\n`);
      };
      const agreeOn = (count: number, seed: number) =>
        fc.assert(fc.asyncProperty(histories(PEOPLE), agrees), {
          numRuns: Math.ceil(count / PEOPLE),
          seed,
          // The counterexample is one person's, made small by `report`.
          endOnFailure: true,
        });
      await agreeOn(HISTORIES, SEED);
      // Fifty campaigns may all be of a kind; a few more are then not.
      for (let more = 1; more <= 4 && ENDINGS.some((ending) => !counts.has(ending)); more++) {
        await agreeOn(500, SEED + more);
      }
      if (PRINTS) process.stdout.write(`endings ${JSON.stringify([...counts].sort())}\n`);
      // Agreement about nothing proves nothing: every kind of ending must have come up.
      expect([...counts.keys()].sort()).toEqual(expect.arrayContaining(ENDINGS));
    },
    Math.max(900_000, HISTORIES * 300),
  );
});

function expectedFates(history: History, person: number): readonly Fate[] {
  const { rules, startsAt, launchedAt, lag, operations, people } = history;
  const steps = inRecordedOrder([...operations, ...(people[person] ?? [])]);
  return fates(rules, steps, { launchedAt, horizon: startsAt + HORIZON, lag });
}

function disagree(history: History, person: number, real: readonly Fate[]): boolean {
  return !isDeepStrictEqual(real, expectedFates(history, person));
}

/** Leaves out steps and operations as long as the two still disagree, then tells what is left. */
async function report(deps: RealDeps, history: History): Promise<string> {
  let smallest = history;
  for (let changed = true; changed; ) {
    changed = false;
    for (const candidate of smaller(smallest)) {
      const [real = []] = await realFates(deps, candidate);
      if (!disagree(candidate, 0, real)) continue;
      smallest = candidate;
      changed = true;
      break;
    }
  }
  const [real = []] = await realFates(deps, smallest);
  return `model and product disagree (seed ${SEED})\n${JSON.stringify({ ...smallest, model: expectedFates(smallest, 0), product: real }, null, 1)}`;
}

function* smaller(history: History): Generator<History> {
  const steps = history.people[0] ?? [];
  for (const index of history.operations.keys()) {
    // A stop goes with its resume.
    const operations = history.operations.filter((each, position) => position !== index && each.kind === 'edit');
    yield { ...history, operations };
  }
  for (const index of steps.keys())
    yield { ...history, people: [renumber(steps.filter((_, position) => position !== index))] };
}
