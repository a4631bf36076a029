// What the oracle is told of people and audiences: the same as the product, as plain JSON.

import type { Person } from '../randomAudiences.js';
import { NOW } from '../randomParts.js';
import type { Known } from './person.js';
import type { Audience } from './randomFilters.js';
import { type Fields, fieldsOf, listOf, type Value } from './written.js';

/** Groups are stored among the attributes, under names that no caller can send. */
const GROUP = '$group:';

const instant = (text: string | null) => (text === null ? null : Date.parse(text));

export function knownOf(person: Person): Known {
  return {
    columns: {
      external_id: person.externalId,
      email: person.email,
      phone: person.phone ?? null,
      time_zone: person.timeZone,
      email_subscribe: person.emailSubscription,
      push_subscribe: person.pushSubscription,
      random_bucket: person.randomBucket ?? 0,
    },
    attributes: person.attributes,
    since: { email: instant(person.emailSubscriptionSince), push: instant(person.pushSubscriptionSince) },
    createdAt: Date.parse(person.createdAt),
    groups: Object.fromEntries(
      Object.entries(person.attributes)
        .filter(([name]) => name.startsWith(GROUP))
        .map(([name, state]) => [name.slice(GROUP.length), state]),
    ),
    events: person.events.map(({ kind, name, age, properties }) => ({ kind, name, time: NOW - age, properties })),
    counters: person.totals.map(({ kind, name, total }) => ({ kind, name, ...total })),
    messages: person.engagements.map(({ campaign: { key, tags }, variant, channel, count, age }) => ({
      campaign: key,
      tags,
      variant,
      channel,
      count,
      lastAt: NOW - age,
    })),
  };
}

/** The tree with what its segments stand for. */
export function resolved({ tree, one, two }: Audience): Fields {
  const alone = { two: fill(two, {}) };
  return fill(tree, { ...alone, one: fill(one, alone) });
}

function fill(tree: Fields, segments: Readonly<Record<string, Fields>>): Fields {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]): readonly (readonly [string, Value])[] => {
      switch (key) {
        case 'all':
        case 'any':
        case 'none':
          return [[key, listOf(value).map((each) => fill(fieldsOf(each), segments))]];
        case 'not':
          return [[key, fill(fieldsOf(value), segments)]];
        case 'segment':
          return [
            [key, value],
            ['filter', segments[String(value)] ?? null],
          ];
        default:
          return [[key, value]];
      }
    }),
  );
}

/** Each filter with each operator and place of it that is written in a tree, such as `eventCount where isBlank`. */
export function placesIn(tree: Fields): readonly string[] {
  const [tag = '', subject] = Object.entries(tree)[0] ?? [];
  switch (tag) {
    case 'all':
    case 'any':
    case 'none':
      return [tag, ...listOf(subject).flatMap((each) => placesIn(fieldsOf(each)))];
    case 'not':
      return [tag, ...placesIn(fieldsOf(subject))];
    default:
      return [tag, ...places(tag, tree)];
  }
}

function places(prefix: string, value: Value): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each: Value) => places(prefix, each));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => {
    const place = prefix === key ? key : `${prefix} ${key}`;
    return [place, ...places(place, inside)];
  });
}
