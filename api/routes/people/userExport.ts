import type { z } from 'zod';
import type { Pool } from '../../../storage/pool.js';
import { exportPerson, type HeldPage, HOLDINGS } from '../../../storage/queries/people/exportPerson.js';
import type { StoredUser } from '../../../storage/queries/people/findPeople.js';
import { nothing, type Route, scopedRoute, type WriteLine } from '../../route.js';
import { exportLine } from '../../schemas/users.js';

interface Exported<P extends z.ZodObject> {
  readonly pool: Pool;
  readonly path: string;
  readonly params: P;
  readonly by: string;
  readonly requireUser: (params: z.output<P>) => Promise<StoredUser>;
  /** The person as they are, with their aliases. */
  readonly describe: (user: StoredUser) => object;
}

/** `…/export`: all that is held of one person, line by line, however much it is. */
export function exportRoute<P extends z.ZodObject>({
  pool,
  path,
  params,
  by,
  requireUser,
  describe,
}: Exported<P>): Route {
  return scopedRoute({
    method: 'get',
    path: `${path}/export`,
    summary: `Everything that is held of a person (by ${by})`,
    description:
      'One JSON text a line: `person`, then each `total` of purchases and sessions, `receipt`, `engagement`, `event`, `rejection`, `pairing` and ' +
      '`message`, and `end` with how many there were of each. An answer without `end` is not whole. What happens meanwhile may be in it.',
    tag: 'People',
    scope: 'users:read',
    params,
    query: nothing,
    answers: {
      200: { description: 'Lines, `end` last', schema: exportLine, contentType: 'application/x-ndjson' },
      404: { description: `There is nobody of that ${by}` },
    },
    handle: async (call) => {
      const user = await requireUser(call.params);
      return {
        kind: 'lines',
        run: async (write) => {
          await write({ person: describe(user) });
          await write({ end: await writeHoldings(pool, user.id, write) });
        },
      };
    },
  });
}

async function writeHoldings(pool: Pool, userId: number, write: WriteLine): Promise<object> {
  const counts: Record<string, number> = {};
  for (const holding of HOLDINGS) {
    counts[holding] = 0;
    for (let after: HeldPage['next'] = null; ; ) {
      const page: HeldPage = await exportPerson(pool, { userId, holding, after });
      for (const { held } of page.rows) await write({ [holding]: held });
      counts[holding] += page.rows.length;
      after = page.next;
      if (after === null) break;
    }
  }
  return counts;
}
