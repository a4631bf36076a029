import { funnelOf, type KeptCount } from './funnel.js';

const kept = (metric: KeptCount['metric'], count: number, more: Partial<KeptCount> = {}): KeptCount => ({
  isClosing: false,
  metric,
  reason: '',
  count,
  ...more,
});
const old = { isClosing: true } as const;

test('H4: who waits is who entered and has neither ended nor is parked', () => {
  const counts = [
    kept('turned_away', 4, { reason: 'outside_audience' }),
    kept('turned_away', 1, { reason: 'loop' }),
    kept('entered', 20),
    kept('sent', 5, { reason: 'sent' }),
    kept('cancelled', 2, { reason: 'exception' }),
    kept('dropped', 3, { reason: 'stale' }),
    kept('failed', 1, { reason: 'invalid_message' }),
    kept('unknown', 1, { reason: 'no_answer' }),
    kept('parked', 2),
  ];
  expect(funnelOf(counts, counts, 'campaign_stopped')).toEqual({
    metTrigger: 25,
    turnedAway: { outside_audience: 4, loop: 1 },
    entered: 20,
    waiting: 6,
    parked: 2,
    sent: 5,
    cancelled: { exception: 2 },
    dropped: { stale: 3 },
    failed: { invalid_message: 1 },
    unknown: { no_answer: 1 },
  });
});

test('H4, LC-04: of an ended generation who waits or is parked is cancelled at once, who is being sent waits', () => {
  const counts = [
    kept('entered', 10, old),
    kept('sent', 2, { reason: 'sent', ...old }),
    kept('parked', 3, old),
    kept('sending', 1, old),
    kept('cancelled', 1, { reason: 'exception', ...old }),
    kept('entered', 4),
    kept('parked', 1),
  ];
  expect(funnelOf(counts, counts, 'campaign_stopped')).toMatchObject({
    entered: 14,
    waiting: 4,
    parked: 1,
    sent: 2,
    cancelled: { exception: 1, campaign_stopped: 6 },
  });
  expect(funnelOf(counts, counts, 'campaign_archived').cancelled).toEqual({ exception: 1, campaign_archived: 6 });
  expect(funnelOf(counts, counts, null).cancelled).toEqual({ exception: 1 });
});

test('H4: of days, what happened on them, and who waits and is parked now', () => {
  const counts = [kept('entered', 10), kept('sent', 4, { reason: 'sent' }), kept('parked', 1)];
  const during = [kept('entered', 3), kept('sent', 1, { reason: 'sent' }), kept('parked', 5)];
  expect(funnelOf(counts, during, null)).toMatchObject({ metTrigger: 3, entered: 3, sent: 1, waiting: 5, parked: 1 });
});

test('H4: a reason that came to nothing is not listed', () => {
  const counts = [kept('dropped', 0, { reason: 'stale' })];
  expect(funnelOf(counts, counts, null).dropped).toEqual({});
});
