// What processes that post share: requests in their order from several lanes, each at its moment, until the parent has enough.
import { setTimeout as wait } from 'node:timers/promises';

const PROGRESS_MS = 500;

/**
 * Ends the process when all are carried out, and tells its parent `counts` meanwhile. `carryOut(request, isOver)` is asked for
 * each; no other begins once `isOver()`.
 */
export async function postInLanes({ requests, lanes, startedAt, counts, carryOut }) {
  let hasEnough = false;
  const isOver = () => hasEnough;
  process.on('message', () => {
    hasEnough = true;
  });
  // Whoever started us is gone.
  process.on('disconnect', () => process.exit(1));
  const progress = setInterval(() => process.send({ kind: 'progress', ...counts }), PROGRESS_MS);
  const queue = [...requests];

  async function lane() {
    for (let request = queue.shift(); request !== undefined && !isOver(); request = queue.shift()) {
      await wait(Math.max(0, startedAt + request.at - Date.now()));
      await carryOut(request, isOver);
    }
  }

  await Promise.all(Array.from({ length: lanes }, lane));
  clearInterval(progress);
  process.send({ kind: 'finished', ...counts }, () => process.exit(0));
}
