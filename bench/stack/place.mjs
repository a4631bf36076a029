// A new folder for everything of one run, that PostgreSQL's own user can reach, and the programs it is run with.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { shared } from '../../cli/dev/paths.mjs';
import { giveTo, postgresOwner, postgresPrograms, reachableFolder } from '../../cli/dev/services/postgresFiles.mjs';
import { guard } from '../../test/setup/guard.mjs';

/** What `startPostgres` is given of it. With `isKept` the folder stays when the run ends, however that is. */
export function makePlace({ name, say, isKept = false }) {
  const owner = postgresOwner(say);
  const programs = postgresPrograms(owner, say);
  const folder = mkdtempSync(path.join(reachableFolder([tmpdir(), shared], owner), `rappel-${name}-`));
  giveTo(owner, folder);
  if (!isKept) guard({ remove: folder });
  return { owner, programs, folder };
}
