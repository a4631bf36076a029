// What a definition refers to by key. A draft may name what does not exist yet (CC-03); a launch may not: nothing could ever
// set it off, and the key is most likely mistyped.

import { needsOf } from '../audience/filter.js';
import { segmentsOf } from '../audience/segmentsOf.js';
import { readField } from '../event/fieldChange.js';
import { isOfCampaign } from '../event/kinds.js';
import { needsOfKind } from '../facts/userFacts.js';
import type { CampaignDefinition } from './definition/definition.js';
import { compileEvent } from './definition/eventSpec.js';

export interface References {
  readonly campaigns: readonly string[];
  readonly locations: readonly string[];
  readonly segments: readonly string[];
}

export function referencesOf(definition: CampaignDefinition): References {
  const { trigger, exceptions = [] } = definition.entry.event;
  const campaigns = new Set<string>();
  const locations = new Set<string>();
  for (const { kind, name } of [trigger, ...exceptions].map(compileEvent)) {
    if (name === null) continue;
    if (isOfCampaign(kind)) campaigns.add(name);
    const field = kind === 'attributes' ? readField(name) : null;
    if (field?.kind === 'location') locations.add(field.key);
  }
  const { audience } = definition;
  const segments = audience === undefined ? [] : segmentsOf(audience);
  for (const need of audience === undefined ? [] : needsOfKind(needsOf(audience), 'received'))
    if (need.campaign !== null) campaigns.add(need.campaign);
  return { campaigns: [...campaigns], locations: [...locations], segments };
}
