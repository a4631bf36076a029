// `npm run chaos`: a seeded nemesis over a whole installation of separate processes, then a checker that compares what
// was acknowledged, what is in the tables, what Temporal still runs and what the providers received.
// `-- --smoke` is the short one that belongs to `npm test`; docs/reliability.md says what it proves.
import '../cli/dev/requireNode.mjs';
import { setMaxListeners } from 'node:events';
import { Stop, stopping } from '../cli/dev/output.mjs';
import { readOptions } from './chaos/options.mjs';
import { runChaos } from './chaos/run.mjs';

// Every fault waits for its moment, and each wait ends when the run is stopped.
setMaxListeners(0, stopping.signal);
const print = (line = '') => process.stdout.write(`${line}\n`);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stopping.abort(new Stop('Stopped')));
try {
  const options = readOptions(process.argv.slice(2));
  print(`seed ${options.seed}`);
  const { figures, problems } = await runChaos(options, print);
  for (const problem of problems) print(`FAILED: ${problem}`);
  print();
  for (const [name, value] of Object.entries(figures)) print(`${name} ${value}`);
  print(`seed ${options.seed}`);
  print(problems.length === 0 ? 'passed' : `${problems.length} FAILED`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Stop || stopping.signal.aborted ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
