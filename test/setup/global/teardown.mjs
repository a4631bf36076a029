// jest globalTeardown of both service projects; the second call finds nothing left to stop.
import { stopTestPostgres } from '../postgres.mjs';

export default async function tearDown() {
  await stopTestPostgres();
}
