import { z } from 'zod';
import { listensTo } from '../../domain/campaign/entry.js';
import { RappelError } from '../../domain/errors.js';
import { locationField } from '../../domain/event/fieldChange.js';
import { MAX_RADIUS_M, MIN_RADIUS_M } from '../../domain/location/circle.js';
import { fields, text } from '../../domain/schema/fields.js';
import { keyText } from '../../domain/schema/key.js';
import { formatPaths, toProblems } from '../../domain/schema/problems.js';
import { storableProblems } from '../../domain/schema/storable.js';
import type { TransactionClient } from '../../storage/pool.js';
import { bumpCampaignsRevision } from '../../storage/queries/campaigns/bumpCampaignsRevision.js';
import { loadChangedCampaigns } from '../../storage/queries/campaigns/loadChangedCampaigns.js';
import {
  deleteLocation,
  findLocation,
  insertLocation,
  listLocations,
  type StoredLocation,
} from '../../storage/queries/events/locations.js';
import { insertAuditRow } from '../../storage/queries/operations/insertAuditRow.js';
import { withTransaction } from '../../storage/withTransaction.js';
import type { ApiDeps } from '../deps.js';
import { type Body, json, nothing, type Route, scopedRoute } from '../route.js';
import { instantText, iso, keyset, limit } from '../schemas/paging.js';

/**
 * `/v1/locations`: the named circles that campaigns listen to (AB-01). They change with the campaigns' revision, so every
 * process knows them before it decides about the next position.
 */
const TAG = 'Campaigns';
/** Each is compared with each new position of each person. */
const MAX_LOCATIONS = 1_000;
const byKey = z.object({ key: z.string().max(100) });
const list = keyset('locations', ['id']);
const page = z.object({ limit: limit(50), after: list.after });

const locationBody = fields({
  key: keyText,
  name: text(200),
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  radius: z.int().min(MIN_RADIUS_M).max(MAX_RADIUS_M).meta({ description: 'In metres' }),
}).meta({ id: 'LocationBody' });

const locationAnswer = z
  .object({
    key: z.string(),
    name: z.string(),
    latitude: z.number(),
    longitude: z.number(),
    radius: z.int(),
    createdAt: instantText,
  })
  .meta({ id: 'Location' });
const locationPage = z
  .object({ locations: z.array(locationAnswer), next: z.string().nullable() })
  .meta({ id: 'LocationPage' });

export function locationRoutes({ pool, clock }: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'post',
      path: '/v1/locations',
      summary: 'Create a location: a named circle that people enter',
      description: 'People move by the attribute `current_location: {longitude, latitude}` of POST /users/track.',
      tag: TAG,
      scope: 'campaigns:write',
      params: nothing,
      query: nothing,
      body: { schema: locationBody, yaml: false },
      answers: {
        201: { description: 'Created', schema: locationAnswer },
        409: { description: `The key is taken, or there are ${MAX_LOCATIONS} already` },
        422: { description: 'The location is not valid; `problems` says where and what is allowed' },
      },
      handle: async ({ body, apiKeyId }) => {
        const { radius: radiusM, ...wanted } = readLocation(body);
        const now = await clock();
        const created = await withTransaction(pool, async (tx) => {
          // First, so that two creations do not both find the last free place.
          await bumpCampaignsRevision(tx);
          const location = await insertLocation(tx, { ...wanted, radiusM }, { now, max: MAX_LOCATIONS });
          if (location === null) throw await notCreated(tx, wanted.key);
          await audit(tx, { now, apiKeyId, action: 'location.create', key: wanted.key, before: null, after: location });
          return location;
        });
        return json(201, answer(created));
      },
    }),
    scopedRoute({
      method: 'get',
      path: '/v1/locations',
      summary: 'List locations, newest first',
      tag: TAG,
      scope: 'campaigns:read',
      params: nothing,
      query: page,
      answers: { 200: { description: 'A page of them', schema: locationPage } },
      handle: async ({ query }) => {
        const [beforeId = null] = query.after ?? [];
        const rows = await listLocations(pool, { beforeId, limit: query.limit + 1 });
        const { shown, next } = list.page(rows, query.limit, ({ id }) => [id]);
        return json(200, { locations: shown.map(answer), next });
      },
    }),
    scopedRoute({
      method: 'get',
      path: '/v1/locations/{key}',
      summary: 'Read a location',
      tag: TAG,
      scope: 'campaigns:read',
      params: byKey,
      query: nothing,
      answers: {
        200: { description: 'The location', schema: locationAnswer },
        404: { description: 'There is none of that key' },
      },
      handle: async ({ params }) => {
        const location = await findLocation(pool, params.key);
        if (location === null) throw noLocation(params.key);
        return json(200, answer(location));
      },
    }),
    scopedRoute({
      method: 'delete',
      path: '/v1/locations/{key}',
      summary: 'Delete a location that no active campaign listens to',
      tag: TAG,
      scope: 'campaigns:write',
      params: byKey,
      query: nothing,
      answers: {
        200: { description: 'The location as it was', schema: locationAnswer },
        404: { description: 'There is none of that key' },
        409: { description: 'An active campaign listens to it' },
      },
      handle: async ({ params: { key }, apiKeyId }) => {
        const now = await clock();
        const deleted = await withTransaction(pool, async (tx) => {
          // Launches bump it too: whoever is second sees what the first has done.
          await bumpCampaignsRevision(tx);
          const location = await findLocation(tx, key);
          if (location === null || !(await deleteLocation(tx, key))) throw noLocation(key);
          const { active: campaigns } = await loadChangedCampaigns(tx, null);
          const user = campaigns.find((each) => listensTo(each).some(({ name }) => name === locationField(key)));
          if (user !== undefined) {
            throw new RappelError('conflict', `Campaign '${user.key}' is active and listens to location '${key}'.`);
          }
          await audit(tx, { now, apiKeyId, action: 'location.delete', key, before: location, after: null });
          return location;
        });
        return json(200, answer(deleted));
      },
    }),
  ];
}

function readLocation(body: Body): z.output<typeof locationBody> {
  if (body.kind !== 'json') throw new RappelError('invalid_request', 'The body must be JSON.');
  const unstorable = storableProblems(body.value);
  const parsed = locationBody.safeParse(body.value);
  if (parsed.success && unstorable.length === 0) return parsed.data;
  const problems = parsed.success ? unstorable : toProblems(parsed.error.issues, body.value);
  throw new RappelError('invalid_definition', 'The location is not valid.', formatPaths(problems));
}

async function notCreated(tx: TransactionClient, key: string): Promise<RappelError> {
  const taken = await findLocation(tx, key);
  if (taken !== null) return new RappelError('conflict', `There is a location '${key}' already: choose another key.`);
  return new RappelError('conflict', `There are ${MAX_LOCATIONS} locations, which is as many as there may be.`);
}

function noLocation(key: string): RappelError {
  return new RappelError('not_found', `There is no location '${key}'.`);
}

interface Audit {
  readonly now: number;
  readonly apiKeyId: number;
  readonly action: string;
  readonly key: string;
  readonly before: StoredLocation | null;
  readonly after: StoredLocation | null;
}

async function audit(tx: TransactionClient, { now, apiKeyId, action, key, before, after }: Audit): Promise<void> {
  const view = (location: StoredLocation | null) => (location === null ? null : { ...answer(location) });
  await insertAuditRow(tx, {
    at: now,
    apiKeyId,
    action,
    subject: `location/${key}`,
    before: view(before),
    after: view(after),
  });
}

function answer({ key, name, latitude, longitude, radiusM: radius, created_at }: StoredLocation) {
  return { key, name, latitude, longitude, radius, createdAt: iso(created_at) };
}
