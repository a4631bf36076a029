// jest globalSetup of the project `deploy`: the programs that the images of docker-compose.yml hold. Handed to the tests
// through process.env.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Stop } from '../../../cli/dev/output.mjs';
import { shared } from '../../../cli/dev/paths.mjs';
import { findDevServer, findServer } from '../../../cli/dev/services/executables.mjs';
import { postgresOwner, postgresPrograms, reachableFolder } from '../../../cli/dev/services/postgresFiles.mjs';
import { guard } from '../guard.mjs';

const log = (line) => process.stdout.write(`${line}\n`);

export default async function setUp() {
  // Found, or built for minutes, where it can be seen and not within the first test.
  process.env.RAPPEL_TEST_SERVER = await findServer();
  process.env.RAPPEL_TEST_DEV_SERVER = await findDevServer();
  const owner = postgresOwner(log);
  process.env.RAPPEL_TEST_POSTGRES_PROGRAMS = postgresPrograms(owner, log);
  process.env.RAPPEL_TEST_POSTGRES_OWNER = JSON.stringify(owner ?? {});
  // Where PostgreSQL's own user can reach its data; gone with the run, as are the processes, however it ends.
  process.env.RAPPEL_TEST_FOLDER = mkdtempSync(
    path.join(reachableFolder([tmpdir(), shared], owner), 'rappel-compose-'),
  );
  chmodSync(process.env.RAPPEL_TEST_FOLDER, 0o755);
  guard({ remove: process.env.RAPPEL_TEST_FOLDER });
  for (const program of ['psql', 'pg_isready']) {
    if (spawnSync(program, ['--version']).status !== 0)
      throw new Stop(
        `${program} is not installed, which the image of PostgreSQL has: install PostgreSQL's client programs`,
      );
  }
}
