import type { z } from 'zod';
import type { JsonObject } from '../json.js';
import { type Profile, profileValue } from '../profile/profile.js';
import type { UsedSecret } from '../secret/secretReference.js';

/** Why a channel does not reach a person (SU-01, SU-03). */
export type Unreachable = 'no_address' | 'unsubscribed';

/** What a channel needs of a person, by the names of fields that profiles have: decisions and counts of people read it. */
export interface Reach {
  readonly address: string;
  readonly subscription: string;
}

/** Null: the person can be reached. */
export function whyUnreachable(reach: Reach | null, profile: Profile): Unreachable | null {
  if (reach === null) return null;
  if (profileValue(profile, reach.address) === undefined) return 'no_address';
  return profileValue(profile, reach.subscription) === 'unsubscribed' ? 'unsubscribed' : null;
}

/** What the rules know of a channel; how its messages are sent is in `channels/`, which they do not know. */
export interface ChannelRules {
  /** The un-rendered content, as operators write it. Texts may hold Liquid; what they render to is the channel's concern. */
  readonly content: z.ZodType;
  /** The same with `channel` beside it, as an entry of a list. */
  readonly entry: z.ZodType;
  /** Null: everybody is reached. */
  readonly reach: Reach | null;
  /** What operators know a message by, as it is written; null: nothing. */
  readonly titleOf: (content: JsonObject) => string | null;
  /** The secrets that a content names, by their places in it. */
  readonly secretsIn: (content: JsonObject) => readonly UsedSecret[];
}

/** Characters of one text of a message; the templates take no longer one either. */
export const MAX_TEXT_LENGTH = 200_000;
