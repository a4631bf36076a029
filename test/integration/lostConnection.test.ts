// A database that ends its connections (a restart, a failover) is an error of the statement under way, never of the process.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import request from 'supertest';
import { createApp } from '../../api/app.js';
import { createPool, type Pool } from '../../storage/pool.js';
import { withTransaction } from '../../storage/withTransaction.js';
import { startTestApi } from '../setup/api.js';
import { createTestDatabase, type TestDatabase } from '../setup/database.js';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.url, max: 1 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test('a connection that is lost between two statements of a transaction fails the transaction, and the pool goes on', async () => {
  const lost = withTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    const ended = new Promise((resolve) => {
      tx.once('end', resolve);
    });
    await database.pool.query('select pg_terminate_backend($1::int)', [rows[0]?.pid]);
    await ended;
    await tx.query('select 1');
  });
  await expect(lost).rejects.toThrow(/not queryable|terminat/);
  expect((await pool.query<{ one: number }>('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

/** Carries everything to the database until it has carried `word`, and from then on nothing back: a network that is gone. */
async function startFailingNetwork(url: string, word: string): Promise<{ url: string; stop: () => void }> {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  let isGone = false;
  const server: Server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) });
    let isLost = false;
    sockets.push(near, far);
    near.on('data', (chunk) => {
      if (!isGone && chunk.includes(word)) {
        isGone = true;
        isLost = true;
      }
      far.write(chunk);
    });
    far.on('data', (chunk) => isLost || near.write(chunk));
    for (const socket of [near, far]) socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const through = new URL(url);
  through.port = String(typeof address === 'object' && address !== null ? address.port : 0);
  return {
    url: through.href,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test('a commit whose answer is lost is answered 503 in bounded time, does not claim that nothing was recorded, and may be repeated', async () => {
  const api = await startTestApi();
  const network = await startFailingNetwork(api.database.url, 'commit');
  const behind = createPool({ connectionString: network.url, max: 1, queryTimeoutMs: 500 });
  const app = createApp({ ...api.deps, pool: behind });
  const bearer = await api.bearer();
  const track = () =>
    request(app)
      .post('/users/track')
      .set('authorization', bearer)
      .set('idempotency-key', 'once')
      .send({ events: [{ external_id: 'zoe', name: 'seen', time: new Date(api.clock.now).toISOString() }] });
  const startedAt = Date.now();
  const lost = await track();
  expect(lost.status).toBe(503);
  expect(Date.now() - startedAt).toBeLessThan(2_000);
  expect(lost.body.detail).not.toContain('nothing was recorded');
  expect(lost.body.detail).toMatch(/may have been recorded.*Idempotency-Key/);

  // The network is back, and the one connection of the pool is not the lost one.
  const again = await track();
  expect(again.status).toBe(201);
  expect(again.headers['idempotent-replayed']).toBe('true');
  const { rows } = await api.database.pool.query<{ n: number }>(`select count(*) as n from events where name = 'seen'`);
  expect(rows).toEqual([{ n: 1 }]);
  network.stop();
  await behind.end();
  await api.close();
});
