// Requests and the faults beside them: over when every request was answered and every fault has passed.
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { showProgress } from '../../../cli/dev/output.mjs';
import { runNemesis } from '../faults/nemesis.mjs';
import { readJournal } from '../journal.mjs';

const STARTED_WITHIN_MS = 1_500;
/** How long the requests may take to be answered after the last fault. */
const ANSWERED_WITHIN_MS = 300_000;

/**
 * `requestsFrom(startedAt)` makes what is posted, each `{ id, at, path, body }`. Resolves with the answer of each by its id, and
 * with what was never answered, or not with 2xx, as problems.
 */
export async function fire({ stack, note, print, signal }, { name, seed, requestsFrom, faults }) {
  const startedAt = Date.now() + STARTED_WITHIN_MS;
  const requests = requestsFrom(startedAt);
  const file = path.join(stack.folder, `${name}-answers.jsonl`);
  let counts = { acked: 0, posted: 0 };
  const settings = { url: stack.apiUrl, key: stack.key, seed, startedAt, requests, file };
  const poster = stack.run(
    'identity/post',
    settings,
    (message) => {
      counts = message;
    },
    `${name}-post`,
  );
  const progress = showProgress(() => `${name}: ${counts.acked} of ${requests.length} requests acknowledged`);
  try {
    await runNemesis({ stack, faults, startedAt, signal, say: print, note });
    await Promise.race([poster.exited, wait(ANSWERED_WITHIN_MS, undefined, { signal, ref: false })]);
    poster.send('enough');
  } finally {
    progress.stop();
  }
  const answers = new Map(readJournal(file).map((line) => [line.id, line]));
  print(`${name}: ${answers.size} of ${requests.length} requests answered, ${counts.posted} posted`);
  const unanswered = requests.filter(({ id }) => !answers.has(id));
  const refused = [...answers.values()].filter(({ status }) => status >= 300);
  return {
    answers,
    problems: [
      ...unanswered.map(({ id }) => `request ${id} was not answered`),
      ...refused.map(({ id, status, answer }) => `request ${id} was answered ${status}: ${JSON.stringify(answer)}`),
    ],
  };
}
