// What people do with the messages of a campaign (CC-01). Ingested under a scope of its own, never through track, where
// anybody could forge opens.

export const INTERACTIONS = [
  'email_open',
  'email_click',
  'push_open',
  'in_app_view',
  'in_app_click',
  'card_view',
  'card_click',
] as const;

/** In the properties of an `interaction` event: which of them it was. */
export const INTERACTION_TYPE = 'type';
/** In the properties of a `converted` event: which conversion event of the campaign, 0 being the primary one. */
export const CONVERSION_INDEX = 'index';
/** CO-01. */
export const MAX_CONVERSION_EVENTS = 4;
