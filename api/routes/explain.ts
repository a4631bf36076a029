import { z } from 'zod';
import { campaignOf } from '../../storage/queries/campaignRow.js';
import { findCampaign } from '../../storage/queries/findCampaign.js';
import { noCampaign } from '../changeCampaign.js';
import type { ApiDeps } from '../deps.js';
import { explain } from '../explain/explain.js';
import { json, nothing, type Route, scopedRoute } from '../route.js';
import { explanation } from '../schemas/explain.js';

const question = z.object({ campaign: z.string().min(1).max(100), user: z.string().min(1).max(255) });

/** `GET /v1/explain`: why somebody did, did not or will get a campaign. */
export function explainRoutes(deps: ApiDeps): readonly Route[] {
  return [
    scopedRoute({
      method: 'get',
      path: '/v1/explain',
      summary: 'Why a person did, did not or will (when) get a campaign',
      description:
        '`campaign` is a campaign key, `user` an external id. Answers in words (`sentence`) and in data: the newest ' +
        'meeting of the two first, then every one in `history` with the values each gate saw, and what a trigger now would lead to.',
      tag: 'Campaigns',
      scope: 'explain',
      params: nothing,
      query: question,
      answers: {
        200: { description: 'The explanation', schema: explanation },
        404: { description: 'There is no such campaign' },
      },
      handle: async ({ query }) => {
        const stored = await findCampaign(deps.pool, query.campaign);
        if (stored === null) throw noCampaign(query.campaign);
        const answer = await explain({
          pool: deps.pool,
          workspace: deps.stream.workspace,
          campaign: campaignOf(stored),
          externalId: query.user,
          now: await deps.clock(),
        });
        return json(200, { campaign: stored.key, user: query.user, ...answer });
      },
    }),
  ];
}
