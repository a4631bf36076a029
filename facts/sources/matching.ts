import { askedByTests } from '../../domain/event/askedProperties.js';
import type { CountedKind } from '../../domain/event/kinds.js';
import { addToMatching, type Matching, type MatchingCounter, matchingKey } from '../../domain/facts/matching.js';
import { type FactNeed, needsOfKind } from '../../domain/facts/userFacts.js';
import type { JsonObject } from '../../domain/json.js';
import { ASKED_OF_EVENT } from '../../storage/queries/events/storedHistory.js';
import { type AudienceAsked, daysToSql } from './audience.js';
import { epochMs, type FactSource } from './factSource.js';

/** Events of a person looked at for one filter; with more the filter cannot be answered. SG-02 counts to 50. */
const MOST_EVENTS = 1_000;
const MOST_BYTES = 1_048_576;
/** Of all people and filters of one statement: with more, fewer are asked about at a time (`loadMatching`). */
const MOST_TOGETHER = { rows: 20_000, bytes: 16 * 2 ** 20 };
/** What counters read of a purchase. */
const COUNTED = ['quantity', 'price'];

/** One event that may match, newest first. */
export interface MatchingFact {
  readonly fact: 'matching';
  /** How many the statement looked at, up to one more than it answers. */
  readonly found: number;
  readonly body: {
    /** Which of the needs it is about, in their order. */
    readonly need: number;
    /** How many there are of it, up to one more than are looked at. */
    readonly found: number;
    readonly kind: CountedKind;
    readonly name: string;
    readonly time: number;
    readonly properties: JsonObject;
  };
}

// `received_at >= time` holds of every event (a check): the earliest day skips the older partitions.
export const matchingSource: FactSource<AudienceAsked> = {
  kind: 'matching',
  sql({ audience }, parameters) {
    const needs = needsOfKind(audience?.needs ?? [], 'matching');
    if (audience === undefined || audience.userIds.length === 0 || needs.length === 0) return null;
    const keys = [...askedByTests(needs.flatMap(({ where }) => where)), ...COUNTED];
    const userIds = parameters.add(audience.userIds, 'bigint[]');
    const { kinds, names, starts, earliest, end } = daysToSql(audience, needs, parameters);
    return `
      select 'matching' as fact, s.user_id, jsonb_build_object(
        'need', s.need, 'found', s.of_need, 'kind', s.kind, 'name', s.name, 'time', ${epochMs('s.time')},
        'properties', s.asked
      ) as body, s.found, s.bytes
      from (
        select m.*, count(*) over () as found,
          sum(octet_length(m.asked::text)) over (rows unbounded preceding) as bytes
        from (
          select o.user_id, n.need, e.kind, e.name, e.time, e.asked, e.of_need
          from unnest(${userIds}) as o(user_id)
          cross join unnest(${kinds}, ${names}, ${starts}) with ordinality as n(kind, name, since, need)
          cross join lateral (
            select l.*, count(*) over () as of_need,
              sum(octet_length(l.asked::text)) over (order by l.time desc, l.seq desc rows unbounded preceding) as bytes
            from (
              select e.kind, e.name, e.time, e.seq, ${ASKED_OF_EVENT} as asked
              from events e cross join (select ${parameters.add(keys, 'text[]')} as keys) a
              where e.user_id = o.user_id and e.kind = n.kind
                and (e.name = n.name or (n.kind = 'purchase' and n.name = '')) and e.time >= n.since
                and e.received_at >= ${earliest} and (${end} is null or e.received_at < ${end})
              order by e.time desc, e.seq desc
              limit ${MOST_EVENTS + 1}
            ) l
          ) e
          where e.bytes - octet_length(e.asked::text) < ${MOST_BYTES}
          limit ${MOST_TOGETHER.rows + 1}
        ) m
      ) s
      where s.bytes - octet_length(s.asked::text) < ${MOST_TOGETHER.bytes}
    `;
  },
};

/** Whether there was more than one statement answers: of whom, its rows do not tell. */
export function isCutTogether(facts: readonly MatchingFact[]): boolean {
  const found = facts[0]?.found ?? 0;
  return found > Math.min(facts.length, MOST_TOGETHER.rows);
}

/** What was asked for is there, be it without a day: what happens next is added to it. */
export function matchingOf(needs: readonly FactNeed[], facts: readonly MatchingFact[]): Matching {
  let all = new Map<string, MatchingCounter>();
  for (const [index, { eventKind, name, where }] of needsOfKind(needs, 'matching').entries()) {
    const own = facts.filter(({ body }) => body.need === index + 1);
    const found = own[0]?.body.found ?? 0;
    const key = matchingKey({ eventKind, name, where });
    const isCut = found > Math.min(own.length, MOST_EVENTS);
    let counter: Matching = new Map([[key, { eventKind, name, where, days: new Map(), isCut }]]);
    for (const { body } of own) counter = addToMatching(counter, body);
    all = new Map([...all, ...counter]);
  }
  return all;
}
