import type { JsonObject } from '../../domain/json.js';
import type { Position } from '../../domain/location/circle.js';
import type { Profile } from '../../domain/profile/profile.js';

/** What a request made of one person's profile. */
export interface ProfileUpdate {
  readonly userId: number;
  readonly profile: Profile;
  /** `{name: [from, to]}` for every field that changed. */
  readonly changed: JsonObject;
  /** Where the person went, move by move. */
  readonly moves: readonly Move[];
}

export interface Move {
  readonly from: Position | null;
  readonly to: Position;
}
