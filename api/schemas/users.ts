import { z } from 'zod';
import { OUTCOMES, REASONS } from '../../domain/decision/reasons.js';
import { GROUP_STATES, SUBSCRIPTION_STATES } from '../../domain/profile/subscriptionStates.js';
import { runUrl, waitingUrl } from './links.js';
import { instantText } from './paging.js';

/** What the people resource answers. */
const anything = z.record(z.string(), z.unknown());

const since = instantText
  .nullable()
  .meta({ description: 'Since when the state is what it is; null where nothing has changed it' });

export const userAnswer = z
  .object({
    id: z.string().meta({ description: "Rappel's own id, as in workflow ids and as braze_id in /users/track" }),
    externalId: z.string().nullable(),
    aliases: z.array(z.object({ label: z.string(), name: z.string() })),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    timeZone: z.string().nullable(),
    emailSubscription: z.enum(SUBSCRIPTION_STATES),
    pushSubscription: z.enum(SUBSCRIPTION_STATES),
    emailSubscriptionSince: since,
    pushSubscriptionSince: since,
    randomBucket: z.int().nullable().meta({ description: '0 to 9999, drawn once for each person' }),
    subscriptionGroups: z.record(z.string(), z.enum(GROUP_STATES)),
    attributes: anything,
    createdAt: instantText,
    updatedAt: instantText,
    totals: z
      .array(
        z.object({
          kind: z.enum(['custom', 'purchase', 'session']),
          name: z.string().meta({ description: "Empty: of any name ('purchase': of any product)" }),
          count: z.int(),
          amount: z.number(),
          firstAt: instantText,
          lastAt: instantText,
        }),
      )
      .meta({ description: 'What the person has done and how often: the 200 most recent kinds and names' }),
  })
  .meta({ id: 'User' });

export const exportLine = z
  .union([
    z.object({ person: anything }),
    z.object({ total: anything }),
    z.object({ receipt: anything }),
    z.object({ engagement: anything }),
    z.object({ event: anything }),
    z.object({ rejection: anything }),
    z.object({ pairing: anything }),
    z.object({ message: anything }),
    z.object({ end: z.record(z.string(), z.int()).meta({ description: 'How many lines of each there were' }) }),
  ])
  .meta({ id: 'ExportLine' });

const alias = z.object({ label: z.string(), name: z.string() });

export const peoplePage = z
  .object({
    people: z.array(
      z.object({
        userId: z.string().meta({ description: "Rappel's own id" }),
        user: z.string().nullable().meta({ description: 'External id; null without one' }),
        aliases: z.array(alias),
        name: z.string().meta({ description: 'How explanations name the person' }),
        timeZone: z.string().nullable(),
        emailSubscription: z.enum(SUBSCRIPTION_STATES),
        pushSubscription: z.enum(SUBSCRIPTION_STATES),
        createdAt: instantText,
        updatedAt: instantText,
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'PeoplePage' });

const campaign = z.string().nullable();

const timelineEntry = z.union([
  z.object({
    at: instantText,
    kind: z.literal('event'),
    seq: z.int(),
    event: z.string(),
    name: z.string(),
    properties: anything,
    campaign,
  }),
  z.object({
    at: instantText,
    kind: z.literal('rejected'),
    campaign,
    reason: z.enum(REASONS),
    evidence: anything,
    eventSeq: z.int(),
  }),
  z.object({
    at: instantText,
    kind: z.literal('entered'),
    campaign,
    state: z.string(),
    dueAt: instantText,
    version: z.int(),
    variant: z.string(),
    eventSeq: z.int(),
    runUrl,
  }),
  z.object({
    at: instantText,
    kind: z.literal('message'),
    campaign,
    channel: z.string(),
    state: z.string(),
    sendKey: z.string(),
    reference: z.string().nullable(),
    code: z.string().nullable(),
    attempts: z.int(),
    runUrl,
  }),
  z.object({
    at: instantText,
    kind: z.literal('outcome'),
    campaign,
    outcome: z.enum(OUTCOMES),
    reason: z.enum(REASONS),
    evidence: anything,
    runUrl,
  }),
]);

export const timelinePage = z
  .object({ entries: z.array(timelineEntry), next: z.string().nullable() })
  .meta({ id: 'TimelinePage' });

export const outcomePage = z
  .object({
    outcomes: z.array(
      z.object({
        settledAt: instantText,
        dueAt: instantText,
        campaign: z.string(),
        campaignName: z.string(),
        user: z.string().nullable().meta({ description: 'External id; null without one' }),
        userId: z.string().meta({ description: "Rappel's own id of the person" }),
        who: z.string().meta({ description: 'How explanations name the person' }),
        outcome: z.enum(OUTCOMES),
        reason: z.enum(REASONS),
        evidence: anything,
        runUrl,
        waitingUrl,
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'OutcomePage' });

export const searchAnswer = z
  .object({
    searched: z.array(z.string()).meta({ description: 'What the text was compared with' }),
    people: z.array(
      z.object({
        userId: z.string().meta({ description: "Rappel's own id" }),
        user: z.string().nullable().meta({ description: 'External id; null without one' }),
        aliases: z.array(z.object({ label: z.string(), name: z.string() })),
        name: z.string().meta({ description: 'How explanations name the person' }),
        matched: z.array(z.string()).meta({ description: 'Which of `searched` it was' }),
      }),
    ),
    more: z.boolean().meta({ description: 'Whether there are people beyond these' }),
  })
  .meta({ id: 'SearchAnswer' });
