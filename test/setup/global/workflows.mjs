// jest globalSetup of the project `workflows`: a PostgreSQL, the Temporal programs, and the workflows bundled once.
// Handed to the tests through process.env; each test file starts the Temporal server it needs from the program's path.
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflows } from '../../../cli/dev/build/bundleWorkflows.mjs';
import { project } from '../../../cli/dev/paths.mjs';
import { findDevServer, findTestServer } from '../../../cli/dev/services/executables.mjs';
import { guard } from '../guard.mjs';
import { startTestPostgres } from '../postgres.mjs';

export default async function setUp() {
  await startTestPostgres();
  process.env.RAPPEL_TEST_DEV_SERVER = await findDevServer();
  process.env.RAPPEL_TEST_TIME_SKIPPING_SERVER = await findTestServer();
  await bundleOnce();
}

async function bundleOnce() {
  const entry = path.join(project, 'workflows/index.ts');
  if (!existsSync(entry)) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'rappel-test-bundle-'));
  guard({ remove: folder });
  process.env.RAPPEL_TEST_WORKFLOW_BUNDLE = path.join(folder, 'workflow-bundle.js');
  await bundleWorkflows(entry, process.env.RAPPEL_TEST_WORKFLOW_BUNDLE);
}
