// From the sentence an operator writes ("attributeChanged: tier, to: gold") to a matcher over the stream.

import { EMAIL_ADDED, groupField, locationField } from '../event/fieldChange.js';
import { CONVERSION_INDEX, INTERACTION_TYPE } from '../event/interaction.js';
import { isOfCampaign } from '../event/kinds.js';
import type { EventMatcher } from '../event/matcher.js';
import { parsePropertyPath } from '../event/propertyPath.js';
import type { PropertyTest } from '../event/propertyTest.js';
import type { Json } from '../json.js';
import {
  type ExceptionSpec,
  isPropertyOperator,
  type PropertyFilter,
  type TriggerSpec,
} from './definition/eventSpec.js';

export function compileEvent(spec: TriggerSpec | ExceptionSpec): EventMatcher {
  if ('sessionStart' in spec) return { kind: 'session', name: null, where: [] };
  if ('customEvent' in spec) return { kind: 'custom', name: spec.customEvent, where: filters(spec.where) };
  if ('purchase' in spec) {
    return { kind: 'purchase', name: spec.purchase === 'any' ? null : spec.purchase, where: filters(spec.where) };
  }
  if ('emailAdded' in spec) return changeOf(EMAIL_ADDED);
  if ('attributeChanged' in spec) return changeOf(spec.attributeChanged, { to: spec.to });
  if ('emailSubscriptionChanged' in spec) return changeOf('email_subscribe', { to: spec.to });
  if ('pushSubscriptionChanged' in spec) return changeOf('push_subscribe', { to: spec.to });
  if ('subscriptionGroupChanged' in spec) {
    return changeOf(groupField(spec.subscriptionGroupChanged), { to: spec.to, source: spec.source });
  }
  if ('locationEntered' in spec) return changeOf(locationField(spec.locationEntered));
  if ('interaction' in spec) return interaction(spec.campaign, spec.interaction);
  if ('cardClicked' in spec) return interaction(spec.cardClicked, 'card_click');
  if ('cardViewed' in spec) return interaction(spec.cardViewed, 'card_view');
  if ('primaryConversionOf' in spec) {
    return { kind: 'converted', name: spec.primaryConversionOf, where: [equals(CONVERSION_INDEX, 0)] };
  }
  if ('conversionOf' in spec) return { kind: 'converted', name: spec.conversionOf, where: [] };
  if ('exceptionFiredOf' in spec) return { kind: 'exceptionFired', name: spec.exceptionFiredOf, where: [] };
  if ('received' in spec) return { kind: 'received', name: spec.received, where: [] };
  return spec satisfies never;
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

function interaction(campaign: string, type: string): EventMatcher {
  return { kind: 'interaction', name: campaign, where: [equals(INTERACTION_TYPE, type)] };
}

function equals(property: string, value: Json): PropertyTest {
  return { path: [property], op: 'equals', value };
}

function filters(where: readonly PropertyFilter[] | undefined): readonly PropertyTest[] {
  return (where ?? []).flatMap(compileFilter);
}

/** One test per operator; they are ANDed. */
function compileFilter(filter: PropertyFilter): readonly PropertyTest[] {
  const path = parsePropertyPath(filter.property);
  if (path === null) throw new TypeError(`Not a property path: ${JSON.stringify(filter.property)}.`);
  const tests: PropertyTest[] = [];
  for (const [op, value] of Object.entries(filter)) {
    if (isPropertyOperator(op) && value !== undefined) tests.push({ path, op, value });
  }
  return tests;
}
