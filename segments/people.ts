/** People as audiences see them, read for many at once. */
import type { AskedAt } from '../domain/audience/askedAt.js';
import { isInAudience } from '../domain/audience/checkFilter.js';
import { type Filter, needsOf } from '../domain/audience/filter.js';
import type { UserFacts } from '../domain/facts/userFacts.js';
import { filterToSql } from '../facts/filters/filterToSql.js';
import { loadFacts } from '../facts/loadFacts.js';
import type { Queryable } from '../storage/pool.js';
import { profileOf } from '../storage/queries/people/profileColumns.js';
import { Slices } from '../telemetry/slices.js';

/** Whose attributes are in memory at a time: each may have 1 MB of them (UT-12). */
const AT_ONCE = 100;

/** Those of `userIds` who are there, in that order, with what the audience reads of each. */
export async function loadPeople(
  db: Queryable,
  filter: Filter,
  { now, userIds }: { readonly now: number; readonly userIds: readonly number[] },
): Promise<readonly UserFacts[]> {
  if (userIds.length === 0) return [];
  const loaded = await loadFacts(db, {
    audience: { userIds, needs: needsOf(filter), at: now },
    profile: { userIds },
  });
  const profiles = new Map(loaded.of('profile').map(({ user_id, body }) => [user_id, profileOf(body)]));
  return userIds.flatMap((userId) => {
    const profile = profiles.get(userId);
    return profile === undefined ? [] : [{ userId, profile, ...loaded.audienceFactsOf(userId) }];
  });
}

export interface Asked extends AskedAt {
  readonly candidates: readonly number[];
  /** By the monotonic clock. */
  readonly deadline: number;
}

/**
 * Who of the candidates is in the audience: by SQL and, where SQL cannot answer, by `evaluateFilter`. Null: the time was over
 * before all had been asked about.
 */
export async function whoPasses(
  db: Queryable,
  filter: Filter,
  { candidates, deadline, ...askedAt }: Asked,
): Promise<readonly number[] | null> {
  const { text, values, isExact } = filterToSql(filter, { ...askedAt, candidates });
  const { rows } = await db.query<{ user_id: number }>(text, [...values]);
  const userIds = rows.map(({ user_id }) => user_id);
  if (isExact) return userIds;
  const passing: number[] = [];
  const isOver = await eachPerson(db, filter, { ...askedAt, candidates: userIds, deadline }, (facts) => {
    if (isInAudience(filter, facts, askedAt)) passing.push(facts.userId);
  });
  return isOver ? null : passing;
}

/** Asks about one after the other, and lets other requests have their turn between. Returns whether the time was over first. */
export async function eachPerson(
  db: Queryable,
  filter: Filter,
  { now, candidates, deadline }: Asked,
  ask: (facts: UserFacts) => void,
): Promise<boolean> {
  const slices = new Slices();
  for (let from = 0; from < candidates.length; from += AT_ONCE) {
    const people = await loadPeople(db, filter, { now, userIds: candidates.slice(from, from + AT_ONCE) });
    for (const facts of people) {
      if (performance.now() > deadline) return true;
      ask(facts);
      if (slices.isOver) await slices.giveWay();
    }
  }
  return false;
}
