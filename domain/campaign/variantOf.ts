import { createHash } from 'node:crypto';
import type { Campaign, Variant } from './campaign.js';

export interface Assigned {
  readonly campaign: Pick<Campaign, 'id' | 'variants'>;
  /** The internal id. */
  readonly userId: number;
}

const SLOTS = 100;

/**
 * The variant of a campaign that a person gets (MV-02): the same one while its shares stay the same, and of one campaign
 * independent of another. From the hash of both ids, modulo 100, sliced by the shares in the order of the definition.
 */
export function variantOf({ campaign: { id, variants }, userId }: Assigned): Variant {
  const last = variants.at(-1);
  if (last === undefined) throw new Error(`campaign ${id} has no variant`);
  if (variants.length === 1) return last;
  const slot = slotOf(`${userId}‖${id}`);
  let end = 0;
  return variants.find(({ share }) => slot < (end += share)) ?? last;
}

function slotOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) % SLOTS;
}
