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

/** What the change meant for those who waited, `dropped` of whom get nothing, and for those to come (LC-02, LC-04). */
export function effectOf(action: LifecycleAction, dropped: number): string {
  const nobodyOr = dropped === 0 ? 'Nobody waited' : `${dropped} who waited get nothing and do not come back`;
  switch (action) {
    case 'launch':
      return 'Triggers from now on count.';
    case 'stop':
      return `${nobodyOr}; a trigger after a resume lets anybody in again.`;
    case 'resume':
      return 'Triggers from now on count; whoever waited before the stop does not come back.';
    case 'archive':
      return `${nobodyOr}. An archived campaign is final.`;
  }
}
