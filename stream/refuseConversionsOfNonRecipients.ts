/** CO-07: a conversion of a campaign counts only for somebody who has received it. */
import type { Queryable } from '../storage/pool.js';
import { selectRecipients } from '../storage/queries/events/selectRecipients.js';
import type { Incoming, Refused } from './incoming.js';

export interface Accepted {
  readonly userId: number;
  readonly item: Incoming;
}

export async function refuseConversionsOfNonRecipients(
  tx: Queryable,
  accepted: readonly Accepted[],
): Promise<{ readonly counted: readonly Accepted[]; readonly errors: readonly Refused[] }> {
  const conversions = accepted.flatMap(({ userId, item }) =>
    item.kind === 'converted' ? [{ userId, campaignKey: item.name }] : [],
  );
  if (conversions.length === 0) return { counted: accepted, errors: [] };
  const recipients = await selectRecipients(tx, conversions);
  const isCounted = ({ userId, item }: Accepted) =>
    item.kind !== 'converted' ||
    recipients.some((recipient) => recipient.userId === userId && recipient.campaignKey === item.name);
  return {
    counted: accepted.filter(isCounted),
    errors: accepted
      .filter((each) => !isCounted(each))
      .map(({ item }) => ({ type: 'this person has not received the campaign', item })),
  };
}
