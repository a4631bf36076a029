// What is allowed and yet can hardly be meant. Told beside the answer, never refused.
import type { Problem } from '../../errors.js';
import { dueInstant } from '../../timing/delay.js';
import { durationBounds } from '../../timing/duration.js';
import { DAY_MS } from '../../timing/localTime.js';
import type { CampaignRules } from '../campaign.js';
import type { ZoneRule } from '../entry.js';
import { contradictions } from './contradictions.js';

/** Two clocks of the world differ by at most this much. */
const WIDEST_GAP_MS = 26 * 3_600_000;

export function definitionWarnings(rules: CampaignRules): readonly Problem[] {
  return [...delayWarnings(rules), ...contradictions(rules)];
}

/** A duration that is over can never send again; null while there is a zone in which it is not. */
export function endedProblem({ duration }: Pick<CampaignRules, 'duration'>, now: number): Problem | null {
  if (duration === null || duration.end === null) return null;
  const { endsAt } = durationBounds(duration, standIn(duration.zone));
  const slack = duration.end.kind === 'local' && duration.zone.kind !== 'iana' ? WIDEST_GAP_MS : 0;
  if (endsAt === null || now - slack < endsAt) return null;
  const message = 'has passed already, so nobody will ever receive this (AB-40)';
  return { path: 'duration.end', message, allowed: 'a later end, or none' };
}

function delayWarnings(rules: Pick<CampaignRules, 'entry' | 'duration'>): readonly Problem[] {
  if (!outlivesDuration(rules)) return [];
  return [
    {
      path: 'entry.event.delay',
      message:
        'lasts to the end of the whole duration even for who triggers at its start, so nobody ever receives this (AB-40)',
      allowed: 'a shorter delay, or a longer duration',
    },
  ];
}

/**
 * Due times never come earlier for later triggers, so the trigger at the very start tells for all. Where the zone is
 * each person's own, UTC stands for it: the clock is the same for both ends and the delay, or differs by the gap.
 */
function outlivesDuration({ entry: { delay }, duration }: Pick<CampaignRules, 'entry' | 'duration'>): boolean {
  if (duration === null) return false;
  const { startsAt, endsAt } = durationBounds(duration, standIn(duration.zone));
  if (startsAt === null || endsAt === null) return false;
  const zone = 'zone' in delay ? delay.zone : duration.zone;
  const isOneClock = JSON.stringify(zone) === JSON.stringify(duration.zone);
  const isOneForm =
    duration.start?.kind === duration.end?.kind && (duration.start?.kind === 'local' || !('zone' in delay));
  const slack = isOneClock && isOneForm ? 0 : WIDEST_GAP_MS + ('zone' in delay ? DAY_MS : 0);
  return dueInstant(delay, startsAt, standIn(zone)) - slack >= endsAt;
}

function standIn(zone: ZoneRule): string {
  return zone.kind === 'iana' ? zone.zone : 'UTC';
}
