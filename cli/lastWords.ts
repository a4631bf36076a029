// How a process says what ended it. Node itself would print the error with all its fields, which quote values.
import { describeError } from '../telemetry/describeError.js';

/** One line of JSON, as the log's own. */
export function lastWords(error: unknown): string {
  const time = new Date().toISOString();
  return JSON.stringify({ level: 'fatal', time, err: describeError(error), msg: 'the process ended by an error' });
}

/** An error that nobody caught, a rejected promise included, ends this process with one such line. */
export function endByUncaught(): void {
  process.on('uncaughtException', (error: unknown) => {
    process.stderr.write(`${lastWords(error)}\n`);
    process.exit(1);
  });
}
