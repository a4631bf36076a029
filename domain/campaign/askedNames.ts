import { type AskedName, namesOfAudience, namesOfMatcher } from '../audience/askedNames.js';
import type { CampaignDefinition } from './definition/definition.js';
import { compileEvent } from './definition/eventSpec.js';

/** Which names of the catalogue a campaign asks for: of events, products, attributes and their properties. */
export function namesOfCampaign({ entry: { event }, audience }: CampaignDefinition): readonly AskedName[] {
  const { trigger, exceptions = [] } = event;
  return [
    ...namesOfMatcher(compileEvent(trigger), 'entry.event.trigger'),
    ...exceptions.flatMap((each, index) => namesOfMatcher(compileEvent(each), `entry.event.exceptions[${index}]`)),
    ...(audience === undefined ? [] : namesOfAudience(audience, 'audience')),
  ];
}
