import { once } from 'node:events';
import { MockActivityEnvironment } from '@temporalio/testing';
import { heartbeats } from './heartbeats.js';

const environment = (heartbeatTimeoutMs?: number) =>
  new MockActivityEnvironment({ heartbeatTimeoutMs }, { interceptors: [heartbeats] });

test('an activity with a heartbeat timeout beats for as long as it works, and no longer', async () => {
  const working = environment(30);
  let beats = 0;
  working.on('heartbeat', () => {
    beats += 1;
  });
  await working.run(async () => {
    for (let beat = 1; beat <= 3; beat += 1) await once(working, 'heartbeat');
  });
  expect(beats).toBe(3);
  // Only timers that nobody cleared would keep this one company.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(beats).toBe(3);
});

test('an activity that fails stops beating too, and fails as it did', async () => {
  const failing = environment(30);
  let beats = 0;
  failing.on('heartbeat', () => {
    beats += 1;
  });
  await expect(
    failing.run(async () => {
      throw new Error('provider away');
    }),
  ).rejects.toThrow('provider away');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(beats).toBe(0);
});

test('an activity without a heartbeat timeout, such as an inline attempt, does not beat', async () => {
  const inline = environment();
  let beats = 0;
  inline.on('heartbeat', () => {
    beats += 1;
  });
  await inline.run(async () => await new Promise((resolve) => setTimeout(resolve, 50)));
  expect(beats).toBe(0);
});
