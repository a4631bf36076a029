import { z } from 'zod';
import { RappelError } from '../../domain/errors.js';
import { checkReadiness, type Readiness } from '../../storage/queries/checkReadiness.js';
import type { ApiDeps } from '../deps.js';
import { within } from '../middleware/within.js';
import { json, nothing, openRoute, type Route, scopedRoute } from '../route.js';

/** What load balancers and monitoring ask. */
const status = z.object({ status: z.literal('ok') }).meta({ id: 'Status' });
const PARTITION_MARGIN_MS = 7 * 86_400_000;
const READINESS_DEADLINE_MS = 1_500;

export function operationsRoutes(deps: ApiDeps): readonly Route[] {
  const look = sharedLook(deps);
  return [
    openRoute({
      method: 'get',
      path: '/healthz',
      summary: 'Whether this process runs',
      tag: 'Operations',
      isProbe: true,
      params: nothing,
      query: nothing,
      answers: { 200: { description: 'It does', schema: status } },
      handle: async () => json(200, { status: 'ok' }),
    }),
    openRoute({
      method: 'get',
      path: '/readyz',
      summary: 'Whether this process can serve: database reachable, migrated, partitions at least 7 days ahead',
      tag: 'Operations',
      isProbe: true,
      params: nothing,
      query: nothing,
      answers: {
        200: { description: 'It can', schema: status },
        503: { description: 'It cannot; the detail says why' },
      },
      handle: async () => {
        const reason = unreadyReason(await within(READINESS_DEADLINE_MS, look()));
        if (reason !== null) throw new RappelError('unavailable', reason);
        return json(200, { status: 'ok' });
      },
    }),
    scopedRoute({
      method: 'get',
      path: '/metrics',
      summary: 'Prometheus metrics of this process',
      tag: 'Operations',
      scope: 'metrics',
      params: nothing,
      query: nothing,
      answers: { 200: { description: 'Prometheus text', contentType: 'text/plain' } },
      handle: async () => {
        const { registry } = deps.metrics;
        return { kind: 'text', status: 200, contentType: registry.contentType, text: await registry.metrics() };
      },
    }),
  ];
}

/** Probes that come together share one statement: as nothing limits them, they must not be a way to flood the database. */
function sharedLook({ pool, clock }: ApiDeps): () => Promise<Readiness> {
  let underWay: Promise<Readiness> | null = null;
  const begin = async () => await checkReadiness(pool, (await clock()) + PARTITION_MARGIN_MS);
  return () => {
    underWay ??= begin().finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

function unreadyReason({ is_migrated, has_event_partition, has_rejection_partition }: Readiness): string | null {
  if (!is_migrated) return 'The database is not migrated.';
  if (!has_event_partition) return 'The partitions of events end in less than 7 days.';
  return has_rejection_partition ? null : 'The partitions of rejections end in less than 7 days.';
}
