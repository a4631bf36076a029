import { z } from 'zod';
import { effectOf, LIFECYCLE_ACTIONS, type LifecycleAction } from '../../domain/campaign/lifecycle.js';
import { campaignAnswer } from '../campaigns/campaignAnswers.js';
import { changeState } from '../campaigns/changeCampaign.js';
import { previewState } from '../campaigns/previewChange.js';
import type { ApiDeps } from '../deps.js';
import { json, type Route, scopedRoute } from '../route.js';
import * as schemas from '../schemas/campaigns.js';

/** `POST /v1/campaigns/{key}/launch|stop|resume|archive` (LC-01…LC-04). */
const DOCS: Readonly<Record<LifecycleAction, { readonly summary: string; readonly description: string }>> = {
  launch: { summary: 'Launch a draft', description: 'Only triggers from now on count (AB-10).' },
  stop: {
    summary: 'Stop an active campaign',
    description: 'Waiting messages are cancelled; their people qualify again at the next trigger after a resume.',
  },
  resume: { summary: 'Resume a stopped campaign', description: 'Only triggers from now on count.' },
  archive: { summary: 'Archive a campaign', description: 'Final. Waiting messages are cancelled.' },
};

export function campaignLifecycleRoutes(deps: ApiDeps): readonly Route[] {
  return LIFECYCLE_ACTIONS.map((action) =>
    scopedRoute({
      method: 'post',
      path: `/v1/campaigns/{key}/${action}`,
      ...DOCS[action],
      tag: 'Campaigns',
      scope: 'campaigns:write',
      params: z.object({ key: z.string().max(100) }),
      query: schemas.previewQuery,
      answers: {
        200: { description: 'Done, or the preview', schema: schemas.stateAnswer },
        404: { description: 'There is none of that key' },
        409: { description: 'Its state does not allow that; the detail says what it allows' },
      },
      handle: async ({ params, query, apiKeyId }) => {
        if (query.preview === 'true') return json(200, await previewState(deps, params.key, action));
        const { campaign, dropped } = await changeState(deps, params.key, { apiKeyId, action });
        const reason = campaign.state === 'archived' ? 'campaign_archived' : 'campaign_stopped';
        return json(200, {
          ...(await campaignAnswer(deps, campaign)),
          dropped: { count: dropped, byReason: dropped === 0 ? {} : { [reason]: dropped } },
          effect: effectOf(action, dropped),
        });
      },
    }),
  );
}
