import { z } from 'zod';
import type { ApiDeps } from '../../deps.js';
import { json, nothing, type Route, scopedRoute } from '../../route.js';
import * as schemas from '../../schemas/audiences.js';
import { limit } from '../../schemas/paging.js';
import { referenceOfBody } from '../../schemas/personReference.js';
import { createEverybody, TOO_MANY } from '../../segments/everybody.js';
import { readAudienceBody } from '../../segments/readAudience.js';
import { COUNTED_WITHIN_MS, checkPerson, pageAnswerOf, sizeAnswerOf } from '../../segments/segmentPeople.js';
import { resolved } from '../../segments/segmentRules.js';
import { userListRoutes } from '../people/userList.js';
import { segmentMemberRoutes } from './segmentMembers.js';
import { segmentRoutes } from './segments.js';

/** `/v1/audiences`: how many people an audience has, who they are, and what each filter says of one of them. */
const BASE = { tag: 'People', scope: 'users:read', params: nothing, query: nothing } as const;

/** All that asks about everybody, whose places it shares. */
export function audienceRoutes(deps: ApiDeps): readonly Route[] {
  const { pool } = deps;
  const everybody = createEverybody();
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
      answers: { 200: { description: 'The numbers', schema: schemas.sizeAnswer }, ...TOO_MANY },
      handle: async ({ body }) => {
        const { audience, perFilter } = readAudienceBody(schemas.sizeBody, body);
        return json(200, await sizeAnswerOf(deps, everybody, { audience: await resolved(pool, audience), perFilter }));
      },
    }),
    scopedRoute({
      ...BASE,
      method: 'post',
      path: '/v1/audiences/preview',
      summary: 'People of an audience, each with the values that decided',
      query: z.object({ limit: limit(20), after: schemas.audienceList.after }),
      body: { schema: schemas.audienceBody, yaml: false },
      answers: { 200: { description: 'A page of them, by id', schema: schemas.pageAnswer }, ...TOO_MANY },
      handle: async ({ body, query }) => {
        const audience = await resolved(pool, readAudienceBody(schemas.audienceBody, body).audience);
        return json(200, await pageAnswerOf(deps, everybody, { audience, query }));
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
        return json(200, await checkPerson(deps, await resolved(pool, audience), referenceOfBody(fields)));
      },
    }),
    ...segmentRoutes(deps, everybody),
    ...segmentMemberRoutes(deps, everybody),
    ...userListRoutes(deps, everybody),
  ];
}
