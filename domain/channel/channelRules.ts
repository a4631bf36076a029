import type { z } from 'zod';
import type { JsonObject } from '../json.js';
import type { Profile } from '../profile/profile.js';
import type { UsedSecret } from '../secret/secretReference.js';

/** Why a channel does not reach a person (SU-01, SU-03). */
export type Unreachable = 'no_address' | 'unsubscribed';

/** What the rules know of a channel; how its messages are sent is in `channels/`, which they do not know. */
export interface ChannelRules {
  /** The un-rendered content, as operators write it. Texts may hold Liquid; what they render to is the channel's concern. */
  readonly content: z.ZodType;
  /** The same with `channel` beside it, as an entry of a list. */
  readonly entry: z.ZodType;
  /** Null: the person can be reached. */
  readonly whyUnreachable: (profile: Profile) => Unreachable | null;
  /** What operators know a message by, as it is written; null: nothing. */
  readonly titleOf: (content: JsonObject) => string | null;
  /** The secrets that a content names, by their places in it. */
  readonly secretsIn: (content: JsonObject) => readonly UsedSecret[];
}

/** Characters of one text of a message; the templates take no longer one either. */
export const MAX_TEXT_LENGTH = 200_000;
