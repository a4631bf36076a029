import { accepted, ambiguous } from '../../channels/sendResult.js';
import { Receivers, type Seats } from './receivers.js';

const SLOTS = 40;
const NOW = 1_800_000_000_000;
const ANSWERED = accepted('ok');
const TIMED_OUT = ambiguous('reply_timeout', 'no answer');

/** With a clock that only the test moves. */
function receivers() {
  const clock = { ms: 0 };
  const all = new Receivers({ slots: SLOTS, monotonicMs: () => clock.ms });
  const seat = (name: string) => all.seat([name], NOW);
  const seated = async (name: string) => {
    const seats = await seat(name);
    if (seats.kind !== 'seated') throw new Error(`${name}: ${seats.heldFor}`);
    return seats;
  };
  const call = async (name: string, tookMs: number, answer = ANSWERED) => {
    const seats = await seated(name);
    clock.ms += tookMs;
    return seats.release(new Map([[name, answer]]));
  };
  return { all, clock, seat, seated, call };
}

describe('H4: shares of a worker by who receives', () => {
  it('a receiver that is not known has a quarter of the slots, one that is slow no more, one that is fast most', async () => {
    const { clock, seat, seated, call } = receivers();
    for (let n = 0; n < SLOTS / 4; n += 1) await seated('new');
    clock.ms += 2_000;
    expect(await seat('new')).toMatchObject({ kind: 'busy', heldFor: 'receiver_slow' });
    await call('slow', 3_000);
    for (let n = 0; n < SLOTS / 4; n += 1) await seated('slow');
    clock.ms += 1;
    expect(await seat('slow')).toMatchObject({ kind: 'busy' });
    await call('fast', 10);
    for (let n = 0; n < SLOTS * 0.6; n += 1) await seated('fast');
    clock.ms += 1_500;
    expect(await seat('fast')).toMatchObject({ kind: 'busy' });
  });

  it('all that are slow or unknown together leave seats for one that is fast', async () => {
    const { clock, seat, seated, call } = receivers();
    await call('fast', 10);
    for (let n = 0; n < SLOTS * 0.6; n += 1) await seated(`new ${n}`);
    clock.ms += 2_000;
    expect(await seat('another')).toMatchObject({ kind: 'busy', heldFor: 'receivers_slow' });
    for (let n = 0; n < SLOTS * 0.4; n += 1) await seated('fast');
  });

  it('those who hold have turns at the pace of the receiver, a second away at least', async () => {
    const { seat, seated, call } = receivers();
    await call('slow', 10_000);
    for (let n = 0; n < SLOTS / 4; n += 1) await seated('slow');
    const turns = [];
    for (let n = 0; n < 100; n += 1) {
      const seats = await seat('slow');
      if (seats.kind === 'busy') turns.push(seats.until - NOW);
    }
    // Ten seats of ten seconds each: one turn a second.
    expect(turns.slice(0, 4)).toEqual([1_000, 2_000, 3_000, 4_000]);
    expect(turns).toHaveLength(100);
    expect(Math.max(...turns)).toBe(100_000);
  });

  it('after five time-outs in a row one at a time asks, later each time, until one is answered', async () => {
    const { all, clock, seat, call, seated } = receivers();
    for (let n = 0; n < 4; n += 1) await call('dead', 30_000, TIMED_OUT);
    await call('dead', 30_000);
    for (let n = 0; n < 4; n += 1) expect(await call('dead', 30_000, TIMED_OUT)).toBe(false);
    expect(await call('dead', 30_000, TIMED_OUT)).toBe(true);
    expect(all.paused).toBe(1);
    expect(await seat('dead')).toMatchObject({
      kind: 'busy',
      heldFor: 'receiver_silent',
      until: NOW + 5_000,
    });
    const more = await seat('dead');
    expect(more).toMatchObject({ until: NOW + 5_250 });
    clock.ms += 5_000;
    const asking = await seated('dead');
    expect(await seat('dead')).toMatchObject({ kind: 'busy' });
    asking.release(new Map([['dead', TIMED_OUT]]));
    clock.ms += 5_000;
    expect(await seat('dead')).toMatchObject({ kind: 'busy' });
    clock.ms += 5_000;
    await call('dead', 100);
    expect(all.paused).toBe(0);
    await seated('dead');
  });

  it('who was not asked says nothing of the receiver, and a seat is given back once', async () => {
    const { all, seated, seat } = receivers();
    const held: Seats[] = [];
    for (let n = 0; n < SLOTS / 4; n += 1) held.push(await seated('one'));
    for (const seats of held) if (seats.kind === 'seated') seats.release(new Map());
    for (const seats of held) if (seats.kind === 'seated') seats.release(new Map([['one', TIMED_OUT]]));
    expect(all.paused).toBe(0);
    for (let n = 0; n < SLOTS / 4; n += 1) await seated('one');
    expect((await seat('two')).kind).toBe('seated');
  });

  it('who waits in the hope of a fast receiver gets the seat that is given back', async () => {
    const all = new Receivers({ slots: SLOTS });
    const first = await all.seat(['one'], NOW);
    for (let n = 1; n < SLOTS / 4; n += 1) await all.seat(['one'], NOW);
    const waiting = all.seat(['one'], NOW);
    if (first.kind === 'seated') first.release(new Map([['one', ANSWERED]]));
    expect((await waiting).kind).toBe('seated');
  });

  it('one message for two receivers has a seat at both or at none', async () => {
    const { all, clock, seated } = receivers();
    for (let n = 0; n < SLOTS / 4; n += 1) await seated('full');
    clock.ms += 2_000;
    expect((await all.seat(['free', 'full'], NOW)).kind).toBe('busy');
    for (let n = 0; n < SLOTS / 4; n += 1) await seated('free');
  });

  it('names without end do not take the memory of the process', async () => {
    const { all, call } = receivers();
    for (let n = 0; n < 12_000; n += 1) await call(`host ${n}`, 1, n % 2 === 0 ? TIMED_OUT : ANSWERED);
    expect(Reflect.get(all, 'known').size).toBeLessThanOrEqual(10_000);
  });
});
