/** Which events the facts of audiences are made of: what none of them looks at any more can be deleted. */
import type { Counter } from './counters.js';
import { startOfLastDays } from './recentDays.js';
import type { FactNeed } from './userFacts.js';

/**
 * The counter that is made of events received before `end` where the need is loaded at `at` or later; null: of none. Counters of
 * purchases and sessions over all time are kept beside the events, and so is what people received.
 */
export function madeOfEventsBefore(
  need: FactNeed,
  { at, end }: { readonly at: number; readonly end: number },
): Counter | null {
  switch (need.kind) {
    case 'total':
      return need.eventKind === 'custom' ? need : null;
    case 'recent':
    case 'matching':
      return startOfLastDays(need.days, at) < end ? need : null;
    case 'received':
      return null;
    default:
      return unknownNeed(need);
  }
}

/** The need in words: "counts the custom event 'play' from the beginning". */
export function describeNeededEvents(need: FactNeed): string {
  const what = 'eventKind' in need ? describeCounter(need) : 'messages';
  return 'days' in need ? `looks at ${what} of the last ${need.days} days` : `counts ${what} from the beginning`;
}

function describeCounter({ eventKind, name }: Counter): string {
  switch (eventKind) {
    case 'custom':
      return `the custom event '${name}'`;
    case 'purchase':
      return name === '' ? 'all purchases' : `purchases of '${name}'`;
    case 'session':
      return 'sessions';
    default:
      return unknownNeed(eventKind);
  }
}

function unknownNeed(need: never): never {
  throw new TypeError(`not a need of facts: ${JSON.stringify(need)}`);
}
