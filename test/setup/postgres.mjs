// The PostgreSQL of one jest run: a new cluster in a temporary folder, with durability off. Tests reach it through
// RAPPEL_TEST_POSTGRES_URL and take their databases from database.ts. Started once, however many projects ask.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { shared } from '../../cli/dev/paths.mjs';
import { freePort } from '../../cli/dev/services/ports.mjs';
import { startPostgres } from '../../cli/dev/services/postgres.mjs';
import { giveTo, postgresOwner, postgresPrograms, reachableFolder } from '../../cli/dev/services/postgresFiles.mjs';
import { guard } from './guard.mjs';

const NOT_DURABLE = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_connections: 200,
  shared_buffers: '128MB',
};

const log = (line) => process.stdout.write(`${line}\n`);

export async function startTestPostgres() {
  if (globalThis.rappelTestPostgres !== undefined) return;
  const owner = postgresOwner(log);
  const programs = postgresPrograms(owner, log);
  const folder = mkdtempSync(path.join(reachableFolder([tmpdir(), shared], owner), 'rappel-test-'));
  giveTo(owner, folder);
  guard({ remove: folder });
  const server = await startPostgres({
    programs,
    owner,
    folder,
    port: await freePort(),
    settings: NOT_DURABLE,
    sync: false,
  });
  guard({ kill: server.pid });
  process.env.RAPPEL_TEST_POSTGRES_URL = server.url('postgres');
  globalThis.rappelTestPostgres = { server, folder };
}

export async function stopTestPostgres() {
  const running = globalThis.rappelTestPostgres;
  if (running === undefined) return;
  globalThis.rappelTestPostgres = undefined;
  await running.server.stop();
  rmSync(running.folder, { recursive: true, force: true });
}
