import { Window } from './window.js';

/** What a machine takes that works on `atOnce` at a time, each for 20 ms: ms, by how many are under way. */
const machine = (atOnce: number) => (underWay: number) => 20 * Math.max(1, underWay / atOnce);

function filled(takes: (underWay: number) => number, rounds: number, window = new Window()): Window {
  for (let now = 0; now < rounds; now += 1) window.took(takes(window.places), { now, isFull: true });
  return window;
}

describe('H4: how many messages are under way to their attempts', () => {
  it('two at first', () => {
    expect(new Window().places).toBe(2);
  });

  it('a few more than the machine works on at once, whatever that is', () => {
    expect(filled(machine(1), 5_000).places).toBeLessThanOrEqual(3);
    expect(filled(machine(8), 5_000).places).toBeGreaterThanOrEqual(9);
    expect(filled(machine(8), 5_000).places).toBeLessThanOrEqual(10);
    expect(filled(machine(1_000), 5_000).places).toBe(32);
  });

  it('fewer when the machine has become slower', () => {
    const window = filled(machine(8), 5_000);
    expect(filled(machine(2), 5_000, window).places).toBeLessThanOrEqual(4);
  });

  it('no more while nothing waits for a place', () => {
    const window = new Window();
    for (let now = 0; now < 1_000; now += 1) window.took(20, { now, isFull: false });
    expect(window.places).toBe(2);
  });

  it('what was quick a minute or two ago is not what it is measured by', () => {
    const slow = new Window();
    slow.took(1, { now: 0, isFull: true });
    for (let now = 1; now < 1_000; now += 1) slow.took(20, { now, isFull: true });
    expect(slow.places).toBe(2);
    for (let now = 60_000; now < 180_000; now += 100) slow.took(20, { now, isFull: true });
    expect(slow.places).toBe(32);
  });
});
