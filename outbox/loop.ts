/**
 * Every background loop is this one: `runOnce` (which tests call), a pause between rounds, an early wake-up, and a
 * stop that waits for the round under way. A round that throws is reported and tried again after the pause.
 */
import { setTimeout as wait } from 'node:timers/promises';

export interface LoopOptions {
  readonly name: string;
  readonly pauseMs: number;
  /** Returns whether there may be more to do at once. */
  readonly runOnce: () => Promise<boolean>;
  readonly onError: (name: string, error: unknown) => void;
}

export interface Loop {
  start(): void;
  wake(): void;
  stop(): Promise<void>;
}

export function createLoop({ name, pauseMs, runOnce, onError }: LoopOptions): Loop {
  let stopping = false;
  let woken = false;
  let pause: AbortController | null = null;
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    while (!stopping) {
      woken = false;
      const more = await runOnce().catch((error: unknown) => {
        onError(name, error);
        return false;
      });
      if (more || woken || stopping) continue;
      pause = new AbortController();
      await wait(pauseMs, undefined, { signal: pause.signal }).catch(() => undefined);
      pause = null;
    }
  }

  return {
    start() {
      running = run();
    },
    wake() {
      woken = true;
      pause?.abort();
    },
    async stop() {
      stopping = true;
      pause?.abort();
      await running;
    },
  };
}
