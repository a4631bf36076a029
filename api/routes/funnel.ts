import { z } from 'zod';
import { findCampaign } from '../../storage/queries/campaigns/findCampaign.js';
import { funnelDuring } from '../../storage/queries/counts/campaignCounts.js';
import { noCampaign } from '../campaigns/changeCampaign.js';
import type { ApiDeps } from '../deps.js';
import { json, type Route, scopedRoute } from '../route.js';
import { funnelAnswer } from '../schemas/campaigns.js';
import { day, iso, wholeNumber } from '../schemas/paging.js';

const FIRST_DAY = '0001-01-01';

const asked = z
  .object({
    from: day('What happened on this UTC day or later'),
    to: day("What happened on this UTC day or earlier; not before 'from'"),
    version: wholeNumber(1, 999_999_999)
      .optional()
      .meta({ description: 'Of those only who entered under this version, or were turned away by it' }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    error: "must not lie before 'from'",
  });

/** `GET /v1/campaigns/{key}/funnel`: from the trigger to the message, each loss by its reason. */
export function funnelRoutes({ pool, clock }: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'get',
      path: '/v1/campaigns/{key}/funnel',
      summary: 'How many met the trigger, were turned away, entered, wait and ended, and why',
      description:
        'From counts that are kept with each change, so it costs the same for ten people as for ten million. With `from` ' +
        'or `to`, the numbers say what happened on those days; `waiting` and `parked` are always of now. ' +
        'Whoever waits when a campaign is stopped counts as cancelled at once.',
      tag: 'Campaigns',
      scope: 'campaigns:read',
      params: z.object({ key: z.string().max(100) }),
      query: asked,
      answers: {
        200: { description: 'The funnel', schema: funnelAnswer },
        404: { description: 'There is no such campaign' },
      },
      handle: async ({ params, query }) => {
        const campaign = await findCampaign(pool, params.key);
        if (campaign === null) throw noCampaign(params.key);
        const { from, to, version = null } = query;
        const now = iso(await clock());
        const today = now.slice(0, 10);
        const days = from === undefined && to === undefined ? null : { from: from ?? FIRST_DAY, to: to ?? today };
        const funnel = await funnelDuring(pool, campaign, { version, days, today });
        return json(200, { campaign: params.key, version, from: from ?? null, to: to ?? null, asOf: now, ...funnel });
      },
    }),
  ];
}
