import type { AskedAt } from '../../domain/audience/askedAt.js';
import { checkFilter } from '../../domain/audience/checkFilter.js';
import type { Filter } from '../../domain/audience/filter.js';
import { RappelError } from '../../domain/errors.js';
import { audiencePage, type Member } from '../../segments/audiencePage.js';
import { type AudienceSize, audienceSize } from '../../segments/audienceSize.js';
import { filterShares } from '../../segments/filterShares.js';
import { loadPeople } from '../../segments/people.js';
import { findPeople, type PersonReference } from '../../storage/queries/people/findPeople.js';
import type { ApiDeps } from '../deps.js';
import { audienceList } from '../schemas/audiences.js';
import { iso } from '../schemas/paging.js';
import type { Everybody } from './everybody.js';

/** What the routes about audiences and segments answer of people and their number. */
export const COUNTED_WITHIN_MS = 5_000;

/** Where no campaign is concerned: days are the workspace's. */
export async function askedNow({ clock, stream: { workspace } }: Pick<ApiDeps, 'clock' | 'stream'>): Promise<AskedAt> {
  return { now: await clock(), workspace, isLocalTime: false };
}

export function personOf({ facts: { userId, profile } }: Pick<Member, 'facts'>) {
  return { user: profile.externalId, userId: String(userId) };
}

export async function sizeAnswerOf(
  deps: Pick<ApiDeps, 'pool' | 'clock' | 'stream'>,
  everybody: Everybody,
  { audience, perFilter }: { readonly audience: Filter; readonly perFilter: boolean },
): Promise<object> {
  const { pool } = deps;
  const askedAt = await askedNow(deps);
  const size = await everybody.ask(() => audienceSize(pool, audience, { ...askedAt, timeoutMs: COUNTED_WITHIN_MS }));
  const { drawn, ...counts } = size;
  const shares = perFilter ? await everybody.ask(() => filterShares(pool, audience, askedAt)) : null;
  const filters = shares === null ? null : { filters: shares.filters, ...madeOf(shares.drawn) };
  return { ...counts, ...madeOf(drawn), filters, at: iso(askedAt.now) };
}

function madeOf(drawn: AudienceSize['drawn']) {
  return drawn === null
    ? { about: false, madeOf: 'counted' }
    : { about: true, madeOf: `estimated from ${drawn} people drawn at random` };
}

/** A page of people by id, each with the values that decided. */
export async function pageAnswerOf(
  deps: Pick<ApiDeps, 'pool' | 'clock' | 'stream'>,
  everybody: Everybody,
  { audience, query }: { readonly audience: Filter; readonly query: PageQuery },
): Promise<object> {
  const askedAt = await askedNow(deps);
  const { limit, after: [after = 0] = [] } = query;
  const page = await everybody.ask(() => audiencePage(deps.pool, audience, { ...askedAt, after, limit }));
  const people = page.members.map((member) => ({ ...personOf(member), audience: member.checked }));
  return { people, next: page.next === null ? null : audienceList.next([page.next]), at: iso(askedAt.now) };
}

interface PageQuery {
  readonly limit: number;
  readonly after?: readonly number[] | undefined;
}

/** Throws `not_found` where there is nobody of that name. */
export async function checkPerson(
  deps: Pick<ApiDeps, 'pool' | 'clock' | 'stream'>,
  audience: Filter,
  reference: PersonReference,
): Promise<object> {
  const { pool } = deps;
  const [person] = await findPeople(pool, reference, 1);
  const askedAt = await askedNow(deps);
  const { now } = askedAt;
  const [facts] = person === undefined ? [] : await loadPeople(pool, audience, { now, userIds: [person.id] });
  if (facts === undefined) throw new RappelError('not_found', 'There is nobody of that name.');
  const checked = checkFilter(audience, facts, askedAt);
  return { ...personOf({ facts }), pass: checked.pass, audience: checked, at: iso(now) };
}
