// Keeps one process of the installation running, as a service manager would: whatever ends it, it is started again.
import { setTimeout as wait } from 'node:timers/promises';
import { signalProcess } from '../../cli/dev/services/processes.mjs';

const UP_WITHIN_MS = 90_000;

/**
 * `launch()` resolves with `{ pid, exited }` once the process serves; `note` hears of ends and returns.
 */
export function supervise({ title, launch, note = () => undefined, pauseMs = 250 }) {
  let running = null;
  let isWanted = false;
  let isHeldDown = false;
  let lastError = null;
  let keeping = Promise.resolve();

  async function keep() {
    while (isWanted) {
      if (isHeldDown) {
        await wait(50);
        continue;
      }
      try {
        running = await launch();
      } catch (error) {
        lastError = error;
        await wait(pauseMs * 2);
        continue;
      }
      note({ part: title, what: 'up', pid: running.pid });
      if (!isWanted) signalProcess(running.pid, 'SIGKILL');
      const how = await running.exited;
      running = null;
      if (!isWanted) break;
      note({ part: title, what: 'ended', how: String(how) });
      await wait(pauseMs);
    }
  }

  const signal = (name) => {
    if (running === null) return false;
    signalProcess(running.pid, name);
    return true;
  };

  return {
    title,
    async start() {
      isWanted = true;
      keeping = keep();
      await this.up();
    },
    async up() {
      for (const deadline = Date.now() + UP_WITHIN_MS; running === null; await wait(25)) {
        if (Date.now() > deadline)
          throw new Error(`${title} does not start: ${lastError?.message ?? 'no reason given'}`);
      }
    },
    pid: () => running?.pid ?? null,
    signal,
    /** Stays down until told otherwise. */
    hold(isDown) {
      isHeldDown = isDown;
      if (isDown) signal('SIGKILL');
    },
    async stop() {
      isWanted = false;
      signal('SIGCONT');
      signal('SIGKILL');
      await keeping;
    },
  };
}
