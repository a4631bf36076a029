import { z } from 'zod';
import { checkFilter } from '../../domain/audience/checkFilter.js';
import type { Filter } from '../../domain/audience/filter.js';
import { RappelError } from '../../domain/errors.js';
import { audiencePage } from '../../segments/audiencePage.js';
import { audienceSize } from '../../segments/audienceSize.js';
import { filterShares } from '../../segments/filterShares.js';
import { loadPeople } from '../../segments/people.js';
import { Slots } from '../../simulation/slots.js';
import { findPeople } from '../../storage/queries/people/findPeople.js';
import type { ApiDeps } from '../deps.js';
import { readAudienceBody } from '../readAudience.js';
import { json, nothing, type Route, scopedRoute } from '../route.js';
import * as schemas from '../schemas/audiences.js';
import { iso, limit } from '../schemas/paging.js';
import { referenceOfBody } from '../schemas/personReference.js';

/** `/v1/audiences`: how many people an audience has, who they are, and what each filter says of one of them. */
const BASE = { tag: 'People', scope: 'users:read', params: nothing, query: nothing } as const;
const AT_A_TIME = 2;
const COUNTED_WITHIN_MS = 5_000;

export function audienceRoutes({ pool, clock }: ApiDeps): readonly Route[] {
  const slots = new Slots(AT_A_TIME, 'questions about everybody');
  /** Reads of everybody share few places. */
  const inTurn = async <T>(work: () => Promise<T | null>): Promise<T> => {
    const release = slots.take();
    try {
      const answer = await work();
      if (answer !== null) return answer;
      throw new RappelError('unavailable', 'The database did not answer in time: ask again, or with fewer filters.');
    } finally {
      release();
    }
  };
  const sharesOf = async (audience: Filter, now: number) => {
    const { filters, drawn } = await inTurn(() => filterShares(pool, audience, now));
    return { filters, ...madeOf(drawn) };
  };
  const tooMany = { 429: { description: `${AT_A_TIME} such questions are answered already` } };
  return [
    scopedRoute({
      ...BASE,
      method: 'post',
      path: '/v1/audiences/size',
      summary: 'How many people an audience has, and whom each channel reaches of them',
      description:
        `Counted exactly or, where that takes more than ${COUNTED_WITHIN_MS / 1_000} s, estimated from some 4,000 people ` +
        'drawn at random: `about` and `madeOf` tell. What each filter lets pass is asked of as many.',
      body: { schema: schemas.sizeBody, yaml: false },
      answers: { 200: { description: 'The numbers', schema: schemas.sizeAnswer }, ...tooMany },
      handle: async ({ body }) => {
        const { audience, perFilter } = readAudienceBody(schemas.sizeBody, body);
        const now = await clock();
        const size = await inTurn(() => audienceSize(pool, audience, { now, timeoutMs: COUNTED_WITHIN_MS }));
        const { drawn, ...counts } = size;
        const filters = perFilter ? await sharesOf(audience, now) : null;
        return json(200, { ...counts, ...madeOf(drawn), filters, at: iso(now) });
      },
    }),
    scopedRoute({
      ...BASE,
      method: 'post',
      path: '/v1/audiences/preview',
      summary: 'People of an audience, each with the values that decided',
      query: z.object({ limit: limit(20), after: schemas.audienceList.after }),
      body: { schema: schemas.audienceBody, yaml: false },
      answers: { 200: { description: 'A page of them, by id', schema: schemas.pageAnswer }, ...tooMany },
      handle: async ({ body, query }) => {
        const { audience } = readAudienceBody(schemas.audienceBody, body);
        const now = await clock();
        const [after = 0] = query.after ?? [];
        const page = await inTurn(() => audiencePage(pool, audience, { now, after, limit: query.limit }));
        const people = page.members.map(({ facts, checked }) => ({
          user: facts.profile.externalId,
          userId: String(facts.userId),
          audience: checked,
        }));
        return json(200, {
          people,
          next: page.next === null ? null : schemas.audienceList.next([page.next]),
          at: iso(now),
        });
      },
    }),
    scopedRoute({
      ...BASE,
      method: 'post',
      path: '/v1/audiences/check',
      summary: 'Whether a person is in an audience: what each filter says, and the value it saw',
      description:
        'The person is named by exactly one of external id, internal id, alias, e-mail address, phone number.',
      body: { schema: schemas.checkBody, yaml: false },
      answers: {
        200: { description: 'Each filter', schema: schemas.checkAnswer },
        404: { description: 'There is nobody of that name' },
      },
      handle: async ({ body }) => {
        const { audience, ...fields } = readAudienceBody(schemas.checkBody, body);
        const [person] = await findPeople(pool, referenceOfBody(fields), 1);
        const now = await clock();
        const [facts] = person === undefined ? [] : await loadPeople(pool, audience, { now, userIds: [person.id] });
        if (facts === undefined) throw new RappelError('not_found', 'There is nobody of that name.');
        const checked = checkFilter(audience, facts, now);
        const { userId, profile } = facts;
        return json(200, {
          user: profile.externalId,
          userId: String(userId),
          pass: checked.pass,
          audience: checked,
          at: iso(now),
        });
      },
    }),
  ];
}

function madeOf(drawn: number | null) {
  return drawn === null
    ? { about: false, madeOf: 'counted' }
    : { about: true, madeOf: `estimated from ${drawn} people drawn at random` };
}
