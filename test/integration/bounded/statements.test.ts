// K6: every statement that reads events, properties or attributes, of which a person may have any number or size, is
// listed with what bounds it in rows and in bytes. A new one fails here until it is.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PAGE_BYTES } from '../../../storage/queries/events/storedHistory.js';
import { factStatements, statements } from '../../setup/statements.js';

/** Reads what grows with a person; what only writes parameters does not. */
const READS = /\b(?:from|join)\s+(?:events|rejections)\b|properties|attributes/i;

type Bound =
  /** Rows by a limit and bytes by a running sum of them: the next page is asked for. */
  | 'page'
  /** One pairing, person or event. */
  | 'one'
  /** A limit of at most 100 rows, of which none has more than a few kB, or only the properties asked for. */
  | 'limit'
  /** Of a person and filter 1,000 rows or 1 MB, of all 20,000 or 16 MB: with more, fewer are asked about at a time. */
  | 'together'
  /** Answers sums, counts or ids: what they are made of stays in the database. */
  | 'sum'
  /** Fetched by the thousand; what is over 8 KB is left in the database, and loaded by `LEFT` up to 16 MB. */
  | 'cursor'
  /** The profiles of those a request names, of 1 MB each at most, and of 20 large ones who share an address with them. */
  | 'request';

const BOUNDS: Readonly<Record<string, Bound>> = {
  'addressStates.ts SHARERS': 'page',
  'storedHistory.ts EVENTS': 'page',
  'storedHistory.ts OPEN': 'page',
  'facts open': 'page',
  'facts stored': 'page',
  'facts profile': 'request',
  'facts recent': 'sum',
  'facts total': 'sum',
  'selectPastPeople.ts SQL': 'page',
  'selectWaitingPage.ts SQL': 'page',
  'listTimeline.ts SQL': 'page',
  'simulatedEvents.ts SQL': 'cursor',
  'simulatedEvents.ts LEFT': 'cursor',
  'findSharers.ts BY_PHONE': 'page',
  'findSharers.ts OF_PEOPLE': 'sum',
  'listUserTotals.ts SQL': 'sum',
  'startSimulation.ts SQL': 'sum',
  'findPeople.ts BY_ALIAS': 'limit',
  'findPeople.ts BY_ALIAS_NAME': 'limit',
  'findPeople.ts BY_EMAIL': 'limit',
  'findPeople.ts BY_EXTERNAL_ID': 'limit',
  'findPeople.ts BY_ID': 'limit',
  'findPeople.ts BY_PHONE': 'limit',
  'selectDelivery.ts SQL': 'one',
  'parkedPairings.ts FIND': 'one',
  'unfinished.ts READ': 'one',
  'settleMessages.ts SQL': 'one',
  'deleteUsers.ts END_WAITING': 'sum',
  'erasure.ts EVENTS': 'sum',
  'erasure.ts REJECTIONS': 'sum',
  'erasure.ts TRIGGERS': 'sum',
  'mergedPeople.ts COUNT_EVENTS': 'sum',
  'eventMonths.ts COUNT': 'sum',
  'eventMonths.ts THERE': 'sum',
  'lockUsers.ts SQL': 'request',
  'lockUsers.ts BY_EXTERNAL_ID': 'request',
  'updateProfiles.ts SQL': 'request',
  'facts matching': 'together',
  'selectExplanation.ts PAIRINGS': 'limit',
  'selectExplanation.ts REJECTIONS': 'limit',
  'selectExplanation.ts LATEST': 'limit',
};

/** What bounds the people of whom each caller of `lockUsers` has the profiles read; a new one fails until it is listed. */
const LOCKED_BY: Readonly<Record<string, 'one' | 'request' | 'page'>> = {
  'activities/deciding/decideUnderLock.ts': 'page',
  'api/changeParked.ts': 'one',
  'stream/identity/identify.ts': 'one',
  'stream/identity/mergePeople.ts': 'one',
  'stream/people/finishPeople.ts': 'one',
  'stream/people/followAddresses.ts': 'page',
  'stream/people/lockSharers.ts': 'request',
  'stream/recordEvents.ts': 'request',
  'stream/recordSettlement.ts': 'one',
};

test('whoever reads profiles by locking people is listed', () => {
  const folders = ['activities', 'api', 'outbox', 'facts', 'simulation', 'stream'];
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file)),
  );
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const locking = sources.filter((file) => /\blockUsers\(/.test(readFileSync(file, 'utf8')));
  expect(locking.sort()).toEqual(Object.keys(LOCKED_BY).sort());
});

test('each is listed', () => {
  const reading = [...statements(), ...factStatements()].filter(
    ({ where, sql }) => READS.test(sql) && !where.startsWith('insert'),
  );
  expect(reading.map(({ where }) => where).sort()).toEqual(Object.keys(BOUNDS).sort());
});

test('a page is cut by the bytes of its rows, and by their number', () => {
  const cut = [...statements(), ...factStatements()].filter(({ where }) => BOUNDS[where] === 'page');
  for (const { where, sql } of cut) {
    const [rows, bytes] = [/limit (?:\$\d+|\d+)|any\(\$1::bigint\[\]\)/.test(sql), sql.includes(`< ${PAGE_BYTES}`)];
    expect([where, rows, bytes, /sum\((?:octet_length|\w+\.size)/.test(sql)]).toEqual([where, true, true, true]);
  }
});
