// Which Temporal server a run uses: the dev server with its database in a file, or a server on the run's PostgreSQL.
import path from 'node:path';
import { findDevServer, findServer } from '../../cli/dev/services/executables.mjs';
import { freePort } from '../../cli/dev/services/ports.mjs';
import { startTemporal } from '../../cli/dev/services/temporal.mjs';
import { prepareTemporalServer } from './temporalServer.mjs';

/** Without a wish: the one on PostgreSQL, but in a smoke run only if it need not be built first. */
export async function findStore({ store, isSmoke }) {
  if (store === 'dev') return devStore(await findDevServer());
  const program = await findServer({ isOnlyIfPresent: isSmoke && store === null });
  return program === undefined ? devStore(await findDevServer()) : postgresStore(program);
}

/** `prepare` returns `{ port, launch }`: where it will listen, and what starts it, again after any crash. */
function devStore(executable) {
  return {
    name: 'dev',
    async prepare({ folder }) {
      const taken = new Set();
      const port = await freePort({ taken });
      const uiPort = await freePort({ taken });
      const options = { executable, folder: path.join(folder, 'temporal'), port, uiPort, namespace: 'default' };
      return { port, launch: () => startTemporal(options) };
    },
  };
}

function postgresStore(program) {
  return {
    name: 'postgres',
    async prepare({ folder, database, faultInjection, isPruned = true }) {
      const server = await prepareTemporalServer({
        program,
        folder: path.join(folder, 'temporal'),
        database,
        isPruned,
        faultInjection,
      });
      return { port: Number(server.address.split(':')[1]), launch: server.start };
    },
  };
}
