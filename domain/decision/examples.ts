// A campaign, a person and a trigger to judge, each as plain as can be. For tests only.
import type { Campaign } from '../campaign/campaign.js';
import { compileCampaign } from '../campaign/compile.js';
import { parseDefinition } from '../campaign/definition/parseDefinition.js';
import type { Entry } from '../campaign/entry.js';
import type { StreamEvent } from '../event/streamEvent.js';
import type { UserFacts } from '../facts/userFacts.js';
import type { JsonObject } from '../json.js';
import { EMPTY_PROFILE, type Profile } from '../profile/profile.js';
import { DEFAULT_WORKSPACE } from '../workspace.js';
import type { SendFacts } from './decide.js';
import type { Candidate } from './entry.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** The trigger's own time in every example. */
export const TEN = Date.parse('2025-03-06T10:00:00Z');

/** Written as operators write it; active since long before the trigger. */
export function campaignOf(
  definition: JsonObject = {},
  { trigger: heard, exceptions, ...stored }: Partial<Campaign & Pick<Entry, 'trigger' | 'exceptions'>> = {},
): Campaign {
  const message = { channel: 'email', subject: 'Hello', text: 'Hello' };
  const trigger = { customEvent: 'add_to_cart' };
  const parsed = parseDefinition({ key: 'example', name: 'Example', trigger, messages: [message], ...definition });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const rules = compileCampaign(parsed.definition);
  return {
    ...rules,
    entry: { ...rules.entry, ...(heard && { trigger: heard }), ...(exceptions && { exceptions }) },
    id: 1,
    key: 'example',
    name: 'Example',
    version: 1,
    revision: 1,
    generation: 1,
    state: 'active',
    activeSince: TEN - 30 * DAY,
    ...stored,
  };
}

export function factsOf(profile: Partial<Profile> = {}): UserFacts {
  return {
    userId: 7,
    profile: { ...EMPTY_PROFILE, email: 'ann@example.com', ...profile },
    totals: new Map(),
    recent: new Map(),
    matching: new Map(),
    received: new Map(),
  };
}

export function eventOf(event: Partial<StreamEvent> = {}): StreamEvent {
  const time = event.time ?? TEN;
  return { seq: 100, userId: 7, kind: 'custom', name: 'add_to_cart', time, receivedAt: time, properties: {}, ...event };
}

export function purchaseOf(event: Partial<StreamEvent> = {}): StreamEvent {
  return eventOf({ kind: 'purchase', name: 'sku', seq: 200, ...event });
}

/** At the trigger. */
export function candidateOf(candidate: Partial<Candidate> = {}): Candidate {
  const person = { facts: factsOf(), workspace: DEFAULT_WORKSPACE };
  return {
    campaign: campaignOf(),
    trigger: eventOf(),
    person,
    receipt: null,
    waiting: new Map(),
    now: TEN,
    ...candidate,
  };
}

/** At the due instant, an hour after the trigger. */
export function sendFactsOf({
  dueAt = TEN + HOUR,
  plannedAt = dueAt,
  wakeAt = plannedAt,
  ...facts
}: SendExample = {}): SendFacts {
  return {
    campaign: campaignOf(),
    person: factsOf(),
    receipt: null,
    claimedUntil: null,
    exception: null,
    pending: ['email'],
    pairing: { generation: 1, dueAt, plannedAt, wakeAt, trigger: eventOf() },
    ...facts,
  };
}

type SendExample = Partial<Omit<SendFacts, 'pairing'>> & {
  readonly dueAt?: number;
  readonly plannedAt?: number;
  readonly wakeAt?: number;
};
