/**
 * Reads the events that filters with `where` count, where one statement of all people and filters would have too many: of half the
 * people, of half of these, and in the end of one person and one filter, which is bounded. What was read is counted at once.
 */
import type { Matching } from '../domain/facts/matching.js';
import { needsOfKind } from '../domain/facts/userFacts.js';
import type { Queryable } from '../storage/pool.js';
import { factsStatement } from './factsStatement.js';
import type { AudienceAsked } from './sources/audience.js';
import { isCutTogether, type MatchingFact, matchingOf } from './sources/matching.js';

type Audience = NonNullable<AudienceAsked['audience']>;

/** By person. `audience`: as it was asked of one statement. */
export async function loadMatching(tx: Queryable, audience: Audience): Promise<ReadonlyMap<number, Matching>> {
  const known = new Map<number, Matching>();
  const left = halvesOf({ ...audience, needs: needsOfKind(audience.needs, 'matching') });
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    const facts = await read(tx, part);
    if (isCutTogether(facts)) {
      left.push(...halvesOf(part));
      continue;
    }
    for (const userId of part.userIds) {
      const own = facts.filter(({ user_id }) => user_id === userId);
      known.set(userId, new Map([...(known.get(userId) ?? []), ...matchingOf(part.needs, own)]));
    }
  }
  return known;
}

type Row = MatchingFact & { readonly user_id: number };

async function read(tx: Queryable, audience: Audience): Promise<readonly Row[]> {
  const statement = factsStatement({ audience });
  return statement === null ? [] : (await tx.query<Row>(statement)).rows;
}

/** Of the people or, of one, of the filters. */
function halvesOf(audience: Audience): Audience[] {
  const { userIds, needs } = audience;
  if (userIds.length > 1) return inHalves(userIds).map((some) => ({ ...audience, userIds: some }));
  if (needs.length > 1) return inHalves(needs).map((some) => ({ ...audience, needs: some }));
  throw new RangeError('one filter of one person has more events than are read');
}

function inHalves<T>(all: readonly T[]): readonly (readonly T[])[] {
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle), all.slice(middle)];
}
