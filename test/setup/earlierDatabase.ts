import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate, migrationFiles } from '../../storage/migrate.js';
import { createEmptyDatabase, type TestDatabase } from './database.js';

const NOW = Date.UTC(2026, 10, 23, 9);
const MIGRATIONS = path.join(__dirname, '../../storage/migrations');

/** A database as it was before a migration, to be filled with what that migration has to carry over. */
export interface EarlierDatabase extends TestDatabase {
  migrate(): Promise<void>;
}

/** `before`: the number of the migration, as `000024`. */
export async function createEarlierDatabase(before: string): Promise<EarlierDatabase> {
  const database = await createEmptyDatabase();
  const directory = await mkdtemp(path.join(tmpdir(), 'rappel-migrations-'));
  for (const { name, file } of (await migrationFiles(MIGRATIONS)).filter(({ name }) => name < before)) {
    await copyFile(file, path.join(directory, name));
  }
  await migrate(database.pool, { now: NOW, directory });
  await rm(directory, { recursive: true });
  return {
    ...database,
    migrate: async () => {
      await migrate(database.pool, { now: NOW, directory: MIGRATIONS });
    },
  };
}
