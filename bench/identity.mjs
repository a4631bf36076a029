// `npm run chaos:identity`: people are merged and deleted while their events arrive, their messages fall due and processes are
// killed. A checker then compares what was acknowledged with the tables, the journals of the receivers and Temporal.
// `-- --smoke` is the short one that belongs to `npm test`; docs/reliability.md says what it proves.
import '../cli/dev/requireNode.mjs';
import { setMaxListeners } from 'node:events';
import { Stop, stopping } from '../cli/dev/output.mjs';
import { readOptions } from './chaos/identity/options.mjs';
import { runIdentity } from './chaos/identity/run.mjs';

// Every fault waits for its moment, and each wait ends when the run is stopped.
setMaxListeners(0, stopping.signal);
const print = (line = '') => process.stdout.write(`${line}\n`);
const printAll = (figures) => {
  for (const [name, value] of Object.entries(figures)) print(`${name} ${value}`);
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stopping.abort(new Stop('Stopped')));
try {
  const options = readOptions(process.argv.slice(2));
  const totals = {};
  let failures = 0;
  for (let run = 1; run <= options.runs; run++) {
    const seed = `${options.seed}${options.runs === 1 ? '' : `-${run}`}`;
    print(`run ${run} of ${options.runs}, seed ${seed}`);
    const { figures, problems } = await runIdentity({ ...options, seed }, print);
    for (const problem of problems) print(`FAILED: ${problem}`);
    failures += problems.length;
    if (options.runs > 1) printAll(figures);
    for (const [name, value] of Object.entries(figures)) totals[name] = (totals[name] ?? 0) + value;
  }
  print();
  printAll({ runs: options.runs, ...totals });
  print(`seed ${options.seed}`);
  print(failures === 0 ? 'passed' : `${failures} FAILED`);
  process.exitCode = failures === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Stop || stopping.signal.aborted ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
