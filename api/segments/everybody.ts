/** Questions about everybody share few places in a process: each reads as many rows as there are people. */
import { RappelError } from '../../domain/errors.js';
import { Slots } from '../../simulation/slots.js';

const AT_A_TIME = 2;

/** What a route that asks such questions answers too. */
export const TOO_MANY = { 429: { description: `${AT_A_TIME} such questions are answered already` } };

export interface Everybody {
  /** Throws `rate_limited` where all places are taken, `unavailable` where the answer is null: it was not made in time. */
  ask<T>(question: () => Promise<T | null>): Promise<T>;
}

export function createEverybody(): Everybody {
  const slots = new Slots(AT_A_TIME, 'questions about everybody');
  return {
    ask: async (question) => {
      const release = slots.take();
      try {
        const answer = await question();
        if (answer !== null) return answer;
        throw new RappelError('unavailable', 'The database did not answer in time: ask again, or with fewer filters.');
      } finally {
        release();
      }
    },
  };
}
