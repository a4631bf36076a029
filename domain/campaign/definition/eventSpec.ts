// How triggers and exceptions are written: what happened, and what its properties must be.
import { z } from 'zod';
import { INTERACTIONS } from '../../event/interaction.js';
import { MAX_PATH_STEPS, parsePropertyPath } from '../../event/propertyPath.js';
import type { PropertyTest } from '../../event/propertyTest.js';
import { GROUP_STATES, SUBSCRIPTION_STATES, UPDATE_SOURCES } from '../../profile/subscriptionStates.js';
import { fields, text, withAllowed } from '../../schema/fields.js';
import { keyText } from '../../schema/key.js';
import { regexText } from '../../segment/attributeOperators.js';
import { absoluteText } from '../../segment/timeOperands.js';
import { withOperator } from '../../segment/withOperator.js';

const PATH_ALLOWED = `a path such as cart.value, items[].sku or "a.b", of at most ${MAX_PATH_STEPS} steps`;

const propertyPath = text(255).refine((path) => parsePropertyPath(path) !== null, {
  error: () => withAllowed('is not a property path', PATH_ALLOWED),
});
const scalar = z.union([z.string().max(1_000), z.number(), z.boolean()]);
const scalars = z.array(scalar).min(1).max(256);
const number = z.number().optional();

const operatorShape = {
  equals: scalar.optional(),
  doesNotEqual: scalar.optional(),
  isAnyOf: scalars.optional(),
  isNoneOf: scalars.optional(),
  atLeast: number,
  atMost: number,
  moreThan: number,
  lessThan: number,
  contains: text(1_000).optional(),
  doesNotContain: text(1_000).optional(),
  matchesRegex: regexText.optional(),
  before: absoluteText.optional(),
  after: absoluteText.optional(),
  isBlank: z.boolean().optional(),
} satisfies Partial<Record<PropertyTest['op'], z.ZodType>>;

const propertyFilter = withOperator(fields({ property: propertyPath, ...operatorShape }), Object.keys(operatorShape));

const comparingShape = { ...operatorShape, equalsTrigger: propertyPath.optional() };

/** AB-39: an exception may compare with what the trigger carried. */
const comparingFilter = withOperator(
  fields({ property: propertyPath, ...comparingShape }),
  Object.keys(comparingShape),
);

/** What people do: as triggers and, with filters that may compare with the trigger, as exceptions. */
function doneByPeople<F extends z.ZodType>(filter: F) {
  const where = z.array(filter).max(20).optional();
  return [
    fields({ customEvent: text(255), where }),
    /** A product id, or `any`. */
    fields({ purchase: text(255), where }),
    fields({ sessionStart: z.literal(true) }),
  ] as const;
}

/** What people do with the messages of a campaign, by its key (CC-01). */
const interactionSpec = fields({ interaction: z.enum(INTERACTIONS), campaign: keyText });

/** AB-08: attributes of the profile, standard or custom; those of Rappel's own begin with `$`. */
const attributeName = text(255).regex(/^[^$]/, {
  error: () => withAllowed('is not the name of an attribute', 'a name that does not begin with $'),
});

export const triggerSchema = z.union([
  ...doneByPeople(propertyFilter),
  interactionSpec,
  fields({ emailAdded: z.literal(true) }),
  fields({ attributeChanged: attributeName, to: scalar.optional() }),
  fields({ emailSubscriptionChanged: z.literal(true), to: z.enum(SUBSCRIPTION_STATES).optional() }),
  fields({ pushSubscriptionChanged: z.literal(true), to: z.enum(SUBSCRIPTION_STATES).optional() }),
  fields({
    subscriptionGroupChanged: keyText,
    to: z.enum(GROUP_STATES).optional(),
    source: z.enum(UPDATE_SOURCES).optional(),
  }),
  fields({ locationEntered: keyText }),
  fields({ cardClicked: keyText }),
  fields({ cardViewed: keyText }),
  fields({ primaryConversionOf: keyText }),
  fields({ exceptionFiredOf: keyText }),
  fields({ received: keyText }),
]);

/** AB-30; which campaigns they may be about is told by `definitionRules.ts`. */
export const exceptionSchema = z.union([
  ...doneByPeople(comparingFilter),
  interactionSpec,
  fields({ conversionOf: keyText }),
]);

export type PropertyFilter = z.output<typeof comparingFilter>;
export type TriggerSpec = z.output<typeof triggerSchema>;
export type ExceptionSpec = z.output<typeof exceptionSchema>;

export function isPropertyOperator(name: string): name is PropertyTest['op'] {
  return Object.hasOwn(comparingShape, name);
}
