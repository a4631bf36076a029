import { z } from 'zod';
import { namesOfAudience } from '../../../domain/audience/askedNames.js';
import { describeFilter } from '../../../domain/audience/filter.js';
import {
  SEGMENT_ACTIONS,
  SEGMENT_STATES,
  type SegmentAction,
  segmentActions,
} from '../../../domain/audience/segment/lifecycle.js';
import { readSegment, segmentSchema } from '../../../domain/audience/segment/segment.js';
import {
  listSegments,
  listSegmentVersions,
  type StoredSegment,
} from '../../../storage/queries/segments/storedSegment.js';
import { parseBodyAs, required, withKey } from '../../campaigns/readDefinition.js';
import type { ApiDeps } from '../../deps.js';
import { json, nothing, type Route, scopedRoute } from '../../route.js';
import { previewQuery } from '../../schemas/campaigns.js';
import { iso, limit } from '../../schemas/paging.js';
import * as schemas from '../../schemas/segments.js';
import { changeSegmentState, createSegment, editSegment, requireSegment } from '../../segments/changeSegment.js';
import { type Everybody, TOO_MANY } from '../../segments/everybody.js';
import { previewSegmentEdit, previewSegmentState } from '../../segments/previewSegment.js';
import { unseenNames } from '../../unseenNames.js';

/** `/v1/segments`: audiences under a name, as JSON or YAML. Who is in them is `segmentMembers.ts`. */
const TAG = 'People';
const byKey = z.object({ key: z.string().max(100) });
const body = { schema: segmentSchema, yaml: true };
const invalid = { 422: { description: 'The definition is not valid; `problems` says where and what is allowed' } };
const unknown = { 404: { description: 'There is none of that key' } };

const page = z.object({
  limit: limit(50),
  after: schemas.segmentList.after,
  state: z.enum(SEGMENT_STATES).optional(),
  tag: z.string().min(1).max(50).optional(),
  name: z.string().min(1).max(200).optional().meta({ description: 'A part of the name or key, in any letter case' }),
});

const DOCS: Readonly<Record<SegmentAction, { readonly summary: string; readonly description: string }>> = {
  archive: {
    summary: 'Archive a segment, and what refers to it',
    description:
      'Segments and campaigns that refer to it are archived too (SG-06): campaigns for good. See `?preview=true` first.',
  },
  restore: { summary: 'Restore an archived segment', description: 'What was archived with it stays archived.' },
};

export function segmentRoutes(deps: ApiDeps, everybody: Everybody): readonly Route[] {
  return [
    scopedRoute({
      method: 'post',
      path: '/v1/segments',
      summary: 'Create a segment',
      description: 'Campaigns and other segments name it as `{ segment: <key> }` in their audiences.',
      tag: TAG,
      scope: 'campaigns:write',
      params: nothing,
      query: nothing,
      body,
      answers: {
        201: { description: 'Created', schema: schemas.segmentAnswer },
        409: { description: 'The key is taken, or it names a segment that may not be named' },
        ...invalid,
      },
      handle: async ({ body: given, apiKeyId }) => {
        const definition = required(parseBodyAs(given, readSegment));
        return json(
          201,
          await answer(deps, await createSegment(deps, { apiKeyId, action: 'segment.create' }, definition)),
        );
      },
    }),
    scopedRoute({
      method: 'get',
      path: '/v1/segments',
      summary: 'List segments, newest first',
      tag: TAG,
      scope: 'campaigns:read',
      params: nothing,
      query: page,
      answers: { 200: { description: 'A page of them', schema: schemas.segmentPage } },
      handle: async ({ query }) => {
        const { after: [beforeId = null] = [], state = null, tag = null, name = null } = query;
        const rows = await listSegments(deps.pool, { beforeId, state, tag, name, limit: query.limit + 1 });
        const { shown, next } = schemas.segmentList.page(rows, query.limit, ({ id }) => [id]);
        return json(200, { segments: shown.map(summary), next });
      },
    }),
    scopedRoute({
      method: 'get',
      path: '/v1/segments/{key}',
      summary: 'Read a segment',
      tag: TAG,
      scope: 'campaigns:read',
      params: byKey,
      query: nothing,
      answers: { 200: { description: 'The segment', schema: schemas.segmentAnswer }, ...unknown },
      handle: async ({ params }) => json(200, await answer(deps, await requireSegment(deps.pool, params.key))),
    }),
    scopedRoute({
      method: 'put',
      path: '/v1/segments/{key}',
      summary: 'Replace the definition of a segment',
      description:
        'Makes a new version, unless the definition is the same. Campaigns that refer to it decide their next entries by it, and ' +
        'with `recheckAudience` their waiting people too.',
      tag: TAG,
      scope: 'campaigns:write',
      params: byKey,
      query: previewQuery,
      body,
      answers: {
        200: { description: 'The segment at its newest version, or the preview', schema: schemas.editAnswer },
        ...unknown,
        409: { description: 'It is archived, or what it names or what names it does not allow the change' },
        ...invalid,
        ...TOO_MANY,
      },
      handle: async ({ params, query, body: given, apiKeyId }) => {
        const definition = withKey(params.key, given, required(parseBodyAs(given, readSegment)));
        if (query.preview === 'true') return json(200, await previewSegmentEdit(deps, everybody, definition));
        return json(
          200,
          await answer(deps, await editSegment(deps, { apiKeyId, action: 'segment.update' }, definition)),
        );
      },
    }),
    ...SEGMENT_ACTIONS.map((action) =>
      scopedRoute({
        method: 'post',
        path: `/v1/segments/{key}/${action}`,
        ...DOCS[action],
        tag: TAG,
        scope: 'campaigns:write',
        params: byKey,
        query: previewQuery,
        answers: {
          200: { description: 'Done, or the preview', schema: schemas.stateAnswer },
          ...unknown,
          409: { description: 'Its state does not allow that; the detail says what it allows' },
        },
        handle: async ({ params: { key }, query, apiKeyId }) => {
          if (query.preview === 'true') return json(200, await previewSegmentState(deps, key, action));
          const { segment, ...ended } = await changeSegmentState(deps, key, { apiKeyId, action });
          return json(200, { ...(await answer(deps, segment)), ...ended });
        },
      }),
    ),
    scopedRoute({
      method: 'get',
      path: '/v1/segments/{key}/versions',
      summary: 'List the versions of a segment, newest first',
      tag: TAG,
      scope: 'campaigns:read',
      params: byKey,
      query: z.object({ limit: limit(20), after: schemas.versionList.after }),
      answers: { 200: { description: 'A page of them', schema: schemas.versionPage }, ...unknown },
      handle: async ({ params: { key }, query }) => {
        await requireSegment(deps.pool, key);
        const [before = null] = query.after ?? [];
        const rows = await listSegmentVersions(deps.pool, { key, before, limit: query.limit + 1 });
        const { shown, next } = schemas.versionList.page(rows, query.limit, ({ version }) => [version]);
        const versions = shown.map(({ version, created_at, definition }) => ({
          version,
          createdAt: iso(created_at),
          sentence: describeFilter(definition.audience),
          definition,
        }));
        return json(200, { versions, next });
      },
    }),
  ];
}

function summary({ key, state, version, created_at, updated_at, definition, definition_hash }: StoredSegment) {
  return {
    key,
    name: definition.name,
    state,
    allowedActions: segmentActions(state),
    tags: definition.tags,
    version,
    createdAt: iso(created_at),
    updatedAt: iso(updated_at),
    sentence: describeFilter(definition.audience),
    definitionHash: definition_hash,
  };
}

async function answer({ pool }: ApiDeps, segment: StoredSegment): Promise<object> {
  const warnings = await unseenNames(pool, namesOfAudience(segment.definition.audience, 'audience'));
  return { ...summary(segment), warnings, definition: segment.definition };
}
