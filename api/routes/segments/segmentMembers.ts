import { z } from 'zod';
import type { Filter } from '../../../domain/audience/filter.js';
import { audiencePage } from '../../../segments/audiencePage.js';
import type { PersonReference } from '../../../storage/queries/people/findPeople.js';
import { listSegmentSizes } from '../../../storage/queries/segments/segmentSizes.js';
import type { ApiDeps } from '../../deps.js';
import { json, nothing, parseBody, type Route, scopedRoute, type WriteLine } from '../../route.js';
import { audienceList, checkAnswer, pageAnswer, sizeAnswer } from '../../schemas/audiences.js';
import { iso, limit, wholeNumber } from '../../schemas/paging.js';
import { personFields, personQuery, referenceOfBody, referenceOfQuery } from '../../schemas/personReference.js';
import * as schemas from '../../schemas/segments.js';
import { requireSegment } from '../../segments/changeSegment.js';
import { type Everybody, TOO_MANY } from '../../segments/everybody.js';
import { askedNow, checkPerson, pageAnswerOf, personOf, sizeAnswerOf } from '../../segments/segmentPeople.js';
import { resolved } from '../../segments/segmentRules.js';

/** `/v1/segments/{key}/…`: how many people a segment has, who they are, and why somebody is or is not. */
const BASE = { tag: 'People', scope: 'users:read', params: z.object({ key: z.string().max(100) }) } as const;
const unknown = { 404: { description: 'There is none of that key, or nobody of that name' } };
const PAGE = 500;
const MOST_LINES = 10_000_000;

export function segmentMemberRoutes(deps: ApiDeps, everybody: Everybody): readonly Route[] {
  const { pool } = deps;
  const audienceOf = async (key: string): Promise<Filter> =>
    await resolved(pool, (await requireSegment(pool, key)).definition.audience);
  const check = async (key: string, reference: PersonReference) =>
    json(200, await checkPerson(deps, await audienceOf(key), reference));
  return [
    scopedRoute({
      ...BASE,
      method: 'get',
      path: '/v1/segments/{key}/size',
      summary: 'How many people a segment has, and whom each channel reaches of them',
      query: z.object({ perFilter: z.enum(['true', 'false']).default('false') }),
      answers: { 200: { description: 'The numbers', schema: sizeAnswer }, ...unknown, ...TOO_MANY },
      handle: async ({ params, query }) => {
        const audience = await audienceOf(params.key);
        return json(200, await sizeAnswerOf(deps, everybody, { audience, perFilter: query.perFilter === 'true' }));
      },
    }),
    scopedRoute({
      ...BASE,
      method: 'get',
      path: '/v1/segments/{key}/sizes',
      summary: 'The size of a segment on each day on which it was kept, newest first',
      description: 'Kept once a day while `trackSize` is on.',
      query: z.object({ limit: limit(30), after: schemas.sizeList.after }),
      answers: { 200: { description: 'A page of them', schema: schemas.sizePage }, ...unknown },
      handle: async ({ params: { key }, query }) => {
        await requireSegment(pool, key);
        const [before = null] = query.after ?? [];
        const rows = await listSegmentSizes(pool, { key, before, limit: query.limit + 1 });
        const { shown, next } = schemas.sizeList.page(rows, query.limit, ({ number }) => [number]);
        return json(200, { sizes: shown.map(({ day, people, about }) => ({ day, people, about })), next });
      },
    }),
    scopedRoute({
      ...BASE,
      method: 'get',
      path: '/v1/segments/{key}/preview',
      summary: 'People of a segment, each with the values that decided',
      query: z.object({ limit: limit(20), after: audienceList.after }),
      answers: { 200: { description: 'A page of them, by id', schema: pageAnswer }, ...unknown, ...TOO_MANY },
      handle: async ({ params, query }) => {
        return json(200, await pageAnswerOf(deps, everybody, { audience: await audienceOf(params.key), query }));
      },
    }),
    scopedRoute({
      ...BASE,
      method: 'get',
      path: '/v1/segments/{key}/members',
      summary: 'Everybody who is in a segment, a line each, by id',
      description:
        'Newline-delimited JSON: a person a line, and at the end a line that says so. An answer that breaks off has none: ask again ' +
        'with the last `cursor` as `after`, and nobody is missing and nobody twice.',
      query: z.object({
        after: audienceList.after,
        limit: wholeNumber(1, MOST_LINES).optional().meta({ description: 'How many lines at most; all when absent' }),
      }),
      answers: {
        200: { description: 'Lines', schema: schemas.memberLine, contentType: 'application/x-ndjson' },
        ...unknown,
        ...TOO_MANY,
      },
      handle: async ({ params, query, signal }) => {
        const audience = await audienceOf(params.key);
        const [after = 0] = query.after ?? [];
        const most = query.limit ?? MOST_LINES;
        return {
          kind: 'lines',
          run: (write) => writeMembers({ deps, everybody, audience, after, most, signal, write }),
        };
      },
    }),
    scopedRoute({
      ...BASE,
      method: 'get',
      path: '/v1/segments/{key}/check',
      summary: 'Whether a person is in a segment: what each filter says, and the value it saw',
      query: z.object(personQuery),
      answers: { 200: { description: 'Each filter', schema: checkAnswer }, ...unknown },
      handle: ({ params, query }) => check(params.key, referenceOfQuery(query)),
    }),
    scopedRoute({
      ...BASE,
      method: 'post',
      path: '/v1/segments/{key}/check',
      summary: 'The same of a person named by e-mail address or phone number too',
      query: nothing,
      body: { schema: checkBody, yaml: false },
      answers: { 200: { description: 'Each filter', schema: checkAnswer }, ...unknown },
      handle: ({ params, body }) => check(params.key, referenceOfBody(parseBody(checkBody, body))),
    }),
  ];
}

const checkBody = z.strictObject(personFields).meta({ id: 'SegmentCheckQuestion' });

interface Writing {
  readonly deps: ApiDeps;
  readonly everybody: Everybody;
  readonly audience: Filter;
  readonly after: number;
  readonly most: number;
  readonly signal: AbortSignal;
  readonly write: WriteLine;
}

/** Page by page, each of which has a place among the questions about everybody of its own: a slow reader holds none. */
async function writeMembers({ deps, everybody, audience, most, signal, write, ...from }: Writing): Promise<void> {
  const { pool } = deps;
  let { after } = from;
  let people = 0;
  while (!signal.aborted) {
    const askedAt = await askedNow(deps);
    const limitOfPage = Math.min(PAGE, most - people);
    const page = await everybody.ask(() => audiencePage(pool, audience, { ...askedAt, after, limit: limitOfPage }));
    for (const member of page.members) {
      await write({ ...personOf(member), cursor: audienceList.next([member.facts.userId]) });
    }
    people += page.members.length;
    if (page.next === null || people >= most) {
      await write({ done: true, at: iso(askedAt.now), people });
      return;
    }
    after = page.next;
  }
}
