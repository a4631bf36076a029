// Which Temporal server a run uses: the dev server with its database in a file, or a server on PostgreSQL.
import path from 'node:path';
import { findDevServer } from '../../cli/dev/executables.mjs';
import { startTemporal } from '../../cli/dev/temporal.mjs';

export async function findStore(_wanted, _isSmoke) {
  const executable = await findDevServer();
  return {
    name: 'dev',
    launcher:
      (folder) =>
      ({ ports }) =>
        startTemporal({
          executable,
          folder: path.join(folder, 'temporal'),
          port: ports.temporal,
          uiPort: ports.temporalUi,
          namespace: 'default',
        }),
  };
}
