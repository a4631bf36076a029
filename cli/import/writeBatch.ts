// Records one batch after the other, each in a transaction that also says how far the import has come.
import { setTimeout as wait } from 'node:timers/promises';
import { types } from 'node:util';
import {
  advanceImport,
  beginImportBatch,
  type ImportKind,
  readImport,
  type StoredImport,
} from '../../storage/queries/imports/imports.js';
import { isDatabaseUnavailable } from '../../storage/unavailable.js';
import { withTransaction } from '../../storage/withTransaction.js';
import { prepareMonths } from '../../stream/importMonths.js';
import { type RecordResult, recordImported } from '../../stream/recordEvents.js';
import { failpoint } from '../../telemetry/failpoints.js';
import { UsageError } from '../usageError.js';
import type { ImportDeps } from './importDeps.js';
import { type Judged, judge, reportOf } from './judge.js';
import type { Report } from './report.js';

export interface Writing {
  readonly begun: StoredImport;
  readonly kind: ImportKind;
  readonly report: Report;
  readonly reportBytes: number;
}

export interface Writer {
  readonly state: StoredImport;
  /** Resolves once the batch is committed. Throws where it cannot be, and where another process imports the file too. */
  write(batch: Judged): Promise<void>;
}

/** Waits of a batch for a database that cannot be asked, s: a failover takes less. */
const WAITS_S = [1, 2, 5, 10, 20, 30];
const NOTHING: Pick<RecordResult, 'errors' | 'skipped' | 'repeated' | 'warnings' | 'events'> = {
  events: [],
  errors: [],
  skipped: [],
  repeated: [],
  warnings: [],
};

const OVERTAKEN =
  'Another process has gone on with this import, or the database has lost its last moments: the same command goes on';

type Deps = Omit<ImportDeps, 'progress'>;

export function createWriter(deps: Deps, { begun, kind, report, reportBytes }: Writing): Writer {
  const months = new Set<number>();
  let state: StoredImport = { ...begun, report_bytes: reportBytes };

  async function commit(batch: Judged): Promise<void> {
    const { pool, stream, clock } = deps;
    const { incoming, records, refused } = batch;
    const dated = { incoming, now: await clock(), importedFrom: state.history_from };
    await prepareMonths(pool, months, dated);
    const advanced = await withTransaction(pool, async (tx) => {
      await beginImportBatch(tx);
      const result = incoming.length === 0 ? NOTHING : await recordImported(tx, stream, dated);
      const { errors, repeated, skipped } = result;
      const lost = errors.length + repeated.length + skipped.length;
      const row = await advanceImport(tx, state, {
        records: records.length,
        recorded: incoming.length - lost,
        refused: refused.length + errors.length,
        repeated: repeated.length,
        skipped: skipped.length,
        // Written before the commit: what a commit says is reported is.
        reportBytes: await report.write(state.report_bytes, reportOf(batch, result)),
      });
      if (row === null) throw new UsageError(OVERTAKEN);
      failpoint('import_recorded');
      return { row, events: result.events };
    });
    failpoint('import_committed');
    state = advanced.row;
    deps.catalogue?.see(advanced.events);
  }

  /** A commit that was not answered may have been made: the row says so. */
  async function commitAtLast(batch: Judged): Promise<void> {
    for (const seconds of [...WAITS_S, null]) {
      try {
        await commit(batch);
        return;
      } catch (error) {
        if (seconds === null || !isDatabaseUnavailable(error)) throw error;
        deps.print(`The database cannot be asked: trying again in ${seconds} s`);
        await wait(seconds * 1_000);
        const now = await readImport(deps.pool, state.id).catch(() => null);
        if (now?.done !== state.done + batch.records.length) continue;
        state = now;
        return;
      }
    }
  }

  return {
    get state() {
      return state;
    },
    async write(batch) {
      try {
        await commitAtLast(batch);
      } catch (error) {
        if (!isOfRecords(error)) throw error;
        const [record] = batch.records;
        if (batch.records.length > 1) for (const each of batch.records) await this.write(judge([each], kind));
        else if (record !== undefined && batch.incoming.length > 0) await commitAtLast(unstorable(batch));
        else throw error;
      }
    },
  };
}

/** Values, constraints or sizes are at fault (classes 22, 23 and 54), not the database or the statement. */
function isOfRecords(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && /^(22|23|54)\w{3}$/.test(String(error.code));
}

/** A record that the rules let pass and the database does not: the import goes on without it. */
function unstorable({ records }: Judged): Judged {
  const refused = records.map(({ line, item }) => ({
    line,
    outcome: 'refused' as const,
    why: 'The database cannot store it',
    record: 'value' in item ? item.value : null,
  }));
  return { records, incoming: [], refused };
}
