// What a statement reads grows with its answer, not with the tables: measured on a database and on one of ten times the
// people, with the plan for the values of each call and with the one for whatever values, of which PostgreSQL takes either.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SOURCES } from '../../../facts/kinds.js';
import { createPool } from '../../../storage/pool.js';
import { startRecording } from '../../setup/recording.js';
import { startSending } from '../../setup/sending.js';
import { type Measured, type PlanMode, startMeasuring } from './measured.js';
import { requests } from './requests.js';
import { seed } from './seed.js';
import { work } from './work.js';

const FEW = 2_000;
const MANY = 20_000;
const ROWS_AN_ANSWER = 20;
const ROWS_ANYWAY = 1_000;
/** And one for each row that it answers: an index may have a level more. */
const BLOCKS_MORE = 1.5;
const BLOCKS_ANYWAY = 20;

/** What may read more, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  dropIdleRows: 'looks at 2,000 rows a call, whatever it drops',
  outboxDepth: 'counts, 100,000 at most',
  startSimulation: 'counts who waits in the campaign; two simulations at a time, each of which reads a period whole',
};

const EVERYBODY = 'a question about everybody: two at a time, each with a deadline';
const GATHERED = 'rows by their keys, a thousand at most, each minute and when a name is new';
const BY_HAND = 'run by hand, to import a file';
const DROPPING = 'run by hand, to delete a month of events';
const MONSTERS = 'pages of one person who has thousands, measured in ../bounded';

/** Statements that no request, attempt, sweep or page of a seeded database runs, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  addToCatalogue: GATHERED,
  advanceAddressChange: 'one row by its key, after a page that was not the last',
  advanceImport: BY_HAND,
  advanceUnfinished: MONSTERS,
  audiencesOfCampaigns: DROPPING,
  audiencesOfSegments: DROPPING,
  beginImportBatch: BY_HAND,
  cancelStatement: 'reads no table',
  countEventKeyBlocks: DROPPING,
  countEventsOfMonth: DROPPING,
  countPeople: EVERYBODY,
  countSecretsByKey: 'run by hand, to rotate keys',
  countersInMonth: DROPPING,
  drawPeople: EVERYBODY,
  ensureEventMonths: BY_HAND,
  findImport: BY_HAND,
  findMerged: 'one row by its key, where somebody who was read is gone',
  findWrongCounts: 'run by hand, to count anew',
  finishHoldReview: 'one row by its key, after the last page',
  finishImport: BY_HAND,
  forgetEventKeys: DROPPING,
  insertImportedEvents: BY_HAND,
  insertUnfinished: MONSTERS,
  insertSegmentSize: EVERYBODY,
  listEventMonths: DROPPING,
  listPeopleOf: 'at most 100 people by their ids, after a question about everybody',
  lockOldSecrets: 'run by hand, to rotate keys',
  nextPeople: EVERYBODY,
  nextUnsizedSegment: EVERYBODY,
  postponeDoubt: 'one message by its id',
  readCatalogue: 'once a process',
  readImport: BY_HAND,
  recountCampaigns: 'run by hand, to count anew',
  recountSums: 'run by hand, to count anew',
  replaceSealed: 'run by hand, to rotate keys',
  selectLeftProperties: 'properties over 8 KB, by the ids of their events',
  selectOpenPairings: MONSTERS,
  selectStoredEvents: MONSTERS,
  startImport: BY_HAND,
  waitingSince: DROPPING,
};

interface Ran extends Measured {
  readonly path: string;
}

async function measure(people: number, mode: PlanMode): Promise<readonly Ran[]> {
  const r = await startRecording();
  const sending = startSending(r);
  const own = createPool({ connectionString: r.api.database.url, max: 1 });
  try {
    const seeded = await seed(r, people);
    const measuring = await startMeasuring(r.api.database);
    await measuring.plan(mode);
    const ran: Ran[] = [];
    for (const [name, run] of [...requests(r, seeded), ...work(r, sending, seeded, own)]) {
      measuring.take();
      await run();
      ran.push(...measuring.take().map((measured) => ({ path: name, ...measured })));
    }
    return ran;
  } finally {
    await sending.stop();
    await own.end();
    await r.api.close();
  }
}

const told = ({ path: of, name, touched, answered, blocks }: Ran) =>
  `${of}: ${name} answered ${answered} rows, read ${touched} and ${blocks} blocks`;

describe.each<PlanMode>(['force_custom_plan', 'force_generic_plan'])('R12: with %s', (mode) => {
  let few: readonly Ran[];
  let many: readonly Ran[];
  beforeAll(async () => {
    few = await measure(FEW, mode);
    many = await measure(MANY, mode);
  }, 300_000);

  test('a statement reads at most 20 rows for each that it answers, and 1,000', () => {
    const bad = many.filter(({ touched, answered }) => touched > ROWS_AN_ANSWER * answered + ROWS_ANYWAY);
    expect(bad.filter(({ name }) => ALLOWED[name] === undefined).map(told)).toEqual([]);
  });

  test('at ten times the people it reads as many blocks, unless its answer grows', () => {
    const bad = many.filter((after) => {
      const before = few.filter(({ path: of, name }) => of === after.path && name === after.name);
      const allowed = Math.max(
        ...before.map(({ blocks, answered }) => blocks * Math.max(1, after.answered / Math.max(1, answered))),
      );
      return after.blocks > BLOCKS_MORE * allowed + after.answered + BLOCKS_ANYWAY;
    });
    expect(bad.filter(({ name }) => ALLOWED[name] === undefined).map(told)).toEqual([]);
  });

  test('every statement with a name was run, or it is said why not', () => {
    const seen = new Set(many.map(({ name }) => name));
    expect(namesOfStatements().filter((name) => !seen.has(name))).toEqual(Object.keys(ELSEWHERE).sort());
    expect(kindsOfFacts(seen)).toEqual(SOURCES.map(({ kind }) => kind));
  });
});

function kindsOfFacts(names: Iterable<string>): readonly string[] {
  const kinds = [...names].flatMap((name) => /^facts:(.*)$/.exec(name)?.[1]?.split('+') ?? []);
  return [...new Set(kinds)].sort();
}

function namesOfStatements(): readonly string[] {
  const folder = path.join(__dirname, '../../../storage/queries');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const texts = files.map((file) => readFileSync(path.join(folder, file), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(/\bname: '(\w+)'/g)].map(([, name = '']) => name)).sort();
}
