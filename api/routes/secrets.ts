import { z } from 'zod';
import { RappelError } from '../../domain/errors.js';
import { formatPaths, toProblems } from '../../domain/schema/problems.js';
import type { Queryable } from '../../storage/pool.js';
import { type ListedSecret, listSecrets } from '../../storage/queries/secrets/secrets.js';
import { findSecretUsers } from '../../storage/queries/secrets/secretUsers.js';
import { MAX_SECRETS, MOST_USERS, removeSecret, setSecret } from '../changeSecrets.js';
import type { ApiDeps } from '../deps.js';
import { type Body, json, nothing, type Route, scopedRoute } from '../route.js';
import { iso, keyset, limit } from '../schemas/paging.js';
import { secretAnswer, secretBody, secretPage } from '../schemas/secrets.js';

/**
 * `/v1/secrets`: values that campaigns name and do not hold. They can be set, replaced and deleted; nothing answers a value, or
 * a part of one.
 */
const TAG = 'Campaigns';
const byName = z.object({ name: z.string().max(100) });
const list = keyset('secrets', ['id']);
const page = z.object({ limit: limit(50), after: list.after });

export function secretRoutes({ pool, clock, secrets }: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'put',
      path: '/v1/secrets/{name}',
      summary: 'Set or replace a secret, which webhooks name as `{ secret: name }` in a header',
      description:
        'It is stored encrypted and never answered. A replaced value is used by every send that begins 5 seconds later.',
      tag: TAG,
      scope: 'campaigns:write',
      params: byName,
      query: nothing,
      body: { schema: secretBody, yaml: false },
      answers: {
        200: { description: 'Set', schema: secretAnswer },
        409: { description: `There are ${MAX_SECRETS} already` },
        422: { description: 'The name or the value is not valid; `problems` says what is allowed' },
      },
      handle: async ({ params: { name }, body, apiKeyId }) => {
        const who = { now: await clock(), by: { apiKeyId } };
        const set = await setSecret(pool, secrets, { name, value: valueIn(body), who });
        return json(200, answer(set));
      },
    }),
    scopedRoute({
      method: 'get',
      path: '/v1/secrets',
      summary: 'List secrets without their values, newest first',
      tag: TAG,
      scope: 'campaigns:read',
      params: nothing,
      query: page,
      answers: { 200: { description: 'A page of them', schema: secretPage } },
      handle: async ({ query }) => {
        const [beforeId = null] = query.after ?? [];
        const rows = await listSecrets(pool, { beforeId, limit: query.limit + 1 });
        const { shown, next } = list.page(rows, query.limit, ({ id }) => [id]);
        return json(200, { secrets: await withUsers(pool, shown), next });
      },
    }),
    scopedRoute({
      method: 'delete',
      path: '/v1/secrets/{name}',
      summary: 'Delete a secret that no active campaign names',
      tag: TAG,
      scope: 'campaigns:write',
      params: byName,
      query: nothing,
      answers: {
        200: { description: 'The secret as it was', schema: secretAnswer },
        404: { description: 'There is none of that name' },
        409: { description: 'Active campaigns name it; the detail says which' },
      },
      handle: async ({ params: { name }, apiKeyId }) => {
        const removed = await removeSecret(pool, name, { now: await clock(), by: { apiKeyId } });
        return json(200, answer(removed));
      },
    }),
  ];
}

/** The value as it was sent, which `setSecret` judges; the body is refused where it is no object of that one field. */
function valueIn(body: Body): unknown {
  if (body.kind !== 'json') throw new RappelError('invalid_request', 'The body must be JSON.');
  const parsed = secretBody.safeParse(body.value);
  if (parsed.success) return parsed.data.value;
  const problems = toProblems(parsed.error.issues, body.value);
  throw new RappelError('invalid_definition', 'The secret is not valid.', formatPaths(problems));
}

async function withUsers(db: Queryable, secrets: readonly ListedSecret[]): Promise<readonly object[]> {
  const names = secrets.map(({ name }) => name);
  const users = await findSecretUsers(db, names, MOST_USERS);
  return secrets.map((secret) => ({ ...answer(secret), usedBy: users.get(secret.name) ?? [] }));
}

function answer({ name, keyId, createdAt, updatedAt, updatedBy }: ListedSecret) {
  return { name, keyId, createdAt: iso(createdAt), updatedAt: iso(updatedAt), updatedBy };
}
