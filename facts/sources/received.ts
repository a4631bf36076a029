import { type Received, type ReceivedWhich, receivedKey } from '../../domain/facts/received.js';
import { type FactNeed, needsOfKind } from '../../domain/facts/userFacts.js';
import type { AudienceAsked } from './audience.js';
import { epochMs, type FactSource, NO_PAGE } from './factSource.js';

export interface ReceivedFact {
  readonly fact: 'received';
  readonly body: {
    /** Which of the needs it is about, in their order. */
    readonly need: number;
    readonly count: number;
    readonly firstAt: number;
    readonly lastAt: number;
  };
}

export const receivedSource: FactSource<AudienceAsked> = {
  kind: 'received',
  sql({ audience }, parameters) {
    const needs = needsOfKind(audience?.needs ?? [], 'received');
    if (audience === undefined || audience.userIds.length === 0 || needs.length === 0) return null;
    const list = (part: keyof ReceivedWhich) =>
      parameters.add(
        needs.map((need) => need[part]),
        'text[]',
      );
    return `
      select 'received' as fact, o.user_id, jsonb_build_object(
        'need', n.need, 'count', g.count, 'firstAt', ${epochMs('g.first_at')}, 'lastAt', ${epochMs('g.last_at')}
      ) as body, ${NO_PAGE}
      from unnest(${parameters.add(audience.userIds, 'bigint[]')}) as o(user_id)
      cross join unnest(${list('campaign')}, ${list('variant')}, ${list('channel')}, ${list('tag')})
        with ordinality as n(campaign, variant, channel, tag, need)
      cross join lateral (
        select sum(g.count) as count, min(g.first_at) as first_at, max(g.last_at) as last_at
        from engagements g
        join campaigns c on c.id = g.campaign_id
        where g.user_id = o.user_id and (n.campaign is null or c.key = n.campaign)
          and (n.variant is null or g.variant = n.variant) and (n.channel is null or g.channel = n.channel)
          and (n.tag is null or c.tags @> array[n.tag])
      ) g
      where g.count > 0
    `;
  },
};

/** What was asked for is there, be it of none: what is received next is added to it. */
export function receivedOf(needs: readonly FactNeed[], facts: readonly ReceivedFact[]): Received {
  return new Map(
    needsOfKind(needs, 'received').map(({ kind: _, ...which }, index) => {
      const body = facts.find(({ body: { need } }) => need === index + 1)?.body;
      const tally = body === undefined ? null : { count: body.count, firstAt: body.firstAt, lastAt: body.lastAt };
      return [receivedKey(which), { which, tally }] as const;
    }),
  );
}
