import { z } from 'zod';
import { campaignFromRow } from '../../storage/queries/campaigns/campaignRow.js';
import { findCampaign } from '../../storage/queries/campaigns/findCampaign.js';
import { findPeople, type PersonReference } from '../../storage/queries/people/findPeople.js';
import { noCampaign } from '../campaigns/changeCampaign.js';
import type { ApiDeps } from '../deps.js';
import { explain, unknownPerson } from '../explain/explain.js';
import { type Answer, json, nothing, parseBody, type Route, scopedRoute } from '../route.js';
import { explanation } from '../schemas/explain.js';
import { personFields, personQuery, referenceOfBody, referenceOfQuery } from '../schemas/personReference.js';

const campaign = z.string().min(1).max(100).meta({ description: 'Key of the campaign' });
const question = z.object({ campaign, ...personQuery });
const questionBody = z.strictObject({ campaign, ...personFields }).meta({ id: 'ExplainQuestion' });

/** People of one address that an answer names beside the one it is about. */
const MOST_OTHERS = 10;

const ANSWERS =
  'Answers in words (`sentence`, instants on the clock of the person and in UTC) and in data: the newest meeting of the ' +
  'two first, then every one in `history` with the values each gate saw, and what a trigger now would lead to.';

/** `/v1/explain`: why somebody did, did not or will get a campaign. */
export function explainRoutes(deps: ApiDeps): readonly Route[] {
  const answers = {
    200: { description: 'The explanation', schema: explanation },
    404: { description: 'There is no such campaign' },
  };
  const base = { path: '/v1/explain', tag: 'Campaigns', scope: 'explain', params: nothing, answers } as const;
  return [
    scopedRoute({
      ...base,
      method: 'get',
      summary: 'Why a person did, did not or will (when) get a campaign',
      description: `The person is named by external id (\`user\`), internal id or alias. ${ANSWERS}`,
      query: question,
      handle: ({ query }) => answer(deps, query.campaign, referenceOfQuery(query)),
    }),
    scopedRoute({
      ...base,
      method: 'post',
      summary: 'The same, for people named by e-mail address or phone number too',
      description:
        'Addresses never stand in a URL, so they are asked for in a body. Where several people share the address, the ' +
        `answer is about the one that \`/users/track\` would mean, and \`sharedWith\` names up to ${MOST_OTHERS} others. ${ANSWERS}`,
      query: nothing,
      body: { schema: questionBody, yaml: false },
      handle: ({ body }) => {
        const asked = parseBody(questionBody, body);
        return answer(deps, asked.campaign, referenceOfBody(asked));
      },
    }),
  ];
}

async function answer(deps: ApiDeps, key: string, reference: PersonReference): Promise<Answer> {
  const stored = await findCampaign(deps.pool, key);
  if (stored === null) throw noCampaign(key);
  const [person, ...others] = await findPeople(deps.pool, reference, 1 + MOST_OTHERS);
  const asked = reference.kind === 'externalId' ? reference.value : null;
  const waitingUrl = deps.links.waitingUrl(stored.key);
  if (person === undefined) {
    return json(200, {
      campaign: stored.key,
      user: asked,
      userId: null,
      ...unknownPerson(named(reference)),
      waitingUrl,
      sharedWith: [],
    });
  }
  const told = await explain({
    pool: deps.pool,
    workspace: deps.stream.workspace,
    campaign: campaignFromRow(stored),
    person,
    now: await deps.clock(),
    links: deps.links,
  });
  const sharedWith = others.map(({ id, external_id: user }) => ({ userId: String(id), user }));
  return json(200, {
    campaign: stored.key,
    user: person.external_id,
    userId: String(person.id),
    ...told,
    waitingUrl,
    sharedWith,
  });
}

/** As a sentence names what was asked for; addresses are not repeated. */
function named(reference: PersonReference): string {
  switch (reference.kind) {
    case 'externalId':
      return `the external id ${reference.value}`;
    case 'id':
      return `the internal id ${reference.value}`;
    case 'alias':
      return `the alias ${reference.label}:${reference.name}`;
    case 'aliasName':
      return `an alias of the name ${reference.value}`;
    case 'email':
      return 'this e-mail address';
    case 'phone':
      return 'this phone number';
  }
}
