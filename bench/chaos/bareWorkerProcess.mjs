// A worker of the bare workload, with the same settings as ours.
import { readFileSync } from 'node:fs';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { openJournal } from './journal.mjs';

const { address, bundle, taskQueue, file } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const journal = openJournal(file, { isDurable: false });
process.on('disconnect', () => process.exit(0));
Runtime.install({ shutdownSignals: [] });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: { codePath: bundle },
  maxCachedWorkflows: 500,
  maxConcurrentActivityTaskExecutions: 50,
  activities: { noted: async (n) => journal.write({ n, at: Date.now() }) },
});
process.send({ kind: 'ready' });
await worker.run();
