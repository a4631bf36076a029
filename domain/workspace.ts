/** The settings of the one workspace a deployment is; every rule that needs them takes them as an argument. */
export interface Workspace {
  /** IANA zone that holds where a person's is unknown ("company time zone"). */
  readonly timeZone: string;
  /** AB-16: an older event updates the profile and triggers nothing. */
  readonly maxTriggerAgeMs: number;
  /** AB-58: a message not dispatched this long after its due instant is dropped as stale. */
  readonly maxLatenessMs: number;
}

export const DEFAULT_WORKSPACE: Workspace = {
  timeZone: 'UTC',
  maxTriggerAgeMs: 24 * 3_600_000,
  maxLatenessMs: 72 * 3_600_000,
};
