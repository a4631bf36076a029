import { once } from 'node:events';
import type { Response } from 'express';
import { problemOf } from './errors.js';
import { noteError } from './middleware/requestLog.js';
import type { WriteLine } from './route.js';

/**
 * An answer that is sent while it is being made: newline-delimited JSON, no faster than its reader. What fails after
 * the status has been sent is told in the last line, as `problem`.
 */
export async function sendLines(response: Response, run: (write: WriteLine) => Promise<void>): Promise<void> {
  response.status(200).type('application/x-ndjson');
  // Proxies that would collect the whole answer first.
  response.setHeader('x-accel-buffering', 'no');
  const gone = leaving(response);
  const write: WriteLine = async (line) => {
    if (response.write(`${JSON.stringify(line)}\n`)) return;
    await once(response, 'drain', { signal: gone });
  };
  try {
    await run(write);
  } catch (error) {
    // Nobody is there to be told, and being left is no failure.
    if (gone.aborted) return;
    const problem = problemOf(error);
    if (problem.status >= 500) noteError(response, error);
    response.write(`${JSON.stringify({ problem })}\n`);
  }
  response.end();
}

/** Aborts when the connection closes before the answer is complete. */
export function leaving(response: Response): AbortSignal {
  const controller = new AbortController();
  const leave = () => {
    if (!response.writableFinished) controller.abort();
  };
  if (response.destroyed) leave();
  else response.once('close', leave);
  return controller.signal;
}
