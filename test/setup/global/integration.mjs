// jest globalSetup of the project `integration`: a PostgreSQL.
import { startTestPostgres } from '../postgres.mjs';

export default async function setUp() {
  await startTestPostgres();
}
