/**
 * Carries out what committed transactions asked for: starts workflows, wakes them, and tells them that their pairing has
 * ended; at least once, harmless when repeated. Nothing of ours terminates a run. The pairing is read when the row is
 * drained, so an old row does what is right now.
 */
import { storableText } from '../domain/schema/storableText.js';
import {
  claimInTurn,
  claimOutboxBatch,
  deleteOutboxRows,
  type OutboxRow,
  postponeOutboxRow,
} from '../storage/queries/outbox/outboxRows.js';
import { dropIdleRows } from '../storage/queries/outbox/pairingRows.js';
import { failpoint } from '../telemetry/failpoints.js';
import type { Admission } from './admission.js';
import type { DrainDeps } from './deps.js';
import { EFFECTS } from './effects/effects.js';

const IN_TURN_AT_ONCE = 4;
/**
 * How many that are due are claimed beyond those for which there is room, and wait here for theirs: a claim for each place
 * that becomes free would be a statement a message. Few, as what is claimed is not looked at anew. What needs no place is
 * claimed for as many claims as this saves.
 */
const CLAIMED_AHEAD = 4;
const LARGEST = 100;
const LOOK_AGAIN_MS = 500;
const IDLE_LOOKED_AT = 5_000;
const FIRST_PAUSE_MS = 200;
const ERROR_LENGTH = 500;
const LONGEST_PAUSE_MS = 30_000;

/** The lane of what is due first. */
export interface DueFirst extends DrainDeps {
  /** What the last batch carried out, to be deleted with the next claim. */
  done: readonly OutboxRow[];
}

/** One batch of what is due first; returns whether there may be more. */
export async function drainOnce(deps: DueFirst): Promise<boolean> {
  const { admission } = deps;
  await admission.room();
  const { batch: size, free } = admission;
  const limit = Math.min(LARGEST, size * (1 + CLAIMED_AHEAD));
  const room = free + CLAIMED_AHEAD;
  const batch = await claimOutboxBatch(deps.pool, { limit, room, done: deps.done });
  deps.done = [];
  const now = await deps.clock();
  const done = await carryOutInSteps(deps, batch);
  // Where one in two asks for nothing there are more: thousands of them one by one would hold up what is asked for.
  if (batch.filter(isIdle).length > batch.length / 2) await dropIdleRows(deps.pool, IDLE_LOOKED_AT);
  // As the claim counted them: by another clock there might be fewer, and what is left would wait.
  const due = batch.filter((row) => row.isDue && row.kind !== 'close').length;
  const isFull = batch.length >= Math.floor((limit * 4) / 5);
  admission.ended({ isFull, hadImmediate: batch.some((row) => !isIdle(row) && isDue(row, now)) });
  if (!isFull && due < room) {
    await deleteOutboxRows(deps.pool, done);
    return false;
  }
  deps.done = done;
  return true;
}

/** What begins at once waits for its place, due longest first; with each goes a share of what needs none. */
async function carryOutInSteps(deps: DueFirst, batch: readonly OutboxRow[]): Promise<readonly OutboxRow[]> {
  const { admission } = deps;
  const begins = (row: OutboxRow) => row.kind === 'start' && row.isDue && !isIdle(row);
  const placed = batch.filter(begins).sort((a, b) => (a.subject?.wakeAt ?? 0) - (b.subject?.wakeAt ?? 0));
  const others = batch.filter((row) => !begins(row));
  const share = Math.ceil(others.length / Math.max(1, placed.length));
  const done: OutboxRow[] = [];
  while (placed.length + others.length > 0) {
    if (placed.length > 0) await admission.room();
    const together = [...placed.splice(0, admission.free), ...others.splice(0, share)];
    done.push(...(await carryOutBatch(deps, together)));
  }
  return done;
}

/** The lane in which campaigns take turns: `due` is that of what is due first. */
export interface InTurn extends DrainDeps {
  readonly due: Pick<Admission, 'busy'>;
  /** The campaign that is looked at first. */
  from: number;
  readonly lookAgainIn: (ms: number) => void;
}

/**
 * One of each campaign of which nothing is under way: no campaign waits behind another's crowd. Returns whether there may
 * be more.
 */
export async function drainInTurnOnce(lane: InTurn): Promise<boolean> {
  await lane.admission.room();
  const busy = [...new Set([...lane.admission.busy, ...lane.due.busy])];
  const batch = await claimInTurn(lane.pool, { limit: IN_TURN_AT_ONCE, from: lane.from, busy });
  await deleteOutboxRows(lane.pool, await carryOutBatch(lane, batch));
  const wasFirst = lane.from === 0;
  lane.from = batch.length === IN_TURN_AT_ONCE ? Math.max(...batch.map(({ campaignId }) => campaignId)) + 1 : 0;
  if (batch.length > 0 || !wasFirst) return true;
  // Those that are busy may have more.
  if (busy.length > 0) lane.lookAgainIn(LOOK_AGAIN_MS);
  return false;
}

/** Starts go before what else the same batch asks of their runs. Returns what has been carried out. */
async function carryOutBatch(deps: DrainDeps, batch: readonly OutboxRow[]): Promise<readonly OutboxRow[]> {
  if (batch.length > 0) failpoint('outbox_claimed');
  const starts = batch.filter(({ kind }) => kind === 'start');
  const others = batch.filter(({ kind }) => kind !== 'start');
  const done = [...(await carryOutAll(deps, starts)), ...(await carryOutAll(deps, others))];
  if (starts.length > 0) failpoint('workflow_started');
  return done;
}

function isIdle(row: OutboxRow): boolean {
  return row.subject === null || EFFECTS[row.target].isIdle(row, row.subject);
}

function isDue({ target, subject }: OutboxRow, now: number): boolean {
  return subject !== null && EFFECTS[target].dueAt(subject) <= now;
}

async function carryOutAll(deps: DrainDeps, rows: readonly OutboxRow[]): Promise<readonly OutboxRow[]> {
  const done: OutboxRow[] = [];
  await Promise.all(
    rows.map(async (row) => {
      try {
        await carryOut(deps, row);
        done.push(row);
      } catch (error) {
        const delayMs = Math.min(FIRST_PAUSE_MS * 2 ** row.attempts, LONGEST_PAUSE_MS);
        const message = storableText(error instanceof Error ? error.message : String(error), ERROR_LENGTH);
        await postponeOutboxRow(deps.pool, { id: row.id, delayMs, error: message });
      }
    }),
  );
  return done;
}

async function carryOut(deps: DrainDeps, row: OutboxRow): Promise<void> {
  if (row.subject === null) deps.onGone(row);
  else await EFFECTS[row.target].carryOut(deps, row, row.subject);
}
