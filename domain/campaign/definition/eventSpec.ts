// The triggers and exceptions: how each is written, and the matcher over the stream that it stands for. A new one over a
// known kind of event is one entry here.
import { z } from 'zod';
import { CHANNEL_NAMES } from '../../channel/index.js';
import { EMAIL_ADDED, groupField, locationField } from '../../event/fieldChange.js';
import { CONVERSION_INDEX, INTERACTION_TYPE, INTERACTIONS } from '../../event/interaction.js';
import { isOfCampaign } from '../../event/kinds.js';
import type { EventMatcher } from '../../event/matcher.js';
import type { PropertyTest } from '../../event/propertyTest.js';
import { BY_CHANNEL, IS_FIRST } from '../../event/receipt.js';
import type { Json } from '../../json.js';
import { GROUP_STATES, SUBSCRIPTION_STATES, UPDATE_SOURCES } from '../../profile/subscriptionStates.js';
import { fields, text, withAllowed } from '../../schema/fields.js';
import { keyText } from '../../schema/key.js';
import { comparingFilters, propertyFilters, scalar, testsOf } from './propertyFilters.js';

/** `tag`: the field that no other spec has. */
function written<S extends z.ZodObject>(
  tag: keyof z.output<S> & string,
  schema: S,
  matcher: (spec: z.output<S>) => EventMatcher,
) {
  const isOwn = (spec: object): spec is z.output<S> => tag in spec;
  return { schema, matcherOf: (spec: object) => (isOwn(spec) ? matcher(spec) : null) };
}

type Where = Parameters<typeof testsOf>[0];

function ofEvent({ customEvent, where }: { readonly customEvent: string; readonly where?: Where }): EventMatcher {
  return { kind: 'custom', name: customEvent, where: testsOf(where) };
}

function ofPurchase({ purchase, where }: { readonly purchase: string; readonly where?: Where }): EventMatcher {
  return { kind: 'purchase', name: purchase === 'any' ? null : purchase, where: testsOf(where) };
}

const sessionStart = written('sessionStart', fields({ sessionStart: z.literal(true) }), () => ({
  kind: 'session',
  name: null,
  where: [],
}));

/** What people do with the messages of a campaign, by its key (CC-01). */
const interaction = written('interaction', fields({ interaction: z.enum(INTERACTIONS), campaign: keyText }), (spec) =>
  interactionWith(spec.campaign, spec.interaction),
);

/** AB-08: attributes of the profile, standard or custom; those of Rappel's own begin with `$`. */
const attributeName = text(255).regex(/^[^$]/, {
  error: () => withAllowed('is not the name of an attribute', 'a name that does not begin with $'),
});
const toState = z.enum(SUBSCRIPTION_STATES).optional();

const TRIGGERS = [
  written('customEvent', fields({ customEvent: text(255), where: propertyFilters }), ofEvent),
  /** A product id, or `any`. */
  written('purchase', fields({ purchase: text(255), where: propertyFilters }), ofPurchase),
  sessionStart,
  interaction,
  written('emailAdded', fields({ emailAdded: z.literal(true) }), () => changeOf(EMAIL_ADDED)),
  written('attributeChanged', fields({ attributeChanged: attributeName, to: scalar.optional() }), (spec) =>
    changeOf(spec.attributeChanged, { to: spec.to }),
  ),
  written('emailSubscriptionChanged', fields({ emailSubscriptionChanged: z.literal(true), to: toState }), ({ to }) =>
    changeOf('email_subscribe', { to }),
  ),
  written('pushSubscriptionChanged', fields({ pushSubscriptionChanged: z.literal(true), to: toState }), ({ to }) =>
    changeOf('push_subscribe', { to }),
  ),
  written(
    'subscriptionGroupChanged',
    fields({
      subscriptionGroupChanged: keyText,
      to: z.enum(GROUP_STATES).optional(),
      source: z.enum(UPDATE_SOURCES).optional(),
    }),
    ({ subscriptionGroupChanged, to, source }) => changeOf(groupField(subscriptionGroupChanged), { to, source }),
  ),
  written('locationEntered', fields({ locationEntered: keyText }), (spec) =>
    changeOf(locationField(spec.locationEntered)),
  ),
  written('cardClicked', fields({ cardClicked: keyText }), (spec) => interactionWith(spec.cardClicked, 'card_click')),
  written('cardViewed', fields({ cardViewed: keyText }), (spec) => interactionWith(spec.cardViewed, 'card_view')),
  written('primaryConversionOf', fields({ primaryConversionOf: keyText }), (spec) =>
    ofCampaign('converted', spec.primaryConversionOf, [equals(CONVERSION_INDEX, 0)]),
  ),
  written('exceptionFiredOf', fields({ exceptionFiredOf: keyText }), (spec) =>
    ofCampaign('exceptionFired', spec.exceptionFiredOf),
  ),
  written(
    'received',
    fields({ received: z.union([keyText, fields({ campaign: keyText, channel: z.enum(CHANNEL_NAMES) })]) }),
    ({ received }) => (typeof received === 'string' ? receiptOf(received) : messageBy(received)),
  ),
];

/** AB-30; which campaigns they may be about is told by `definitionRules.ts`. */
const EXCEPTIONS = [
  written('customEvent', fields({ customEvent: text(255), where: comparingFilters }), ofEvent),
  written('purchase', fields({ purchase: text(255), where: comparingFilters }), ofPurchase),
  sessionStart,
  interaction,
  written('conversionOf', fields({ conversionOf: keyText }), (spec) => ofCampaign('converted', spec.conversionOf)),
];

export const triggerSchema = z.union(TRIGGERS.map(({ schema }) => schema));
export const exceptionSchema = z.union(EXCEPTIONS.map(({ schema }) => schema));

export type TriggerSpec = z.output<typeof triggerSchema>;
export type ExceptionSpec = z.output<typeof exceptionSchema>;

/** From what an operator writes ("attributeChanged: tier, to: gold") to a matcher over the stream. */
export function compileEvent(spec: TriggerSpec | ExceptionSpec): EventMatcher {
  for (const { matcherOf } of [...TRIGGERS, ...EXCEPTIONS]) {
    const matcher = matcherOf(spec);
    if (matcher !== null) return matcher;
  }
  throw new TypeError(`Neither a trigger nor an exception: ${Object.keys(spec).join(', ')}.`);
}

/** The key of the campaign it is about; null when it is about none. */
export function campaignOfEvent(spec: TriggerSpec | ExceptionSpec): string | null {
  const { kind, name } = compileEvent(spec);
  return isOfCampaign(kind) ? name : null;
}

function changeOf(field: string, tests: { readonly [part: string]: Json | undefined } = {}): EventMatcher {
  const where = Object.entries(tests).flatMap(([part, value]) => (value === undefined ? [] : [equals(part, value)]));
  return { kind: 'attributes', name: field, where };
}

function interactionWith(campaign: string, type: (typeof INTERACTIONS)[number]): EventMatcher {
  return ofCampaign('interaction', campaign, [equals(INTERACTION_TYPE, type)]);
}

function ofCampaign(
  kind: 'converted' | 'exceptionFired' | 'interaction' | 'received',
  campaign: string,
  where: readonly PropertyTest[] = [],
): EventMatcher {
  return { kind, name: campaign, where };
}

/** The first message of a pairing; earlier releases recorded it alone, without saying so. */
function receiptOf(campaign: string): EventMatcher {
  return ofCampaign('received', campaign, [{ path: [IS_FIRST], op: 'doesNotEqual', value: false }]);
}

function messageBy({ campaign, channel }: { readonly campaign: string; readonly channel: string }): EventMatcher {
  return ofCampaign('received', campaign, [equals(BY_CHANNEL, channel)]);
}

function equals(property: string, value: Json): PropertyTest {
  return { path: [property], op: 'equals', value };
}
