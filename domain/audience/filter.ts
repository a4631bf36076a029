// The audience: a tree of `all`, `any`, `none` and `not` over segments and the kinds of `kinds/`. A new kind is one module
// there, its lines here, and its SQL in `facts/kinds.ts`. `evaluate` has the last word on who is in an audience.
import { z } from 'zod';
import { distinctNeeds, type FactNeed, type UserFacts } from '../facts/userFacts.js';
import type { Json } from '../json.js';
import { fields, withAllowed } from '../schema/fields.js';
import { keyText } from '../schema/key.js';
import type { AskedAt } from './askedAt.js';
import type { FilterKind, LeafResult } from './filterKind.js';
import { type AttributeFilter, attributeKind } from './kinds/attribute.js';
import { type EventCountFilter, eventCountKind } from './kinds/eventCount.js';
import { type FirstDidFilter, firstDidKind } from './kinds/firstDid.js';
import { type FirstPurchasedFilter, firstPurchasedKind } from './kinds/firstPurchased.js';
import { type FirstUsedFilter, firstUsedKind } from './kinds/firstUsed.js';
import { type LastDidFilter, lastDidKind } from './kinds/lastDid.js';
import { type LastPurchasedFilter, lastPurchasedKind } from './kinds/lastPurchased.js';
import { type LastReceivedFilter, lastReceivedKind } from './kinds/lastReceived.js';
import { type LastUsedFilter, lastUsedKind } from './kinds/lastUsed.js';
import { type MoneySpentFilter, moneySpentKind } from './kinds/moneySpent.js';
import { type AgeFilter, ageKind } from './kinds/profile/age.js';
import { type AppVersionFilter, appVersionKind } from './kinds/profile/appVersion.js';
import { type BirthdayFilter, birthdayKind } from './kinds/profile/birthday.js';
import { type CreatedAtFilter, createdAtKind } from './kinds/profile/createdAt.js';
import { type DeviceCountFilter, deviceCountKind } from './kinds/profile/deviceCount.js';
import { type EmailAvailableFilter, emailAvailableKind } from './kinds/profile/emailAvailable.js';
import { type EmailSubscriptionFilter, emailSubscriptionKind } from './kinds/profile/emailSubscription.js';
import { type ForegroundPushFilter, foregroundPushKind } from './kinds/profile/foregroundPush.js';
import { type LocationFilter, locationKind } from './kinds/profile/location.js';
import { type LocationAvailableFilter, locationAvailableKind } from './kinds/profile/locationAvailable.js';
import { type PushSubscriptionFilter, pushSubscriptionKind } from './kinds/profile/pushSubscription.js';
import { type SubscriptionGroupFilter, subscriptionGroupKind } from './kinds/profile/subscriptionGroup.js';
import { type PurchaseCountFilter, purchaseCountKind } from './kinds/purchaseCount.js';
import { type ReceivedFilter, receivedKind } from './kinds/received.js';
import { type SessionCountFilter, sessionCountKind } from './kinds/sessionCount.js';

export type LeafFilter =
  | AttributeFilter
  | EventCountFilter
  | PurchaseCountFilter
  | MoneySpentFilter
  | SessionCountFilter
  | FirstUsedFilter
  | LastUsedFilter
  | FirstDidFilter
  | LastDidFilter
  | FirstPurchasedFilter
  | LastPurchasedFilter
  | ReceivedFilter
  | LastReceivedFilter
  | EmailSubscriptionFilter
  | PushSubscriptionFilter
  | SubscriptionGroupFilter
  | EmailAvailableFilter
  | AgeFilter
  | BirthdayFilter
  | CreatedAtFilter
  | DeviceCountFilter
  | AppVersionFilter
  | ForegroundPushFilter
  | LocationFilter
  | LocationAvailableFilter;

export type Filter =
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] }
  | { readonly none: readonly Filter[] }
  | { readonly not: Filter }
  | SegmentFilter
  | LeafFilter;

/** SG-15: membership of a segment. Written as its key alone; `filter` is the segment's own, once it is looked up. */
export interface SegmentFilter {
  readonly segment: string;
  readonly filter?: Filter | undefined;
}

const MAX_FILTER_DEPTH = 10;
export const MAX_FILTERS = 100;

const LEAF_KINDS = [
  bind(attributeKind),
  bind(eventCountKind),
  bind(purchaseCountKind),
  bind(moneySpentKind),
  bind(sessionCountKind),
  bind(firstUsedKind),
  bind(lastUsedKind),
  bind(firstDidKind),
  bind(lastDidKind),
  bind(firstPurchasedKind),
  bind(lastPurchasedKind),
  bind(receivedKind),
  bind(lastReceivedKind),
  bind(emailSubscriptionKind),
  bind(pushSubscriptionKind),
  bind(subscriptionGroupKind),
  bind(emailAvailableKind),
  bind(ageKind),
  bind(birthdayKind),
  bind(createdAtKind),
  bind(deviceCountKind),
  bind(appVersionKind),
  bind(foregroundPushKind),
  bind(locationKind),
  bind(locationAvailableKind),
];

/** The field that each kind of filter begins with. */
export const FILTER_TAGS: readonly string[] = LEAF_KINDS.map(({ tag }) => tag);

const nodeSchema: z.ZodType<Filter> = z
  .lazy(() =>
    z.union([
      fields({ all: z.array(nodeSchema).min(1) }),
      fields({ any: z.array(nodeSchema).min(1) }),
      fields({ none: z.array(nodeSchema).min(1) }),
      fields({ not: nodeSchema }),
      fields({ segment: keyText.meta({ description: 'The key of a segment: everybody who is in it' }) }),
      ...LEAF_KINDS.map(({ schema }) => schema),
    ]),
  )
  .meta({ id: 'Filter' });

/** Bounded: the tree is walked for every trigger of every person. */
export const filterSchema = nodeSchema.superRefine((filter, context) => {
  if (countFilters(filter) > MAX_FILTERS) {
    context.addIssue({ code: 'custom', message: withAllowed('has too many filters', `at most ${MAX_FILTERS}`) });
  }
  if (depthOf(filter) > MAX_FILTER_DEPTH) {
    context.addIssue({
      code: 'custom',
      message: withAllowed('is nested too deeply', `at most ${MAX_FILTER_DEPTH} levels`),
    });
  }
});

/** What one filter was and which value it saw. */
export interface SeenValue {
  readonly filter: string;
  readonly value: Json;
}

export interface Evaluation {
  readonly pass: boolean;
  /** What was looked at, in order: evaluation stops once the answer is known. */
  readonly seen: readonly SeenValue[];
}

export function evaluateFilter(filter: Filter, facts: UserFacts, askedAt: AskedAt): Evaluation {
  const seen: SeenValue[] = [];
  const ofPerson = askedAt.isLocalTime ? { ...askedAt, personZone: facts.profile.timeZone } : askedAt;
  const pass = evaluateNode(filter, { facts, askedAt: ofPerson }, seen);
  return { pass, seen };
}

interface Asked {
  readonly facts: UserFacts;
  readonly askedAt: AskedAt;
}

function evaluateNode(filter: Filter, asked: Asked, seen: SeenValue[]): boolean {
  if ('all' in filter) return filter.all.every((child) => evaluateNode(child, asked, seen));
  if ('any' in filter) return filter.any.some((child) => evaluateNode(child, asked, seen));
  if ('none' in filter) return !filter.none.some((child) => evaluateNode(child, asked, seen));
  if ('not' in filter) return !evaluateNode(filter.not, asked, seen);
  if ('segment' in filter) return evaluateNode(filterOfSegment(filter), asked, seen);
  const { pass, value } = kindOf(filter).evaluate(filter, asked.facts, asked.askedAt);
  seen.push({ filter: describeLeaf(filter), value });
  return pass;
}

/** Throws where the segment is not known. */
export function filterOfSegment({ segment, filter }: SegmentFilter): Filter {
  if (filter === undefined) throw new RangeError(`there is no segment '${segment}'`);
  return filter;
}

/** Each fact once. */
export function needsOf(filter: Filter): readonly FactNeed[] {
  return distinctNeeds(leavesOf(filter).flatMap((leaf) => kindOf(leaf).needs(leaf)));
}

/** The filter in words: "country equals FR and (number of sessions = 0 or not …)". */
export function describeFilter(filter: Filter): string {
  if ('all' in filter) return filter.all.map(describeChild).join(' and ');
  if ('any' in filter) return filter.any.map(describeChild).join(' or ');
  if ('none' in filter) return `none of (${filter.none.map(describeChild).join(' or ')})`;
  if ('not' in filter) return `not (${describeFilter(filter.not)})`;
  if ('segment' in filter) return `in segment ${filter.segment}`;
  return describeLeaf(filter);
}

function describeChild(filter: Filter): string {
  const isGroup = ('all' in filter && filter.all.length > 1) || ('any' in filter && filter.any.length > 1);
  return isGroup ? `(${describeFilter(filter)})` : describeFilter(filter);
}

/** Told again for every trigger of every person, and always the same. */
const descriptions = new WeakMap<LeafFilter, string>();

function describeLeaf(leaf: LeafFilter): string {
  const known = descriptions.get(leaf);
  if (known !== undefined) return known;
  const description = kindOf(leaf).describe(leaf);
  descriptions.set(leaf, description);
  return description;
}

function leavesOf(filter: Filter): readonly LeafFilter[] {
  if ('segment' in filter) return filter.filter === undefined ? [] : leavesOf(filter.filter);
  return childrenOf(filter)?.flatMap(leavesOf) ?? (isLeaf(filter) ? [filter] : []);
}

/** Those of the segments it names are counted too, where they are known; each segment that is not counts as one. */
export function countFilters(filter: Filter): number {
  if ('segment' in filter) return filter.filter === undefined ? 1 : countFilters(filter.filter);
  return childrenOf(filter)?.reduce((sum, child) => sum + countFilters(child), 0) ?? 1;
}

function depthOf(filter: Filter): number {
  const children = childrenOf(filter);
  return children === null ? 1 : 1 + Math.max(...children.map(depthOf));
}

/** What stands below a group; null of a segment or a filter of `kinds/`. */
export function childrenOf(filter: Filter): readonly Filter[] | null {
  if ('all' in filter) return filter.all;
  if ('any' in filter) return filter.any;
  if ('none' in filter) return filter.none;
  return 'not' in filter ? [filter.not] : null;
}

function isLeaf(filter: Filter): filter is LeafFilter {
  return childrenOf(filter) === null && !('segment' in filter);
}

interface BoundKind {
  readonly tag: string;
  readonly schema: z.ZodType<LeafFilter>;
  needs(leaf: LeafFilter): readonly FactNeed[];
  evaluate(leaf: LeafFilter, facts: UserFacts, askedAt: AskedAt): LeafResult;
  describe(leaf: LeafFilter): string;
}

/** Forgets which leaves a kind takes, after checking that it is given no other. */
function bind<Tag extends string, F extends LeafFilter>(kind: FilterKind<Tag, F>): BoundKind {
  const isOwn = (leaf: LeafFilter): leaf is F => kind.tag in leaf;
  function own(leaf: LeafFilter): F {
    if (isOwn(leaf)) return leaf;
    throw new TypeError(`Not a filter of the kind ${kind.tag}: ${Object.keys(leaf).join(', ')}.`);
  }
  return {
    tag: kind.tag,
    schema: kind.schema,
    needs: (leaf) => kind.needs(own(leaf)),
    evaluate: (leaf, facts, askedAt) => kind.evaluate(own(leaf), facts, askedAt),
    describe: (leaf) => kind.describe(own(leaf)),
  };
}

function kindOf(leaf: LeafFilter): BoundKind {
  const kind = LEAF_KINDS.find(({ tag }) => tag in leaf);
  if (kind === undefined) throw new TypeError(`Unknown kind of filter: ${Object.keys(leaf).join(', ')}.`);
  return kind;
}
