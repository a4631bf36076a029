/** Puts the events of a cursor, one person after the other, together by person; of nobody more than fits into memory. */
import type { SimulatedEvent } from '../storage/queries/simulation/simulatedEvents.js';

/** Over 200 a day for 90 days: no person does that, and their decisions are made in one piece. */
const MOST_OF_A_PERSON = 20_000;
/** Of the properties of one person's events, and of the people whose events are in memory together. */
const MOST_BYTES = 16 * 2 ** 20;

export interface Recorded {
  readonly userId: number;
  readonly events: SimulatedEvent[];
  bytes: number;
}

export class RecordedPeople {
  private whole: Recorded[] = [];
  private last: Recorded | null = null;
  private refused: number | null = null;
  private leftOut = 0;

  add(event: SimulatedEvent): void {
    const { userId } = event;
    if (userId === this.refused) return;
    const person = this.last?.userId === userId ? this.last : this.begin(userId);
    person.events.push(event);
    person.bytes += event.bytes;
    if (person.events.length <= MOST_OF_A_PERSON && person.bytes <= MOST_BYTES) return;
    this.last = null;
    this.refused = userId;
    this.leftOut += 1;
  }

  private begin(userId: number): Recorded {
    if (this.last !== null) this.whole.push(this.last);
    this.last = { userId, events: [], bytes: 0 };
    return this.last;
  }

  /** Those of whom all is there, and how many are left out; the last one too if nothing more comes. */
  take(isEnd: boolean): { readonly whole: readonly Recorded[]; readonly leftOut: number } {
    const { whole, leftOut, last } = this;
    this.whole = [];
    this.leftOut = 0;
    return { whole: isEnd && last !== null ? [...whole, last] : whole, leftOut };
  }
}

/** Those whose events fit into memory together. */
export function* inTurns(people: readonly Recorded[]): Generator<readonly Recorded[]> {
  let together: Recorded[] = [];
  let bytes = 0;
  for (const person of people) {
    if (together.length > 0 && bytes + person.bytes > MOST_BYTES) {
      yield together;
      together = [];
      bytes = 0;
    }
    together.push(person);
    bytes += person.bytes;
  }
  if (together.length > 0) yield together;
}
