import { pairingOutcome } from './outcome.js';
import { refusalDelay, resolveInDoubt, suspensionDelay } from './retry.js';

const MINUTE = 60_000;

describe('when a refused message is tried again', () => {
  test('WH-02: five attempts span about 30 minutes, each pause longer than the one before', () => {
    const pauses = [1, 2, 3, 4].map((refusals) => refusalDelay(refusals, null, 0.5));
    expect([...pauses].sort((a, b) => a - b)).toEqual(pauses);
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBe(30 * MINUTE);
  });

  test('the dice move it by a tenth at most, and Retry-After is kept at least', () => {
    expect([refusalDelay(1, null, 0), refusalDelay(1, null, 1)]).toEqual([0.9 * MINUTE, 1.1 * MINUTE]);
    expect(refusalDelay(1, 10 * MINUTE, 0.5)).toBe(10 * MINUTE);
    expect(refusalDelay(4, MINUTE, 0.5)).toBe(18 * MINUTE);
    expect(refusalDelay(50, null, 0.5)).toBe(60 * MINUTE);
  });

  test('a suspended channel is checked after 1 minute, doubling to 1 hour', () => {
    expect([1, 2, 3, 6, 7, 40].map(suspensionDelay)).toEqual([1, 2, 4, 32, 60, 60].map((minutes) => minutes * MINUTE));
  });
});

describe('a message whose provider never answered', () => {
  const claim = { claimedAt: 0, leaseUntil: 20_000 };

  test('with a key it is repeated at once, then ever later, and given up after five repetitions', () => {
    const keyed = (resends: number, now: number) =>
      resolveInDoubt({ ...claim, keyed: true, resends }, 'assumeSent', now);
    expect(keyed(0, 0)).toEqual({ kind: 'resend' });
    expect(keyed(1, 0)).toEqual({ kind: 'wait', until: MINUTE });
    expect(keyed(4, 17 * MINUTE)).toEqual({ kind: 'wait', until: 18 * MINUTE });
    expect(keyed(4, 18 * MINUTE)).toEqual({ kind: 'resend' });
    expect(keyed(5, 0)).toEqual({ kind: 'giveUp' });
  });

  test('without a key never before its lease has ended, at most twice, and not at all if it is assumed sent', () => {
    const unkeyed = (resends: number, now: number, policy: 'resend' | 'assumeSent' = 'resend') =>
      resolveInDoubt({ ...claim, keyed: false, resends }, policy, now);
    expect(unkeyed(0, 19_999)).toEqual({ kind: 'wait', until: 20_000 });
    expect(unkeyed(0, 20_000)).toEqual({ kind: 'resend' });
    expect(unkeyed(2, 20_000)).toEqual({ kind: 'giveUp' });
    expect(unkeyed(0, 19_999, 'assumeSent')).toEqual({ kind: 'wait', until: 20_000 });
    expect(unkeyed(0, 20_000, 'assumeSent')).toEqual({ kind: 'giveUp' });
  });
});

describe('FC-06: what several channels say of the pairing', () => {
  const message = (state: Parameters<typeof pairingOutcome>[0][number]['state'], code: string | null = null) => ({
    state,
    code,
  });

  test('sent if any was, else unknown, else failed, else aborted, else unreachable', () => {
    const all = [message('unreachable'), message('aborted'), message('failed'), message('unknown'), message('sent')];
    const outcomes = [5, 4, 3, 2, 1].map((count) => pairingOutcome(all.slice(0, count)));
    expect(outcomes).toEqual([
      { outcome: 'sent', reason: 'sent' },
      { outcome: 'unknown', reason: 'no_answer' },
      { outcome: 'failed', reason: 'rejected_by_provider' },
      { outcome: 'dropped', reason: 'aborted' },
      { outcome: 'dropped', reason: 'unreachable' },
    ]);
  });

  test('a failure keeps its own reason', () => {
    for (const code of ['retries_exhausted', 'invalid_message']) {
      expect(pairingOutcome([message('failed', code)])).toEqual({ outcome: 'failed', reason: code });
    }
    expect(pairingOutcome([message('failed', 'http_404')])).toMatchObject({ reason: 'rejected_by_provider' });
  });
});
