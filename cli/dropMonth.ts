// `rappel events drop`: deletes a month of old events with its partition, unless an audience or somebody who waits needs it.
import { needsOf } from '../domain/audience/filter.js';
import { withSegments } from '../domain/audience/segmentsOf.js';
import type { Counter } from '../domain/facts/counters.js';
import { describeNeededEvents, madeOfEventsBefore } from '../domain/facts/neededEvents.js';
import type { FactNeed } from '../domain/facts/userFacts.js';
import { instant, type Pool, type Queryable } from '../storage/pool.js';
import {
  countEventsOfMonth,
  countersInMonth,
  dropEventMonth,
  forgetEventKeys,
  listEventMonths,
  type Month,
} from '../storage/queries/events/eventMonths.js';
import {
  audiencesOfCampaigns,
  audiencesOfSegments,
  type StoredAudience,
  waitingSince,
} from '../storage/queries/events/neededEvents.js';
import { insertAuditRow } from '../storage/queries/operations/insertAuditRow.js';
import { lockSegments } from '../storage/queries/segments/writeSegment.js';
import { withTransaction } from '../storage/withTransaction.js';
import type { Act } from './keys.js';
import { UsageError } from './usageError.js';

const DAY_MS = 86_400_000;
/** Refused triggers are explained with their events for 30 days, and a day is begun by then. */
const MOST_RECENT_MS = 31 * DAY_MS;
/** How long recording and reading may be held up by one attempt, and how often it is tried. */
const LOCK_MS = 1_000;
const ATTEMPTS = 20;
const PAUSE_MS = 3_000;
/** Of audiences read at a time. */
const PAGE = 500;
const LOCK_NOT_AVAILABLE = '55P03';

export interface DropDeps {
  readonly pool: Pool;
  readonly act: Act;
  /** Older triggers let nobody in (AB-16): nothing asks for events from before the newest of them. */
  readonly maxTriggerAgeMs: number;
  readonly print: (line: string) => void;
  readonly pause: (ms: number) => Promise<void>;
}

/** `month` as `2026-05`. Says what goes and who needs it, and with `isMeant` deletes it where nobody does; false: refused. */
export async function dropMonth(
  deps: DropDeps,
  { month, isMeant }: { readonly month: string; readonly isMeant: boolean },
): Promise<boolean> {
  const { pool, print } = deps;
  const { start, end, digits } = monthOf(month);
  refuseRecent(deps, month, end);
  const months = await listEventMonths(pool);
  if (!months.includes(digits)) {
    print(
      `There are no events of ${month}${months[0] === undefined ? '' : `; the oldest month is ${dashed(months[0])}`}`,
    );
    // What an interrupted command left of it.
    if (isMeant) await forgetKeys(deps, { start, end });
    return true;
  }
  const looked = await lookAt(deps, { start, end });
  print(`${month}: ${looked.events} events`);
  if (looked.reasons.length > 0) {
    print(`They are needed:`);
    for (const reason of looked.reasons) print(`  ${reason}`);
    print('Nothing was deleted');
    return false;
  }
  if (!isMeant) {
    print(`Nothing needs them. Delete them with: rappel events drop ${month} --yes`);
    return true;
  }
  await drop(deps, { month: { start, end }, digits, subject: `events/${month}`, looked });
  print(`Deleted ${looked.events} events of ${month}`);
  await forgetKeys(deps, { start, end });
  return true;
}

interface Looked {
  readonly events: number;
  /** What each audience needs of events of the month, be there any of these or not. */
  readonly asked: string;
  /** Of those that the month has events of, and of people who wait. */
  readonly reasons: readonly string[];
}

async function lookAt({ pool, act: { now }, maxTriggerAgeMs }: DropDeps, month: Month): Promise<Looked> {
  return await withTransaction(pool, async (tx) => {
    const events = await countEventsOfMonth(tx, month);
    const needed = await neededBy(tx, { at: now - maxTriggerAgeMs, end: month.end });
    const there = await countersInMonth(tx, month, needed);
    const waiting = await waitingSince(tx, month.end);
    return {
      events,
      asked: JSON.stringify(needed),
      reasons: [
        ...there.map(({ by, words }) => `${by} ${words}`),
        ...waiting.map(({ key, people }) => `campaign ${key} has people who wait since then or before: ${people}`),
      ],
    };
  });
}

interface Needed extends Counter {
  readonly by: string;
  readonly words: string;
}

interface AsOf {
  /** The earliest instant that an audience is still evaluated for. */
  readonly at: number;
  /** Of the month. */
  readonly end: number;
}

async function neededBy(tx: Queryable, asOf: AsOf): Promise<readonly Needed[]> {
  const needed: Needed[] = [];
  for (const readPage of [audiencesOfCampaigns, audiencesOfSegments]) {
    for (let after = 0; ; ) {
      const page = await readPage(tx, { after, limit: PAGE });
      needed.push(...page.flatMap((stored) => neededByOne(stored, asOf)));
      after = page.at(-1)?.id ?? after;
      if (page.length < PAGE) break;
    }
  }
  return needed;
}

function neededByOne(stored: StoredAudience, asOf: AsOf): readonly Needed[] {
  return needsOfStored(stored).flatMap((need) => {
    const counter = madeOfEventsBefore(need, asOf);
    if (counter === null) return [];
    const { eventKind, name } = counter;
    return [{ eventKind, name, by: `${stored.kind} ${stored.key}`, words: describeNeededEvents(need) }];
  });
}

function needsOfStored({ kind, key, audience, segments }: StoredAudience): readonly FactNeed[] {
  try {
    return needsOf(withSegments(audience, segments));
  } catch (cause) {
    throw new Error(`the audience of the ${kind} ${key} cannot be read, so nobody knows which events it needs`, {
      cause,
    });
  }
}

interface Dropping {
  readonly month: Month;
  readonly digits: string;
  readonly subject: string;
  readonly looked: Looked;
}

/** Tried anew where a long question of events is under way: waiting for its end would hold up all who record. */
async function drop(deps: DropDeps, dropping: Dropping): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await withTransaction(deps.pool, (tx) => dropIn(tx, deps, dropping), { lockTimeoutMs: LOCK_MS });
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      if (attempt === ATTEMPTS)
        throw new UsageError('A long question of events is under way: nothing was deleted. Repeat the command later');
      await deps.pause(PAUSE_MS);
    }
  }
}

/** No campaign or segment changes meanwhile; those that changed since they were looked at are looked at again. */
async function dropIn(
  tx: Queryable,
  { act: { actor, now }, maxTriggerAgeMs }: DropDeps,
  { month, digits, subject, looked }: Dropping,
): Promise<void> {
  await lockSegments(tx);
  const asked = JSON.stringify(await neededBy(tx, { at: now - maxTriggerAgeMs, end: month.end }));
  if (asked !== looked.asked)
    throw new UsageError('Campaigns or segments changed meanwhile: nothing was deleted. Repeat the command');
  await insertAuditRow(tx, {
    at: now,
    actor,
    action: 'events.drop',
    subject,
    before: { events: looked.events },
    after: null,
  });
  await dropEventMonth(tx, digits);
}

async function forgetKeys({ pool, print }: DropDeps, month: Month): Promise<void> {
  print(`Forgot ${await forgetEventKeys(pool, month)} event ids of it`);
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE;
}

function refuseRecent({ act: { now }, maxTriggerAgeMs }: DropDeps, month: string, end: number): void {
  const from = end + Math.max(MOST_RECENT_MS, maxTriggerAgeMs);
  if (now >= from) return;
  throw new UsageError(`Events of ${month} still explain and decide: they can be deleted from ${instant(from)} on`);
}

function monthOf(text: string): Month & { readonly digits: string } {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text) ?? [];
  if (year === undefined || month === undefined) throw new UsageError(`'${text}' is not a month: such as 2026-05`);
  const start = Date.UTC(Number(year), Number(month) - 1, 1);
  return { start, end: Date.UTC(Number(year), Number(month), 1), digits: `${year}${month}` };
}

function dashed(digits: string): string {
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}
