// The process that `smallApi.ts` starts: an API on a database of its own, and the sweeps on request.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sweepEditedHolds, sweepOldGenerations } from '../../outbox/sweeps.js';
import { finishPeople } from '../../stream/people/finishPeople.js';
import { followAddresses } from '../../stream/people/followAddresses.js';
import { startTestApi } from './api.js';

type Order = 'memory' | 'finish' | 'follow' | 'closeOld' | 'editedHolds' | 'close';

async function main(): Promise<void> {
  const api = await startTestApi({ clock: () => Promise.resolve(Date.now()) });
  const server = createServer(api.app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const obey = async (order: Order): Promise<unknown> => {
    if (order === 'memory') return process.resourceUsage().maxRSS / 1024;
    const { pool, clock, stream } = api.deps;
    if (order === 'finish') return await finishPeople({ pool, clock, stream });
    if (order === 'follow') return await followAddresses({ pool, clock, stream });
    if (order === 'closeOld') return await sweepOldGenerations({ pool, clock });
    if (order === 'editedHolds') return await sweepEditedHolds({ pool, clock });
    server.closeAllConnections();
    server.close();
    await api.close();
    return null;
  };
  process.on('message', (order: Order) => {
    void obey(order).then((done) => {
      process.send?.({ done });
      if (order === 'close') process.disconnect();
    });
  });
  process.send?.({ port, bearer: await api.bearer(), databaseUrl: api.database.url });
}

void main();
