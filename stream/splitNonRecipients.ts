/** CO-07: a conversion of a campaign counts only for somebody who has received it. */
import type { Queryable } from '../storage/pool.js';
import { selectRecipients } from '../storage/queries/selectRecipients.js';
import type { Incoming, ItemError } from './incoming.js';

export type Accepted = Incoming & { readonly userId: number };

export async function splitNonRecipients(
  tx: Queryable,
  accepted: readonly Accepted[],
): Promise<{ readonly counted: readonly Accepted[]; readonly errors: readonly ItemError[] }> {
  const conversions = accepted.flatMap((item) =>
    item.kind === 'converted' ? [{ userId: item.userId, campaignKey: item.name }] : [],
  );
  if (conversions.length === 0) return { counted: accepted, errors: [] };
  const recipients = await selectRecipients(tx, conversions);
  const isCounted = (item: Accepted) =>
    item.kind !== 'converted' ||
    recipients.some(({ userId, campaignKey }) => userId === item.userId && campaignKey === item.name);
  return {
    counted: accepted.filter(isCounted),
    errors: accepted
      .filter((item) => !isCounted(item))
      .map(({ inputArray, index }) => ({
        type: 'this person has not received the campaign',
        input_array: inputArray,
        index,
      })),
  };
}
