import type { Campaign, Variant } from './campaign.js';

/** The un-rendered messages of a pairing's variant; of the first where an edit has taken that variant away. */
export function messagesOf({ variants }: Pick<Campaign, 'variants'>, variant: string): Variant['messages'] {
  return (variants.find(({ key }) => key === variant) ?? variants[0])?.messages ?? {};
}
