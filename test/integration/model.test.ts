// The model of one campaign against the real code: one history a person, hundreds of people to a database.
// RAPPEL_MODEL_HISTORIES (default 2000) and RAPPEL_MODEL_SEED choose how many and which.
import { randomBytes, randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { createApp } from '../../api/app.js';
import { generateApiKey, KEY_RANDOM_BYTES, SCOPES } from '../../domain/apiKey.js';
import { DEFAULT_WORKSPACE } from '../../domain/workspace.js';
import { insertApiKey } from '../../storage/queries/insertApiKey.js';
import { createCampaignIndexCache } from '../../stream/campaignIndex.js';
import { createLogger } from '../../telemetry/logger.js';
import { createMetrics } from '../../telemetry/metrics.js';
import { type History, histories, inRecordedOrder, renumber } from '../model/histories.js';
import { type Fate, fates } from '../model/oracle.js';
import { createTestDatabase, type TestDatabase } from '../setup/database.js';
import { HORIZON, modelTemplates, type RealDeps, realFates } from './model/realRun.js';

const PEOPLE = 40;
const HISTORIES = Number(process.env.RAPPEL_MODEL_HISTORIES ?? 2_000);
const SEED = Number(process.env.RAPPEL_MODEL_SEED ?? randomInt(2 ** 31));

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
  let database: TestDatabase;
  let deps: RealDeps;

  beforeAll(async () => {
    database = await createTestDatabase();
    const { pool } = database;
    const { key, prefix, hash } = generateApiKey(randomBytes(KEY_RANDOM_BYTES));
    await insertApiKey(pool, { name: 'model', prefix, hash, scopes: SCOPES });
    const time = { now: 0 };
    const stream = { workspace: DEFAULT_WORKSPACE, campaigns: createCampaignIndexCache() };
    const app = createApp({
      pool,
      clock: () => Promise.resolve(time.now),
      stream,
      templates: modelTemplates,
      logger: createLogger({ level: 'silent', format: 'json' }),
      metrics: createMetrics(),
      wakeOutbox: () => undefined,
      links: { inboxUrl: null, temporalUiUrl: null, workflowUrl: () => null },
      devAccess: null,
    });
    deps = { pool, stream, time, app, key };
  });

  afterAll(async () => {
    await modelTemplates.close();
    await database.drop();
  });

  it(`agrees with the real code on ${HISTORIES} histories (seed ${SEED})`, async () => {
    const counts = new Map<string, number>();
    const agrees = async (history: History): Promise<void> => {
      const real = await realFates(deps, history);
      for (const { fate } of real.flat()) counts.set(fate, (counts.get(fate) ?? 0) + 1);
      const person = history.people.findIndex((_, index) => disagree(history, index, real[index] ?? []));
      if (person >= 0) throw new Error(await report(deps, { ...history, people: [history.people[person] ?? []] }));
    };
    await fc.assert(fc.asyncProperty(histories(PEOPLE), agrees), {
      numRuns: Math.ceil(HISTORIES / PEOPLE),
      seed: SEED,
      // The counterexample is one person's, made small by `report`.
      endOnFailure: true,
    });
    if (process.env.RAPPEL_MODEL_PRINT === '1') process.stdout.write(`${JSON.stringify([...counts], null, 1)}\n`);
    // Agreement about nothing proves nothing: every kind of ending must have come up.
    expect([...counts.keys()].sort()).toEqual(expect.arrayContaining(ENDINGS));
  }, 900_000);
});

function expectedFates({ rules, startsAt, operations, people }: History, person: number): readonly Fate[] {
  return fates(rules, startsAt, inRecordedOrder([...operations, ...(people[person] ?? [])]), startsAt + HORIZON);
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
