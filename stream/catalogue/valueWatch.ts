import type { Sample } from '../../domain/event/catalogue.js';
import { MOST_SAMPLES } from '../../storage/queries/catalogue/catalogue.js';

const PEOPLE_OF_A_SAMPLE = 10;
/** The one watched longest gives way. */
const MOST_VALUES = 20;
/** A property of so many values has none that are typical: it is watched no more. */
const MOST_GIVEN_WAY = 1_000;

/** Which values of one property may be shown as samples: those that ten people had, so that none tells of anybody. */
export class ValueWatch {
  readonly #shown = new Set<Sample>();
  /** Who had a value. */
  readonly #people = new Map<Sample, Set<number>>();
  #givenWay = 0;

  /** Whether it may be shown from now on; false too of what is shown already, and of all once there are enough. */
  offer(value: Sample, userId: number): boolean {
    if (this.#isOver() || this.#shown.has(value)) return false;
    const people = this.#people.get(value) ?? this.#watch(value);
    people.add(userId);
    const isShown = people.size >= PEOPLE_OF_A_SAMPLE;
    if (isShown) {
      this.#shown.add(value);
      this.#people.delete(value);
    }
    if (this.#isOver()) this.#people.clear();
    return isShown;
  }

  #isOver(): boolean {
    return this.#shown.size >= MOST_SAMPLES || this.#givenWay >= MOST_GIVEN_WAY;
  }

  #watch(value: Sample): Set<number> {
    const [oldest] = this.#people.keys();
    if (this.#people.size >= MOST_VALUES && oldest !== undefined) {
      this.#people.delete(oldest);
      this.#givenWay += 1;
    }
    const people = new Set<number>();
    this.#people.set(value, people);
    return people;
  }
}
