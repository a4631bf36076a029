// Which changes of state a campaign allows (LC-01). Archiving is final; what stopping does to waiting people is LC-04.
import type { CampaignState } from './campaign.js';

export const LIFECYCLE_ACTIONS = ['launch', 'stop', 'resume', 'archive'] as const;
export type LifecycleAction = (typeof LIFECYCLE_ACTIONS)[number];

export type Transition =
  | { readonly ok: true; readonly to: CampaignState }
  | { readonly ok: false; readonly allowed: readonly LifecycleAction[] };

const TRANSITIONS: Readonly<Record<CampaignState, Readonly<Partial<Record<LifecycleAction, CampaignState>>>>> = {
  draft: { launch: 'active', archive: 'archived' },
  active: { stop: 'stopped', archive: 'archived' },
  stopped: { resume: 'active', archive: 'archived' },
  archived: {},
};

export function transition(state: CampaignState, action: LifecycleAction): Transition {
  const to = TRANSITIONS[state][action];
  return to === undefined ? { ok: false, allowed: allowedActions(state) } : { ok: true, to };
}

export function allowedActions(state: CampaignState): readonly LifecycleAction[] {
  return LIFECYCLE_ACTIONS.filter((action) => TRANSITIONS[state][action] !== undefined);
}
