// What a template may read, by name (LQ-01): the person's attributes plainly and under Braze's names, the trigger's
// properties, the campaign's name. Nothing else of ours is within a template's reach.

import type { JsonObject } from '../domain/json.js';
import { STANDARD_FIELDS } from '../domain/profile/standardFields.js';
import type { TemplateScope } from './templates.js';

/** `_profile` is what `${…}` without a prefix means; a template's own variables cannot be mistaken for it. */
export function scopeVariables({
  profile,
  eventProperties,
  campaign,
}: Omit<TemplateScope, 'source' | 'userId'>): JsonObject {
  const standard = {
    ...Object.fromEntries(STANDARD_FIELDS.map((field) => [field.name, field.valueOf(profile)])),
    user_id: profile.externalId,
    email_address: profile.email,
    phone_number: profile.phone,
  };
  const person = { ...profile.attributes, ...standard };
  return {
    ...person,
    _profile: person,
    custom_attribute: profile.attributes,
    event_properties: eventProperties,
    campaign: { name: campaign.name, id: campaign.id },
    subscribed_state: { email_global: profile.emailSubscription, push_global: profile.pushSubscription },
  };
}
