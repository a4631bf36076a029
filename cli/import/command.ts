// What `rappel import` was asked, and where it tells of it: results on standard output, progress on standard error.
import type { Config } from '../../config/config.js';
import type { Pool } from '../../storage/pool.js';
import { createCampaignIndexCache } from '../../stream/campaignIndex.js';
import { createCatalogue } from '../../stream/catalogue/catalogue.js';
import { systemClock } from '../../telemetry/clock.js';
import { armFailpoint } from '../../telemetry/failpoints.js';
import { commandLine } from '../keys.js';
import { UsageError } from '../usageError.js';
import { importFile, kindOfFile } from './importFile.js';

export interface ImportOptions {
  readonly as?: string;
  readonly map: readonly string[];
  readonly delimiter?: string;
  readonly dryRun?: boolean;
  readonly again?: boolean;
}

/** Imports the file; exit code 1 where lines were refused. */
export async function importCommand(
  file: string,
  { as, map, delimiter, dryRun, again }: ImportOptions,
  { pool, config }: { readonly pool: Pool; readonly config: Config },
): Promise<void> {
  armFailpoint(config.crashAt);
  if (as !== undefined && as !== 'users' && as !== 'events') throw new UsageError('--as must be users or events');
  if (delimiter !== undefined && delimiter.length !== 1 && delimiter !== '\\t')
    throw new UsageError('--delimiter must be one character, or \\t');
  const { refused } = await importFile(
    {
      pool,
      stream: { workspace: config.workspace, campaigns: createCampaignIndexCache() },
      clock: systemClock,
      catalogue: createCatalogue({ pool, onError: () => undefined }),
      print: (line) => process.stdout.write(`${line}\n`),
      progress: {
        write: (text) => process.stderr.write(text),
        isTerminal: process.stderr.isTTY,
        ticks: () => performance.now(),
      },
    },
    {
      file,
      kind: as ?? kindOfFile(file),
      map,
      delimiter: delimiter === '\\t' ? '\t' : (delimiter ?? null),
      isDryRun: dryRun === true,
      isAgain: again === true,
      actor: commandLine(),
    },
  );
  if (refused > 0) process.exitCode = 1;
}
