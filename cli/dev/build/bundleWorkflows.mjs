// Bundles the workflows once, from their TypeScript or compiled entry, into one file that workers load.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export async function bundleWorkflows(entry, file) {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({ workflowsPath: entry, logger: new DefaultLogger('WARN') });
  mkdirSync(path.dirname(file), { recursive: true });
  const partial = `${file}.partial-${process.pid}`;
  writeFileSync(partial, code);
  renameSync(partial, file);
}
