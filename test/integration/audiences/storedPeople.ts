// People at random as the database has them, and as what `evaluateFilter` is given of them.
import type { AskedAt } from '../../../domain/audience/askedAt.js';
import { evaluateFilter, type Filter, needsOf } from '../../../domain/audience/filter.js';
import { type CountedEvent, totalKey } from '../../../domain/facts/counters.js';
import { addToMatching, type Matching, type MatchingNeed, matchingKey } from '../../../domain/facts/matching.js';
import { type Received, type ReceivedNeed, receivedKey } from '../../../domain/facts/received.js';
import type { Total } from '../../../domain/facts/totals.js';
import { addToFacts, needsOfKind, type UserFacts } from '../../../domain/facts/userFacts.js';
import { EMPTY_PROFILE } from '../../../domain/profile/profile.js';
import { createTestDatabase, type TestDatabase } from '../../setup/database.js';
import { CAMPAIGNS, EVENTS, type Person } from './randomAudiences.js';
import { ASKED_AT, DAY_MS, NOW } from './randomParts.js';

export interface Stored extends UserFacts {
  readonly events: readonly CountedEvent[];
  readonly engagements: Person['engagements'];
}

/** With the campaigns whose messages people got, and room for events of the last 33 days. */
export async function createAudienceDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  for (const { key, tags } of CAMPAIGNS)
    await database.pool.query(
      'insert into campaigns (key, name, tags, created_at, updated_at) values ($1, $1, $2, now(), now())',
      [key, tags],
    );
  await database.pool.query('select ensure_partitions($1::timestamptz)', [new Date(NOW - 33 * DAY_MS)]);
  return database;
}

/** Those who pass the filter by `evaluateFilter`. */
export function passing(filter: Filter, people: readonly Stored[], askedAt: AskedAt = ASKED_AT): readonly Stored[] {
  const needs = needsOf(filter);
  const matchingNeeds = needsOfKind(needs, 'matching');
  const receivedNeeds = needsOfKind(needs, 'received');
  return people.filter((person) => {
    const facts = {
      ...person,
      matching: matchingIn(person, matchingNeeds),
      received: receivedIn(person, receivedNeeds),
    };
    return evaluateFilter(filter, facts, askedAt).pass;
  });
}

/** What `facts/sources/received.ts` is asked for. */
function receivedIn({ engagements }: Stored, needs: readonly ReceivedNeed[]): Received {
  return new Map(
    needs.map(({ kind: _, ...which }) => {
      const own = engagements.filter(
        ({ campaign, variant, channel }) =>
          (which.campaign ?? campaign.key) === campaign.key &&
          (which.variant ?? variant) === variant &&
          (which.channel ?? channel) === channel &&
          (which.tag === null || campaign.tags.some((tag) => tag === which.tag)),
      );
      const [first] = own;
      const lastAt = NOW - Math.min(...own.map(({ age }) => age));
      const count = own.reduce((sum, each) => sum + each.count, 0);
      const tally = first === undefined ? null : { count, firstAt: lastAt, lastAt };
      return [receivedKey(which), { which, tally }] as const;
    }),
  );
}

/** What `facts/sources/matching.ts` is asked for. */
function matchingIn({ events }: Stored, needs: readonly MatchingNeed[]): Matching {
  const asked: Matching = new Map(
    needs.map((need) => [matchingKey(need), { ...need, days: new Map(), isCut: false }] as const),
  );
  return events.reduce((matching, event) => addToMatching(matching, event), asked);
}

// Custom events have no counters of their own.
const keptCounters = ({ totals }: Person) => totals.filter(({ kind }) => kind !== 'custom');

export async function store({ pool }: TestDatabase, one: Person): Promise<Stored> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into users (
       external_id, email, phone, time_zone, email_subscription, push_subscription, email_subscription_since,
       push_subscription_since, random_bucket, attributes, created_at, updated_at
     ) values (
       $1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::timestamptz, $8::timestamptz, $9::int, $10::jsonb,
       $11::timestamptz, now()
     ) returning id`,
    [
      one.externalId,
      one.email,
      one.phone ?? null,
      one.timeZone,
      one.emailSubscription,
      one.pushSubscription,
      one.emailSubscriptionSince,
      one.pushSubscriptionSince,
      one.randomBucket ?? 0,
      JSON.stringify(one.attributes),
      one.createdAt,
    ],
  );
  const userId = Number(rows[0]?.id);
  for (const { kind, name: event, total: counted } of keptCounters(one)) {
    await pool.query(
      `insert into event_totals (user_id, kind, name, count, first_at, last_at, amount)
       values ($1::bigint, $2::text, $3::text, $4::bigint, $5::timestamptz, $6::timestamptz, $7::float8)`,
      [
        userId,
        kind,
        event,
        counted.count,
        new Date(counted.firstAt).toISOString(),
        new Date(counted.lastAt).toISOString(),
        counted.amount,
      ],
    );
  }
  for (const { campaign, variant, channel, count, age } of one.engagements) {
    await pool.query(
      `insert into engagements (user_id, campaign_id, variant, channel, count, first_at, last_at)
       select $1::bigint, c.id, $3::text, $4::text, $5::int, $6::timestamptz, $6::timestamptz from campaigns c where c.key = $2::text`,
      [userId, campaign.key, variant, channel, count, new Date(NOW - age).toISOString()],
    );
  }
  for (const { kind, name: event, age, recordedAge = age, properties } of one.events) {
    await pool.query(
      `insert into events (seq, received_at, user_id, kind, name, time, properties)
       values (nextval('events_seq'), $1::timestamptz, $2::bigint, $3::text, $4::text, $5::timestamptz, $6::jsonb)`,
      [
        new Date(NOW - recordedAge).toISOString(),
        userId,
        kind,
        event,
        new Date(NOW - age).toISOString(),
        JSON.stringify(properties),
      ],
    );
  }
  return factsOf(one, userId);
}

/** What is known of a person before any question. */
export function factsOf(one: Person, userId: number): Stored {
  const { externalId, email, phone = null, timeZone, attributes, engagements } = one;
  const { emailSubscription, pushSubscription, emailSubscriptionSince, pushSubscriptionSince } = one;
  const { createdAt, randomBucket = 0 } = one;
  const never = [...EVENTS, ''].flatMap((event) =>
    (['custom', 'purchase', 'session'] as const).map((kind) => [totalKey(kind, event), new Map()] as const),
  );
  const nobody: UserFacts = {
    userId,
    profile: {
      ...EMPTY_PROFILE,
      externalId,
      email,
      phone,
      timeZone,
      emailSubscription,
      pushSubscription,
      emailSubscriptionSince,
      pushSubscriptionSince,
      createdAt,
      randomBucket,
      attributes,
    },
    totals: new Map<string, Total>(),
    recent: new Map(never),
    matching: new Map(),
    received: new Map(),
  };
  const events = one.events.map(({ kind, name: event, age, properties }) => ({
    kind,
    name: event,
    time: NOW - age,
    properties,
  }));
  let { recent, totals: custom } = nobody;
  for (const event of events) {
    const after = addToFacts({ ...nobody, recent, totals: custom }, event);
    recent = after.recent;
    if (event.kind === 'custom') custom = after.totals;
  }
  return {
    ...nobody,
    engagements,
    events,
    totals: new Map([
      ...custom,
      ...keptCounters(one).map(({ kind, name: event, total: counted }) => [totalKey(kind, event), counted] as const),
    ]),
    recent,
  };
}
