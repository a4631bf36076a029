import { z } from 'zod';
import { RappelError } from '../../domain/errors.js';
import type { ApiDeps } from '../deps.js';
import { createReadiness } from '../readiness.js';
import { json, nothing, openRoute, type Route, scopedRoute } from '../route.js';

/** What load balancers and monitoring ask. */
const status = z.object({ status: z.literal('ok') }).meta({ id: 'Status' });

export function operationsRoutes(deps: ApiDeps): readonly Route[] {
  const unreadyReason = createReadiness(deps);
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
      summary:
        'Whether this process can serve: database reachable, migrated, writable, partitions at least 7 days ahead, clocks equal',
      tag: 'Operations',
      isProbe: true,
      params: nothing,
      query: nothing,
      answers: {
        200: { description: 'It can', schema: status },
        503: { description: 'It cannot; the detail says why' },
      },
      handle: async () => {
        const reason = await unreadyReason();
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
