import { isSettled, MESSAGE_STATES } from './outcome.js';

describe('a message of one channel', () => {
  test('has its outcome, and is not attempted again, in every state but claimed and released', () => {
    expect(MESSAGE_STATES.filter((state) => !isSettled(state))).toEqual(['claimed', 'released']);
    expect(MESSAGE_STATES.filter(isSettled)).toEqual([
      'sent',
      'failed',
      'unknown',
      'unreachable',
      'aborted',
      'cancelled',
    ]);
  });
});
