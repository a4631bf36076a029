/** People of an audience by id, page by page, each with what every filter says of them. */
import type { AskedAt } from '../domain/audience/askedAt.js';
import { type CheckedFilter, checkFilter } from '../domain/audience/checkFilter.js';
import type { Filter } from '../domain/audience/filter.js';
import type { UserFacts } from '../domain/facts/userFacts.js';
import { filterToSql } from '../facts/filters/filterToSql.js';
import type { Pool, Queryable } from '../storage/pool.js';
import { withinTime } from './counting.js';
import { eachPerson } from './people.js';

const WITHIN_MS = 10_000;
/** Of people whom SQL keeps and `evaluateFilter` does not, so many are looked at for one page. */
const MOST_ROUNDS = 20;

export interface Member {
  readonly facts: UserFacts;
  readonly checked: CheckedFilter;
}

export interface AudiencePage {
  readonly members: readonly Member[];
  /** The last id that was looked at, where there may be more. */
  readonly next: number | null;
}

export interface PageRequest extends AskedAt {
  readonly after: number;
  readonly limit: number;
}

/** Fewer than `limit` with a `next` where many had to be looked at; null: not found in time. */
export async function audiencePage(pool: Pool, filter: Filter, request: PageRequest): Promise<AudiencePage | null> {
  const { after: from, limit, ...askedAt } = request;
  return await withinTime(pool, WITHIN_MS, async (tx) => {
    const members: Member[] = [];
    const deadline = performance.now() + WITHIN_MS;
    let after = from;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const userIds = await idsAfter(tx, filter, { ...request, after });
      const isOver = await eachPerson(tx, filter, { ...askedAt, candidates: userIds, deadline }, (facts) => {
        const checked = checkFilter(filter, facts, askedAt);
        if (checked.pass) members.push({ facts, checked });
      });
      if (isOver) return null;
      if (members.length > limit)
        return { members: members.slice(0, limit), next: members[limit - 1]?.facts.userId ?? null };
      if (userIds.length < limit) return { members, next: null };
      after = userIds.at(-1) ?? after;
    }
    return { members, next: after };
  });
}

async function idsAfter(
  tx: Queryable,
  filter: Filter,
  { after, limit, ...askedAt }: PageRequest,
): Promise<readonly number[]> {
  const { text, values } = filterToSql(filter, { ...askedAt, firstParameter: 3 });
  const { rows } = await tx.query<{ user_id: number }>(
    `select m.user_id from (${text}) m where m.user_id > $1::bigint order by m.user_id limit $2::int`,
    [after, limit, ...values],
  );
  return rows.map(({ user_id }) => user_id);
}
